import { expect } from "chai";
import { acquireLease, isLeaseHeld } from "../../../functions/runtime/lease.ts";
import type { Objects } from "../../../functions/runtime/google/objects.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";

const NAME = "leases/x";
const SECONDS = 60;

/** Tells of one change, once it is made, what a repeated request is told of its own work. */
class LosesAnswer extends ObjectsInMemory {
  lost: "create" | "replace" | undefined;

  override async create(name: string, content: string): Promise<string | undefined> {
    const generation = await super.create(name, content);
    return this.#answer("create", generation);
  }

  override async replace(name: string, last: string, content: string): Promise<string | undefined> {
    const generation = await super.replace(name, last, content);
    return this.#answer("replace", generation);
  }

  #answer(change: "create" | "replace", generation: string | undefined): string | undefined {
    if (this.lost !== change) return generation;
    this.lost = undefined;
    return undefined;
  }
}

describe("acquireLease", () => {
  let objects: LosesAnswer;
  let now: number;
  let ids: number;

  beforeEach(() => {
    objects = new LosesAnswer();
    now = 1_000;
    ids = 0;
  });

  const acquire = (on: Objects = objects) =>
    acquireLease(NAME, SECONDS, { objects: on, now: () => now, newId: () => `holder-${++ids}` });

  it("gives it to one of many", async () => {
    const leases = await Promise.all(Array.from({ length: 20 }, () => acquire()));
    expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
  });

  it("keeps it from others until its term is over", async () => {
    await acquire();
    now += SECONDS * 1000 - 1;
    expect(await acquire()).to.equal(undefined);
    now += 1;
    expect(await acquire()).not.to.equal(undefined);
  });

  it("gives an expired one to one of many", async () => {
    await acquire();
    now += SECONDS * 1000;
    const leases = await Promise.all(Array.from({ length: 20 }, () => acquire()));
    expect(leases.filter((lease) => lease !== undefined)).to.have.length(1);
  });

  it("is held until it is released or its term is over", async () => {
    const isHeld = (): Promise<boolean> => isLeaseHeld(NAME, { objects, now: () => now });
    expect(await isHeld()).to.equal(false);
    const lease = await acquire();
    expect(await isHeld()).to.equal(true);
    await lease?.release();
    expect(await isHeld()).to.equal(false);
    await acquire();
    now += SECONDS * 1000 - 1;
    expect(await isHeld()).to.equal(true);
    now += 1;
    expect(await isHeld()).to.equal(false);
    await objects.write(NAME, "no lease");
    expect(await isHeld()).to.equal(false);
  });

  it("lasts another term from each renewal", async () => {
    const lease = await acquire();
    now += 20_000;
    expect(await lease?.renew()).to.equal(true);
    now += SECONDS * 1000 - 1;
    expect(await acquire()).to.equal(undefined);
    expect(await lease?.renew()).to.equal(true);
  });

  it("tells a holder that it was taken over, and leaves it to the other", async () => {
    const first = await acquire();
    now += SECONDS * 1000;
    const second = await acquire();
    expect(await first?.renew()).to.equal(false);
    expect(await first?.renew()).to.equal(false);
    await first?.release();
    expect(await second?.renew()).to.equal(true);
  });

  it("is free once it is released, and leaves nothing behind", async () => {
    const lease = await acquire();
    await lease?.renew();
    await lease?.release();
    expect(objects.stored.size).to.equal(0);
    expect(await lease?.renew()).to.equal(false);
    expect(await acquire()).not.to.equal(undefined);
  });

  it("takes what is no lease for nobody's", async () => {
    for (const content of ["", "{", "{}", '{"holder":1,"expires_at":"x"}']) {
      await objects.write(NAME, content);
      expect(await acquire(), content).not.to.equal(undefined);
    }
  });

  it("may be taken where it is released in between", async () => {
    const lease = await acquire();
    const released = Object.assign(Object.create(objects) as ObjectsInMemory, {
      read: async (name: string) => {
        await lease?.release();
        return objects.read(name);
      },
      create: objects.create.bind(objects),
    });
    expect(await acquire(released)).not.to.equal(undefined);
  });

  it("knows its own work where the answer to it was lost", async () => {
    objects.lost = "create";
    const lease = await acquire();
    expect(lease).not.to.equal(undefined);
    objects.lost = "replace";
    expect(await lease?.renew()).to.equal(true);
    now += SECONDS * 1000;
    objects.lost = "replace";
    const next = await acquire();
    expect(await next?.renew()).to.equal(true);
    await next?.release();
    expect(objects.stored.size).to.equal(0);
  });
});
