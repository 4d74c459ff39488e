import { expect } from "chai";
import { onPlatform, type TestPlatform } from "../../support/platform.ts";
import { BUCKET, FOLDER, write } from "./runs.ts";

const DAY_SECONDS = 24 * 60 * 60;
const NAME = `${FOLDER}/20261128000000/run.json`;

/** How many generations of the object there are, live or not, as the run API's account sees them. */
async function generations(p: TestPlatform): Promise<number> {
  const query = new URLSearchParams({ prefix: NAME, versions: "true" }).toString();
  const url = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o?${query}`;
  const { body } = await p.as("scenarioforge", url);
  return (body as { items?: readonly unknown[] }).items?.length ?? 0;
}

onPlatform(
  "scenarioforge's bucket",
  (p) => {
    it("keeps what was overwritten for 30 days, and no longer", async () => {
      await write(p, "scenarioforge", NAME, { status: "RUNNING" });
      await write(p, "scenarioforge", NAME, { status: "COMPLETED" });
      expect(await generations(p)).to.equal(2);
      await p.advance({ seconds: 30 * DAY_SECONDS - 60 });
      expect(await generations(p)).to.equal(2);
      await p.advance({ seconds: 120 });
      expect(await generations(p)).to.equal(1);
    });

    it("keeps what is live for as long as nobody deletes it", async () => {
      await p.advance({ seconds: 400 * DAY_SECONDS });
      expect(await generations(p)).to.equal(1);
    });
  },
  { config: { systems: ["scenarioforge"] } },
);
