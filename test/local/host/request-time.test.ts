import { expect } from "chai";
import { getEventListeners, once } from "node:events";
import { RequestTime } from "../../../local/host/request-time.ts";

describe("the time of a request", () => {
  it("is up after so many seconds", async () => {
    const time = new RequestTime(0.01, new AbortController().signal);
    expect([time.isUp, time.signal.aborted]).to.deep.equal([false, false]);
    await once(time.signal, "abort");
    expect(time.isUp).to.equal(true);
    expect(time.signal.reason).to.have.property("message", "nothing within 0.01 s");
  });

  it("ends when the sender goes away, which is not that it is up", () => {
    const sender = new AbortController();
    const time = new RequestTime(60, sender.signal);
    const reason = new Error("gone");
    sender.abort(reason);
    expect([time.isUp, time.signal.aborted, time.signal.reason]).to.deep.equal([
      false,
      true,
      reason,
    ]);
    time.end();
  });

  it("has ended where the sender has gone before", () => {
    const time = new RequestTime(60, AbortSignal.abort(new Error("gone")));
    expect(time.signal.aborted).to.equal(true);
    time.end();
  });

  it("aborts nothing after the end of the request, and holds on to nothing", () => {
    const sender = new AbortController();
    const time = new RequestTime(60, sender.signal);
    expect(getEventListeners(sender.signal, "abort")).to.have.length(1);
    time.end();
    expect(getEventListeners(sender.signal, "abort")).to.deep.equal([]);
    sender.abort();
    expect(time.signal.aborted).to.equal(false);
  });
});
