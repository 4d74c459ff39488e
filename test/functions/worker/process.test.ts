import { expect } from "chai";
import * as v from "valibot";
import { DeliveriesInBucket } from "../../../functions/worker/adapters.ts";
import { Payload, process } from "../../../functions/worker/process.ts";
import type { Ports } from "../../../functions/worker/ports.ts";
import { retry, slowDown } from "../../../functions/runtime/outcome.ts";
import { ObjectsInMemory } from "../../support/objects-in-memory.ts";
import { WaitsByHand } from "../../support/worker-waits.ts";
import { thrownBy } from "../../support/thrown-by.ts";

function worker() {
  const waits = new WaitsByHand();
  const deliveries = new DeliveriesInBucket(new ObjectsInMemory(), {
    worker: "brain",
    claimSeconds: 600,
    now: () => 0,
  });
  const ports: Ports = { name: "brain", deliveries, wait: waits.wait };
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

  it("tells how the work went even where its claim cannot be given back", async () => {
    const deliveries = {
      begin: () => Promise.resolve("new" as const),
      finish: () => Promise.reject(new Error("no bucket")),
      abandon: () => Promise.reject(new Error("no bucket")),
    };
    const ports: Ports = { name: "brain", deliveries, wait: () => Promise.resolve() };
    const attempt = { idempotencyKey: "k", retryCount: 0 };
    const failing = v.parse(Payload, { simulate: { fail_times: 1, status: 418 } });
    expect(await thrownBy(() => process(failing, attempt, ports))).to.have.property("status", 418);
    const busy = v.parse(Payload, { simulate: { busy_times: 1 } });
    expect(await process(busy, attempt, ports)).to.deep.equal(
      slowDown("Busy, as the payload asked.", 1),
    );
    const working = v.parse(Payload, {});
    expect(String(await thrownBy(() => process(working, attempt, ports)))).to.include("no bucket");
  });
});
