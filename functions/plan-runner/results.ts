import * as v from "valibot";
import { resultObject } from "../messages/plan-names.ts";
import type { PlanOf } from "../messages/plan-names.ts";
import type { Ports } from "./ports.ts";

/** How a plan ended. */
const Result = v.object({
  outcome: v.picklist(["planned", "failed", "gave_up"]),
  /** Of its check. */
  conclusion: v.picklist(["success", "failure", "timed_out"]),
  /** Absent where GitHub refused the comment. */
  comment_id: v.optional(v.number()),
  comment_url: v.optional(v.string()),
});
export type Result = v.InferOutput<typeof Result>;

/** Whether a plan's result is on the pull request already. */
export async function isFinished(plan: PlanOf, { objects }: Ports): Promise<boolean> {
  return (await objects.read(resultObject(plan))) !== undefined;
}

/** That result; "unreadable" where there is one that cannot be read, undefined where there is none. */
export async function resultOf(
  plan: PlanOf,
  { objects }: Ports,
): Promise<Result | "unreadable" | undefined> {
  const stored = await objects.read(resultObject(plan));
  if (stored === undefined) return undefined;
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), Result), stored.content);
  return result.success ? result.output : "unreadable";
}

/** Remembers that a plan's result is on the pull request: the same message has no effect after that. */
export async function finish(
  plan: PlanOf,
  result: Result,
  { objects, now }: Pick<Ports, "objects" | "now">,
): Promise<void> {
  const content = JSON.stringify({ finished_at: new Date(now()).toISOString(), ...result });
  await objects.create(resultObject(plan), content);
  // A message that asked for the same head before must not write over what a person asked for since.
  if (plan.work.rerun === undefined || result.outcome === "gave_up") return;
  const first = { ...plan, work: { ...plan.work, rerun: undefined } };
  await objects.create(resultObject(first), content);
}
