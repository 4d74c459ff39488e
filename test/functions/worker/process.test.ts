import { expect } from "chai";
import * as v from "valibot";
import { DeliveriesInMemory } from "../../../functions/worker/adapters.ts";
import { Payload, process } from "../../../functions/worker/process.ts";
import type { Ports } from "../../../functions/worker/ports.ts";
import { retry, slowDown } from "../../../functions/runtime/outcome.ts";
import { WaitsByHand } from "../../support/worker-waits.ts";
import { thrownBy } from "../../support/thrown-by.ts";

function worker() {
  const waits = new WaitsByHand();
  const ports: Ports = { name: "brain", deliveries: new DeliveriesInMemory(), wait: waits.wait };
  const deliver = (payload: object, retryCount = 0, idempotencyKey = "k") =>
    process(v.parse(Payload, payload), { idempotencyKey, retryCount }, ports);
  return { waits, deliver };
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
});

describe("DeliveriesInMemory", () => {
  it("forgets the oldest of more finished keys than it may keep", async () => {
    const deliveries = new DeliveriesInMemory(2);
    for (const key of ["a", "b", "c"]) {
      await deliveries.begin(key);
      await deliveries.finish(key);
    }
    expect(await Promise.all(["b", "c", "a"].map((key) => deliveries.begin(key)))).to.deep.equal([
      "done",
      "done",
      "new",
    ]);
  });

  it("takes an abandoned key for new", async () => {
    const deliveries = new DeliveriesInMemory();
    await deliveries.begin("a");
    await deliveries.abandon("a");
    expect(await deliveries.begin("a")).to.equal("new");
  });
});
