import { expect } from "chai";
import { killInstances, needsProc } from "../../support/role-instances.ts";
import { TestPlatform } from "../../support/platform.ts";
import { attemptsOf, enqueue } from "./stories.ts";

const CLAIMS =
  "https://storage.googleapis.com/storage/v1/b/switchyard-dev-worker-deliveries/o?prefix=deliveries/brain/";

describe("enqueuer, with a worker that is killed in the middle of a task", function () {
  needsProc(this);
  const p = new TestPlatform({ env: { brain: { CLAIM_SECONDS: "4" } } });

  before(() => p.start());
  after(() => p.stop());

  async function claims(): Promise<readonly unknown[]> {
    const { body } = await p.as("sample-worker", CLAIMS);
    return (body as { readonly items?: readonly unknown[] }).items ?? [];
  }

  it("has the task done by the very next attempt", async () => {
    const { body } = await enqueue(p, { service: "brain", payload: { simulate: { take_s: 1 } } });
    const { task } = body as { task: string };
    const first = p.settle();
    while ((await claims()).length === 0);
    await killInstances("brain");
    await first;
    expect(attemptsOf(p.log, task)).to.deep.equal([503]);
    await p.advance({ seconds: 5 });
    expect(attemptsOf(p.log, task)).to.deep.equal([503, 200]);
  });
});
