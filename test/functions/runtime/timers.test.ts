import { expect } from "chai";
import { timers } from "../../../functions/runtime/timers.ts";

const { after, every, wait } = timers;

describe("every", () => {
  it("repeats until it is stopped, never twice at once", async () => {
    let running = 0;
    let times = 0;
    const third = Promise.withResolvers<undefined>();
    const stop = every(0.001, async () => {
      expect((running += 1)).to.equal(1);
      await wait(0.002);
      running -= 1;
      if ((times += 1) === 3) third.resolve(undefined);
    });
    await third.promise;
    stop();
    const seen = times;
    await wait(0.02);
    expect(times).to.equal(seen);
  });
});

describe("after", () => {
  it("does something once, unless it is stopped first", async () => {
    const done: string[] = [];
    const stop = after(0.001, () => done.push("stopped"));
    stop();
    after(0.001, () => done.push("once"));
    await wait(0.02);
    expect(done).to.deep.equal(["once"]);
  });
});
