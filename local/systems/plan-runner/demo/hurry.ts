/** Pub/Sub's patience, shortened: with that of the stack, a message is tried for hours. */
import { sliceOf, withSlice } from "../../../declared/declared.ts";
import { pubsub, type Subscription } from "../../../google/pubsub/declared.ts";
import type { Stage } from "../../../demo/stage.ts";

/** The fewest that Pub/Sub takes (google/pubsub/v1/pubsub.proto, DeadLetterPolicy). */
export const ATTEMPTS = 5;
const MIN_SECONDS = 1;
const MAX_SECONDS = 2;

/** Does something while Pub/Sub tries soon again and gives up early, and says so. */
export async function inAHurry<Result>(
  stage: Stage,
  action: () => Promise<Result>,
): Promise<Result> {
  const declared = stage.cloud.declared();
  const messaging = sliceOf(declared, pubsub);
  const patient = messaging.subscription.find(({ deadLetterPolicy }) => deadLetterPolicy);
  if (patient === undefined) throw new Error("no subscription of the plan has a dead-letter topic");
  const subscription = messaging.subscription.map((each) =>
    each === patient ? hurried(each) : each,
  );
  const words = {
    begun: `So that this takes seconds: Pub/Sub waits ${MIN_SECONDS} to ${MAX_SECONDS} s between attempts here, ${waitsOf(patient)} in the stack, and makes at most ${ATTEMPTS}, ${patient.deadLetterPolicy?.maxDeliveryAttempts ?? "any number"} in the stack.`,
    ended: "Pub/Sub is as patient as in the stack again.",
  };
  return stage.during(withSlice(declared, pubsub, { ...messaging, subscription }), words, action);
}

function hurried(subscription: Subscription): Subscription {
  return {
    ...subscription,
    retryPolicy: {
      minimumBackoff: { seconds: MIN_SECONDS },
      maximumBackoff: { seconds: MAX_SECONDS },
    },
    deadLetterPolicy: { ...subscription.deadLetterPolicy, maxDeliveryAttempts: ATTEMPTS },
  };
}

function waitsOf({ retryPolicy }: Subscription): string {
  const { minimumBackoff: min, maximumBackoff: max } = retryPolicy ?? {};
  return `${String(min?.seconds ?? 0)} to ${String(max?.seconds ?? 0)} s`;
}
