import { expect } from "chai";
import { nodeVariables } from "../../infra/components/node-variables.ts";

describe("nodeVariables", () => {
  for (const [memory, semiSpace, oldSpace] of [
    ["512Mi", 16, 256],
    ["1000Mi", 31, 500],
    ["1Gi", 32, 512],
    ["2Gi", 64, 1024],
    ["32Gi", 64, 16_384],
  ] as const) {
    it(`let Node's heap be a part of ${memory}`, () => {
      expect(nodeVariables(memory)).to.deep.equal({
        NODE_OPTIONS: `--max-semi-space-size=${semiSpace} --max-old-space-size=${oldSpace}`,
        MALLOC_ARENA_MAX: "1",
      });
    });
  }

  it("take nothing for memory that is none", () => {
    for (const memory of ["", "512", "512M", "-1Gi", "1.5Gi"]) {
      expect(() => nodeVariables(memory), memory).to.throw(`\`${memory}\` is no amount of memory`);
    }
  });
});
