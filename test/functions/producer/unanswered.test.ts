import { expect } from "chai";
import type { Ports } from "../../../functions/producer/ports.ts";
import { BridgeWorld } from "../../support/producer/bridge-world.ts";

const DEADLINE_SECONDS = 600;

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** What a run asks for, each of which may keep it waiting for ever. */
const UNANSWERED: Readonly<Record<string, (world: BridgeWorld) => Partial<Ports>>> = {
  "the metadata server": () => ({ idToken: () => never() }),
  "the token exchange": () => ({ storageToken: () => never() }),
  "the work folder": () => ({ makeWorkFolder: () => never() }),
  "the queue, whose client has a limit of its own": () => ({
    addRun: () => Promise.reject(new Error("Deadline exceeded.")),
  }),
  "what is read of the state bucket": ({ objects }) => ({
    objects: Object.assign(Object.create(objects) as typeof objects, { read: () => never() }),
  }),
  "what is written to it": ({ objects }) => ({
    objects: Object.assign(Object.create(objects) as typeof objects, { write: () => never() }),
  }),
  "what is listed of it": ({ objects }) => ({
    objects: Object.assign(Object.create(objects) as typeof objects, { list: () => never() }),
  }),
  "the lock": unansweredAt("/consumer-lock/"),
  "the lock's release": unansweredAt("/release"),
  "the cursor": unansweredAt("/events/cursors"),
  "the stream": unansweredAt("/events/stream"),
  "the callback": unansweredAt("/callbacks/"),
  "the consumer": (world) => {
    world.consumer.answer = () => never();
    return {};
  },
};

function unansweredAt(part: string): (world: BridgeWorld) => Partial<Ports> {
  return (world) => {
    world.workflows.fault = (_request, path) => (path.includes(part) ? never() : undefined);
    return {};
  };
}

describe("runBridge, where nothing answers", () => {
  for (const [what, silence] of Object.entries(UNANSWERED)) {
    it(`is over before its caller's deadline: ${what}`, async () => {
      const world = new BridgeWorld();
      world.ports = silence(world);
      world.ask(1);
      const began = world.time.now;
      await world.run({ idleSeconds: 0 }, { deadline_s: DEADLINE_SECONDS });
      expect((world.time.now - began) / 1000).to.be.below(DEADLINE_SECONDS);
    });
  }
});
