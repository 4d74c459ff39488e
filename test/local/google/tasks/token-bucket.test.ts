import { expect } from "chai";
import fc from "fast-check";
import { TokenBucket, burstSizeOf } from "../../../../local/google/tasks/dispatch/token-bucket.ts";

const START = Date.parse("2026-01-01T00:00:00Z");

describe("TokenBucket", () => {
  it("gives a burst at once and then one token per interval", () => {
    const bucket = new TokenBucket({ maxDispatchesPerSecond: 5, maxBurstSize: 3 }, START);
    const taken = (now: number): boolean => bucket.take(START + now);
    expect([0, 0, 0, 0].map(taken)).to.deep.equal([true, true, true, false]);
    expect(bucket.availableAt()).to.equal(START + 200);
    expect([199, 200, 200, 400].map(taken)).to.deep.equal([false, true, false, true]);
  });

  it("never exceeds burst + rate × window in any window, whoever asks when", () => {
    const times = fc.array(fc.integer({ min: 0, max: 3000 }), { minLength: 1, maxLength: 150 });
    const rate = fc.double({ min: 0.01, max: 500, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 120 }), times, (perSecond, burst, gaps) => {
        const limits = { maxDispatchesPerSecond: perSecond, maxBurstSize: burst };
        const bucket = new TokenBucket(limits, START);
        const taken: number[] = [];
        let now = START;
        for (const gap of gaps) {
          now += gap;
          while (bucket.take(now)) taken.push(now);
        }
        for (let from = 0; from < taken.length; from += 7) {
          for (let to = from; to < taken.length; to += 5) {
            const window = ((taken[to] ?? 0) - (taken[from] ?? 0)) / 1000;
            expect(to - from + 1).to.be.at.most(burst + perSecond * window + 1e-3);
          }
        }
      }),
    );
  });

  it("always has a token at the time it announces", () => {
    const rate = fc.double({ min: 0.01, max: 500, noNaN: true });
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 500 }), (perSecond, count) => {
        const limits = { maxDispatchesPerSecond: perSecond, maxBurstSize: 10 };
        const bucket = new TokenBucket(limits, START);
        let now = START;
        for (let i = 0; i < count; i++) {
          now = Math.max(now, bucket.availableAt());
          expect(bucket.take(now)).to.equal(true);
        }
      }),
    );
  });

  it("keeps its tokens, up to the new burst, when its limits change", () => {
    const bucket = new TokenBucket({ maxDispatchesPerSecond: 500, maxBurstSize: 100 }, START);
    bucket.resize({ maxDispatchesPerSecond: 1, maxBurstSize: 2 }, START);
    const taken = [0, 0, 0].map(() => bucket.take(START));
    expect(taken).to.deep.equal([true, true, false]);
    bucket.resize({ maxDispatchesPerSecond: 500, maxBurstSize: 100 }, START);
    expect(bucket.take(START)).to.equal(false);
    expect(bucket.availableAt()).to.equal(START + 2);
  });
});

describe("burstSizeOf", () => {
  it("fits the queues that were seen: 100 for 500/s, 10 for 1/s", () => {
    expect([500, 1].map(burstSizeOf)).to.deep.equal([100, 10]);
  });
});
