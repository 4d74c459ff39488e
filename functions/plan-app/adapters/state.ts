import * as v from "valibot";
import { deliveryObject, resultObject } from "../../messages/plan-names.ts";
import type { Objects } from "../../runtime/google/objects.ts";
import type { Ports } from "../ports.ts";
import { unavailable } from "./unavailable.ts";

const RETRY_AFTER_SECONDS = 10;

/** What the runner writes when a plan is over, as far as it matters here. */
const Result = v.object({
  finished_at: v.pipe(
    v.union([v.string(), v.number()]),
    v.transform((at) => new Date(at)),
    v.date(),
  ),
  outcome: v.optional(v.string()),
  comment_id: v.nullish(v.union([v.string(), v.number()])),
});

/** The state bucket's memory of deliveries. */
export function deliveriesIn(objects: Objects): Ports["deliveries"] {
  return {
    isKnown: async (guid) => (await reading(objects, deliveryObject(guid))) !== undefined,
    remember: async (guid) => {
      await objects.create(deliveryObject(guid), "{}");
    },
  };
}

/** The state bucket's memory of finished plans. */
export function finishedIn(objects: Objects): Ports["finished"] {
  return async (plan) => {
    const stored = await reading(objects, resultObject(plan));
    if (stored === undefined) return undefined;
    const result = v.safeParse(v.pipe(v.string(), v.parseJson(), Result), stored.content);
    // Finished it is; when, and how, cannot be told.
    if (!result.success) return { finishedAt: new Date(0), isCommented: false };
    const { finished_at, outcome, comment_id } = result.output;
    // A comment that says the plan was given up is no plan.
    const isCommented = (comment_id ?? null) !== null && outcome !== "gave_up";
    return { finishedAt: finished_at, isCommented };
  };
}

async function reading(objects: Objects, name: string): ReturnType<Objects["read"]> {
  try {
    return await objects.read(name);
  } catch (error) {
    throw unavailable("Cloud Storage did not answer", error, RETRY_AFTER_SECONDS);
  }
}
