import { expect } from "chai";
import { ManualClock, RealClock } from "../../local/clock.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

describe("a clock moved by hand", () => {
  it("fires what is due in the order of time, and stands where it was moved to", async () => {
    const clock = new ManualClock(START);
    const fired: [string, number][] = [];
    for (const [name, seconds] of [
      ["late", 30],
      ["early", 10],
      ["too late", 61],
      ["early too", 10],
    ] as const) {
      clock.at(START + seconds * 1000, () => void fired.push([name, clock.now() - START]));
    }
    await clock.advance({ seconds: 60 });
    expect(fired).to.deep.equal([
      ["early", 10_000],
      ["early too", 10_000],
      ["late", 30_000],
    ]);
    expect(clock.now()).to.equal(START + 60_000);
  });

  it("fires what is due now without being moved", async () => {
    const clock = new ManualClock(START);
    let isFired = false;
    clock.at(START - 1, () => void (isFired = true));
    await clock.settle();
    expect(isFired).to.equal(true);
  });

  it("fires nothing that was cancelled, and nothing after it was stopped", async () => {
    const clock = new ManualClock(START);
    const fired: string[] = [];
    clock.at(START + 1, () => void fired.push("cancelled")).cancel();
    clock.at(START + 1, () => void fired.push("stopped"));
    clock.stop();
    await clock.advance({ seconds: 1 });
    expect(fired).to.deep.equal([]);
  });

  it("stands still while work that it caused is under way", async () => {
    const clock = new ManualClock(START);
    const seen: number[] = [];
    clock.at(START + 1000, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(clock.now() - START);
      clock.at(clock.now() + 500, () => void seen.push(clock.now() - START));
    });
    clock.at(START + 2000, () => void seen.push(clock.now() - START));
    await clock.advance({ seconds: 2 });
    expect(seen).to.deep.equal([1000, 1500, 2000]);
  });

  it("passes over work that hung when the move began, so that its deadline can end it", async () => {
    const clock = new ManualClock(START);
    const answer = Promise.withResolvers<undefined>();
    const fired: string[] = [];
    clock.at(START, () => answer.promise);
    clock.at(START + 15_000, () => answer.resolve(undefined));
    clock.at(START + 20_000, () => void fired.push("after the deadline"));
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance({ seconds: 20 });
    expect(fired).to.deep.equal(["after the deadline"]);
  });

  it("ends work that hangs in a move by a further move", async () => {
    const clock = new ManualClock(START);
    const answer = Promise.withResolvers<undefined>();
    const isHanging = Promise.withResolvers<undefined>();
    clock.at(START + 1000, () => {
      clock.at(clock.now() + 15_000, () => answer.resolve(undefined));
      isHanging.resolve(undefined);
      return answer.promise;
    });
    const first = clock.advance({ seconds: 1 });
    await isHanging.promise;
    await clock.advance({ seconds: 15 });
    await first;
    expect(clock.now()).to.equal(START + 16_000);
  });
});

describe("the real clock", () => {
  it("fires, and forgets what is cancelled or stopped", async () => {
    const clock = new RealClock();
    const fired: string[] = [];
    clock.at(Date.now() + 1, () => void fired.push("cancelled")).cancel();
    await new Promise<void>((resolve) => {
      clock.at(Date.now() - 1, () => {
        fired.push("due");
        resolve();
      });
    });
    clock.at(Date.now() + 3_600_000_000, () => void fired.push("far"));
    clock.stop();
    expect(fired).to.deep.equal(["due"]);
  });
});
