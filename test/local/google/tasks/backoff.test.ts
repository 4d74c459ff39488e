import { expect } from "chai";
import fc from "fast-check";
import { backoffMs, isGivenUp } from "../../../../local/google/tasks/dispatch/backoff.ts";

const LIMITS = { maxAttempts: 100, maxRetryDurationMs: 0 };

const settings = fc
  .record({
    minBackoffMs: fc.integer({ min: 0, max: 10_000_000 }),
    above: fc.integer({ min: 0, max: 10_000_000 }),
    maxDoublings: fc.integer({ min: 0, max: 2_000 }),
  })
  .map(({ minBackoffMs, above, maxDoublings }) => ({
    ...LIMITS,
    minBackoffMs,
    maxBackoffMs: minBackoffMs + above,
    maxDoublings,
  }));

describe("backoffMs", () => {
  it("gives the proto's example: 10 s, 300 s, 3 doublings", () => {
    const example = { ...LIMITS, minBackoffMs: 10_000, maxBackoffMs: 300_000, maxDoublings: 3 };
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((retry) => backoffMs(example, retry) / 1000);
    expect(waits).to.deep.equal([10, 20, 40, 80, 160, 240, 300, 300]);
  });

  it("doubles maxDoublings times, then adds 2^maxDoublings × minBackoff, and stops at maxBackoff", () => {
    fc.assert(
      fc.property(settings, (config) => {
        const step = config.minBackoffMs * 2 ** Math.min(config.maxDoublings, 60);
        let wait = config.minBackoffMs;
        for (let retry = 1; retry <= 60; retry++) {
          expect(backoffMs(config, retry)).to.equal(Math.min(wait, config.maxBackoffMs));
          wait = retry <= config.maxDoublings ? wait * 2 : wait + step;
        }
      }),
    );
  });

  it("never falls, and never leaves the two bounds, however many retries", () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 1_000_000 }), (config, retry) => {
        const wait = backoffMs(config, retry);
        expect(wait).to.be.within(config.minBackoffMs, config.maxBackoffMs);
        expect(backoffMs(config, retry + 1)).to.be.at.least(wait);
      }),
    );
  });
});

describe("isGivenUp", () => {
  const retry = { minBackoffMs: 100, maxBackoffMs: 1000, maxDoublings: 1 };

  it("stops at maxAttempts where there is no retry duration", () => {
    const config = { ...retry, maxAttempts: 3, maxRetryDurationMs: 0 };
    expect([2, 3].map((attempts) => isGivenUp(config, attempts, 0))).to.deep.equal([false, true]);
  });

  it("needs both limits where there are two", () => {
    const config = { ...retry, maxAttempts: 3, maxRetryDurationMs: 5000 };
    expect(isGivenUp(config, 3, 4999)).to.equal(false);
    expect(isGivenUp(config, 2, 5000)).to.equal(false);
    expect(isGivenUp(config, 3, 5000)).to.equal(true);
  });

  it("stops when the duration has passed where the attempts are unlimited", () => {
    const config = { ...retry, maxAttempts: -1, maxRetryDurationMs: 5000 };
    expect(isGivenUp(config, 1e6, 4999)).to.equal(false);
    expect(isGivenUp(config, 1, 5000)).to.equal(true);
  });

  it("never stops where both are unlimited", () => {
    expect(isGivenUp({ ...retry, maxAttempts: -1, maxRetryDurationMs: 0 }, 1e6, 1e9)).to.equal(
      false,
    );
  });
});
