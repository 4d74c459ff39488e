import * as v from "valibot";
import { Account, Flag, NotEmpty, Origin } from "../runtime/variables.ts";

/** Environment of plan-deadletter; all values are strings. */
export const PlanDeadletterEnv = v.object({
  PROJECT_ID: NotEmpty,
  /** Own origin: the audience that a caller's token must have. */
  AUDIENCE: Origin,
  /** Service account whose token Pub/Sub sends along. */
  PUSH_SA: Account,
  /** "true" where only holders of run.invoker get through to this service. */
  PRIVATE: Flag,
  /** Bucket that remembers results. */
  STATE_BUCKET: NotEmpty,
  /** Origin of the runner, which may speak to the people of a pull request. */
  RUNNER_URL: Origin,
});
/** What a deployment must supply: names and kinds before parsing. */
export type PlanDeadletterVariables = v.InferInput<typeof PlanDeadletterEnv>;
export type PlanDeadletterEnv = v.InferOutput<typeof PlanDeadletterEnv>;
