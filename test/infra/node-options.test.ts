import { expect } from "chai";
import { nodeOptions } from "../../infra/components/node-options.ts";

describe("nodeOptions", () => {
  for (const [memory, semiSpace, oldSpace] of [
    ["512Mi", 16, 256],
    ["1000Mi", 31, 500],
    ["1Gi", 32, 512],
    ["2Gi", 64, 1024],
    ["32Gi", 64, 16_384],
  ] as const) {
    it(`lets Node's heap be a part of ${memory}`, () => {
      expect(nodeOptions(memory)).to.equal(
        `--max-semi-space-size=${semiSpace} --max-old-space-size=${oldSpace}`,
      );
    });
  }

  it("takes nothing for memory that is none", () => {
    for (const memory of ["", "512", "512M", "-1Gi", "1.5Gi"]) {
      expect(() => nodeOptions(memory), memory).to.throw(`\`${memory}\` is no amount of memory`);
    }
  });
});
