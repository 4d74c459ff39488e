import { expect } from "chai";
import fc from "fast-check";
import { rowKey } from "../../../../infra/access.ts";
import { producerRows } from "../../../../infra/systems/producer/access.ts";
import { devConfig } from "../../../support/recorded.ts";

describe("the producer's rows", () => {
  it("say nothing twice, whatever is on", () => {
    const config = fc.record({
      producerUpload: fc.boolean(),
      producerTenants: fc.constantFrom([], ["u1/"], ["u1/", "u2/p/"]),
      mount: fc.constantFrom(
        { producerMount: false },
        { producerMount: true },
        { producerMount: true, producerMountOnlyDir: "u1" },
      ),
      producerConsumerUrl: fc.constantFrom("", "https://consumer.example.com"),
    });
    fc.assert(
      fc.property(config, ({ mount, ...values }) => {
        const keys = producerRows(devConfig({ ...values, ...mount })).map(rowKey);
        expect(keys).to.deep.equal([...new Set(keys)]);
      }),
      { numRuns: 36 },
    );
  });
});
