import { emulated } from "../../local/emulators/emulated.ts";
import { findPubSubEmulator, startPubSubEmulator } from "../../local/emulators/pubsub.ts";
import { serveApi } from "../../local/gateway/codec.ts";
import { pubSub } from "../../local/google/pubsub/index.ts";
import { contract, type Lacking } from "../local/google/pubsub/contract.ts";
import { startTarget } from "../local/google/pubsub/target.ts";
import { freePort } from "../support/free-port.ts";

/** As tried on version 0.8.20 of the emulator. */
const LACKING: Lacking = {
  "refuses sizes beyond the limits": "it knows no limits of keys and attributes",
  "refuses an ack deadline under ten seconds": "it takes any up to 600",
  "delivers only what the filter lets through": "it keeps filters and applies none",
  "refuses a malformed filter": "it does not read filters",
  "waits between deliveries as the retry policy says": "it delivers again at once",
  "forwards a message to the dead-letter topic after its last delivery": "it forwards nothing",
};

const found = await findPubSubEmulator(process.env.PATH ?? "");

if ("script" in found) {
  contract(
    "Google's emulator",
    () =>
      startTarget(async (cloud) => {
        const emulator = await startPubSubEmulator(found.script, await freePort());
        const { api, close } = emulated(pubSub(cloud), emulator.address);
        return {
          serve: (serving) => serveApi(api, serving),
          stop: async () => {
            close();
            await emulator.stop();
          },
        };
      }),
    LACKING,
  );
} else {
  describe("Pub/Sub as Google's emulator has it", () => {
    it("meets the contract", function () {
      if (process.env.CI !== undefined) throw new Error(`needs ${found.missing}`);
      console.log(`      skipped: needs ${found.missing}`);
      this.skip();
    });
  });
}
