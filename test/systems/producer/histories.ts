/** Random histories of a workspace on the platform, its processes real: trouble on order, kills at any moment, locks lost. */
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import type { FaultInput } from "../../../local/outside/workflows/faults.ts";
import { workflowsOf } from "../../../local/systems/producer/attach.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { instancesOf, killInstances } from "../../support/role-instances.ts";
import { Workspace } from "./workspace.ts";

const fault: fc.Arbitrary<FaultInput> = fc.oneof(
  fc.constantFrom<FaultInput>(
    { fault: "drop" },
    { fault: "disconnect" },
    { fault: "duplicate" },
    { fault: "silence" },
    { fault: "conflict" },
  ),
  fc.record({
    fault: fc.constant("fail" as const),
    of: fc.constantFrom("stream", "read-cursor", "write-cursor", "callback", "lock", "release"),
    status: fc.constantFrom(429, 500, 503),
    times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({
    fault: fc.constant("lose" as const),
    of: fc.constantFrom("write-cursor", "callback", "lock", "release"),
  }),
);

const trouble = fc.record({
  afterMs: fc.integer({ min: 0, max: 400 }),
  kind: fc.constantFrom("kill-producer", "kill-producer", "kill-consumer", "steal", "stop"),
});

export const history = fc.record({
  /** Sizes of the files that are written; above 16 KiB the stream ends behind the event. */
  calls: fc.array(fc.constantFrom(1, 1, 100, 20_000), { minLength: 1, maxLength: 6 }),
  /** One of them, if there are so many, asks for what is not there. */
  failing: fc.integer({ min: 0, max: 8 }),
  faults: fc.array(fault, { maxLength: 3 }),
  troubles: fc.array(trouble, { maxLength: 2 }),
});
export type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

/** As short as a bridge takes it. */
const LEASE_MS = 30_000;
/** Longer than the lease, and than the queue waits between two attempts. */
const LATER = { seconds: 95 };
const MAX_STARTS = 6;
/** A callback that is refused so often in a row is given up, and its workflow is told that. */
const CALLBACK_ATTEMPTS = 5;
const GIVEN_UP = "The tool was given up: The callback could not be delivered.";

/** Plays one to its end; what went wrong, in words. */
export async function play(history: History, platform: TestPlatform): Promise<readonly string[]> {
  const workspace = new Workspace(platform);
  const workflows = workflowsOf(platform.cloud);
  const { faults } = workflows;
  for (const each of history.faults) faults.order(each);
  const calls = history.calls.map((bytes, at) => {
    const isFailing = at === history.failing;
    const filepath = `${at}.txt`;
    const called = isFailing
      ? workspace.call("READ_FILE", { filepath: `missing/${filepath}` })
      : workspace.call("UPDATE_FILE", { filepath, content: "x".repeat(bytes) });
    return { ...called, filepath };
  });
  const ids = calls.map(({ eventId }) => eventId);
  const isDone = (): boolean => workspace.committed.at(-1) === ids.at(-1);

  await workspace.ask("start", { leaseMs: LEASE_MS });
  for (const each of history.troubles) {
    await delay(each.afterMs);
    await make(each.kind, workspace, platform);
  }
  await workspace.through(platform.settle(), isDone);
  faults.clear();
  for (let starts = 0; starts < MAX_STARTS && !isDone(); starts += 1) {
    await platform.advance(LATER);
    // As whoever calls a tool does: a workspace that nobody streamed for minutes is dead.
    workflows.makeWorkspace(workspace.user, workspace.project, { id: "workspace" });
    await workspace.ask("start", { leaseMs: LEASE_MS });
    await workspace.through(platform.settle(), isDone);
  }

  const refusals = history.faults.map((each) =>
    "of" in each && each.of === "callback" ? (each.times ?? 1) : 0,
  );
  const mayBeGivenUp = refusals.reduce((sum, times) => sum + times, 0) >= CALLBACK_ATTEMPTS;
  const isOf = (answer: string, { filepath }: { readonly filepath: string }): boolean =>
    answer.includes(filepath) || (mayBeGivenUp && answer.includes(GIVEN_UP));
  const moved = workspace.committed.map((id) => ids.indexOf(id));
  return [
    ...calls
      .filter((call) => workspace.answers(call).length === 0)
      .map(({ filepath }) => `${filepath} was never answered`),
    ...calls.flatMap((call) =>
      workspace
        .answers(call)
        .map((answer) => JSON.stringify(answer))
        .filter((answer) => !isOf(answer, call))
        .map((answer) => `${call.filepath} got the answer ${answer}`),
    ),
    ...(moved.every((at, index) => at >= (moved[index - 1] ?? 0))
      ? []
      : [`the cursor moved ${moved.join(", ")}`]),
    ...(isDone() ? [] : ["the cursor did not reach the last event"]),
  ];
}

async function make(
  kind: History["troubles"][number]["kind"],
  workspace: Workspace,
  platform: TestPlatform,
): Promise<void> {
  switch (kind) {
    case "stop":
      await workspace.ask("stop");
      return;
    case "steal": {
      const thief = { consumerId: "somebody else", leaseMs: 5_000 };
      workflowsOf(platform.cloud).giveLock(workspace.user, workspace.project, thief);
      return;
    }
    default: {
      const role = kind === "kill-producer" ? "producer" : "consumer";
      // It may have none at that moment.
      if ((await instancesOf(role)).length > 0) await killInstances(role);
    }
  }
}
