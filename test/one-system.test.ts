import { expect } from "chai";
import { testsOf } from "./one-system.ts";
import { devConfig } from "./support/recorded.ts";

describe("the tests of one system", () => {
  let files: readonly string[];
  before(async () => (files = await testsOf(devConfig({ systems: ["enqueuer"] }))));

  for (const [what, file] of [
    ["its stories", "test/systems/enqueuer/enqueuer.test.ts"],
    ["its roles", "test/functions/enqueuer/enqueue.test.ts"],
    ["its workers", "test/functions/worker/deliveries.test.ts"],
    ["what its roles stand on", "test/functions/runtime/process/serve.test.ts"],
    ["the services that it uses", "test/local/google/tasks/dispatch.test.ts"],
  ] as const) {
    it(`are those of ${what}`, () => expect(files).to.include(file));
  }

  it("are none of another system, nor of a service that only the other uses", () => {
    const others = files.filter((file) => /plan-|functions\/github|google\/pubsub/.test(file));
    expect(others).to.deep.equal([]);
  });
});
