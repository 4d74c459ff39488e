import { expect } from "chai";
import * as v from "valibot";
import { deliveriesInBucket } from "../../../functions/worker/adapters.ts";
import { Payload, process } from "../../../functions/worker/process.ts";
import type { Claim, Ports } from "../../../functions/worker/ports.ts";
import { retry, slowDown } from "../../../functions/runtime/outcome.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { TimeByHand } from "../../support/time-by-hand.ts";
import { WaitsByHand } from "../../support/worker-waits.ts";
import { thrownBy } from "../../support/thrown-by.ts";

function worker() {
  const time = new TimeByHand();
  let ids = 0;
  const deliveries = deliveriesInBucket({
    worker: "brain",
    claimSeconds: 9,
    objects: new ObjectsInMemory(),
    now: () => time.now,
    newId: () => `id-${(ids += 1)}`,
    every: time.every,
    after: time.after,
    wait: (seconds) => time.tick(seconds),
  });
  const instance = () => {
    const waits = new WaitsByHand();
    const ports: Ports = { name: "brain", deliveries, wait: waits.wait };
    const deliver = (payload: object, retryCount = 0, idempotencyKey = "k") =>
      process(v.parse(Payload, payload), { idempotencyKey, retryCount }, ports);
    return { waits, deliver };
  };
  return { ...instance(), instance, time };
}

const answer = (repeated: boolean) => ({
  kind: "done",
  body: { worker: "brain", idempotency_key: "k", repeated },
});

describe("process", () => {
  it("does a task once, however often it is delivered", async () => {
    const { deliver } = worker();
    expect(await deliver({ any: 1 })).to.deep.equal(answer(false));
    expect(await deliver({ any: 1 }, 1)).to.deep.equal(answer(true));
  });

  it("sends a delivery back while an earlier one is running", async () => {
    const { waits, deliver } = worker();
    const first = deliver({ simulate: { take_s: 60 } });
    expect(await deliver({ simulate: { take_s: 60 } }, 1)).to.deep.equal(
      retry("An earlier delivery of this task is still running."),
    );
    await waits.end();
    expect(await first).to.deep.equal(answer(false));
    expect(waits.seconds).to.deep.equal([60]);
    expect(await deliver({ simulate: { take_s: 60 } }, 2)).to.deep.equal(answer(true));
  });

  it("is busy first, then fails, then works, by the retry count", async () => {
    const { deliver } = worker();
    const payload = { simulate: { busy_times: 1, fail_times: 2, status: 418 } };
    expect(await deliver(payload, 0)).to.deep.equal(slowDown("Busy, as the payload asked.", 1));
    for (const count of [1, 2]) {
      expect(await thrownBy(() => deliver(payload, count))).to.have.property("status", 418);
    }
    expect(await deliver(payload, 3)).to.deep.equal(answer(false));
  });

  it("fails with 502 where the payload names no status", async () => {
    const error = await thrownBy(() => worker().deliver({ simulate: { fail_times: 1 } }));
    expect(error).to.have.property("status", 502);
  });

  it("takes any object for a payload, but not a simulation it does not know", () => {
    for (const payload of [{}, { simulate: {} }, { a: [1], simulate: { take_s: 0.5 } }]) {
      expect(v.is(Payload, payload), JSON.stringify(payload)).to.equal(true);
    }
    for (const simulate of [
      1,
      { tkae_s: 1 },
      { status: 200 },
      { fail_times: -1 },
      { take_s: 1e9 },
    ]) {
      expect(v.is(Payload, { simulate }), JSON.stringify(simulate)).to.equal(false);
    }
  });

  it("does at once what an attempt that was killed had begun", async () => {
    const { waits, deliver, time, instance } = worker();
    void deliver({ simulate: { take_s: 60 } });
    await waits.begun();
    time.stopAll();
    expect(await instance().deliver({}, 1)).to.deep.equal(answer(false));
  });

  it("stops where its claim is lost, and says nothing is done", async () => {
    const { waits, deliver, time } = worker();
    const first = deliver({ simulate: { take_s: 60 } });
    await waits.begun();
    time.now += 9_000;
    await time.tick(0);
    expect(await first).to.deep.equal(retry("The claim was lost; another delivery may have it."));
    expect(await deliver({}, 1)).to.deep.equal(answer(false));
  });

  /** A delivery of its own, which notes what becomes of it. */
  function claimed(difference: Partial<Claim> = {}) {
    const calls: string[] = [];
    const note = (call: string) => () => {
      calls.push(call);
      return Promise.resolve();
    };
    const signal = new AbortController().signal;
    const claim = { signal, finish: note("finish"), release: note("release"), ...difference };
    const deliveries = { begin: () => Promise.resolve(claim) };
    const ports: Ports = { name: "brain", deliveries, wait: () => Promise.resolve() };
    const deliver = (simulate: object) =>
      process(v.parse(Payload, { simulate }), { idempotencyKey: "k", retryCount: 0 }, ports);
    return { calls, deliver };
  }

  it("finishes what is done, and lets go of it however the work went", async () => {
    const done = claimed();
    await done.deliver({});
    expect(done.calls).to.deep.equal(["finish", "release"]);
    const busy = claimed();
    await busy.deliver({ busy_times: 1 });
    expect(busy.calls).to.deep.equal(["release"]);
    const failed = claimed();
    await thrownBy(() => failed.deliver({ fail_times: 1 }));
    expect(failed.calls).to.deep.equal(["release"]);
  });

  it("fails where it cannot note that the work is done, and lets go of it", async () => {
    const { calls, deliver } = claimed({ finish: () => Promise.reject(new Error("no bucket")) });
    expect(String(await thrownBy(() => deliver({})))).to.include("no bucket");
    expect(calls).to.deep.equal(["release"]);
  });
});
