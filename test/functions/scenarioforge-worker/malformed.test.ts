import { expect } from "chai";
import fc from "fast-check";
import * as v from "valibot";
import { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import type { Incoming } from "../../../functions/runtime/door/http-handler.ts";
import { taskHandler } from "../../../functions/runtime/door/task-handler.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { RUN, TENANT, WorkerByHand } from "./worker-by-hand.ts";

const TASK = { tenant: TENANT, run_id: RUN, node: "charter", execution: 1 };

/** The status that a body is answered with, and what it changed. */
async function statusOf(body: string): Promise<number> {
  const worker = new WorkerByHand();
  const handle = taskHandler(ScenarioNode, (task) => runNode(task, worker.ports()));
  const incoming: Incoming = {
    headers: { "x-idempotency-key": "key" },
    body: Buffer.from(body),
    requestId: "request",
    log: () => undefined,
    signal: new AbortController().signal,
  };
  try {
    return (await handle(incoming)).status;
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  } finally {
    expect([...worker.stores.objects.keys()]).to.deep.equal([]);
  }
}

describe("a task's body", () => {
  const table: readonly (readonly [string, unknown, number])[] = [
    ["names a run that is not there", TASK, 200],
    ["is no object", [], 422],
    ["lacks the run", { ...TASK, run_id: undefined }, 422],
    ["leads out of the tenant by its run", { ...TASK, run_id: "../other" }, 422],
    ["leads out by its tenant", { ...TASK, tenant: "a/b" }, 422],
    ["names no node", { ...TASK, node: "index" }, 422],
    ["is of no execution", { ...TASK, execution: 0 }, 422],
    ["has a key that is too long", { ...TASK, sealed_key: "a".repeat(2_001) }, 422],
  ];
  for (const [what, body, status] of table) {
    it(`that ${what} is answered ${status}`, async () => {
      expect(await statusOf(JSON.stringify(body))).to.equal(status);
    });
  }

  it("of any other kind is refused, and changes nothing", async () => {
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom("..", "/", "", null, -1, 1.5));
    const near = fc.record(
      { tenant: value, run_id: value, node: value, execution: value, sealed_key: value },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      near.map((each) => JSON.stringify(each)),
    );
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const isTask = v.is(ScenarioNode, parsed(text));
        expect(await statusOf(text)).to.be.oneOf(isTask ? [200] : [400, 422]);
      }),
      { numRuns: 1_000 },
    );
  });
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
