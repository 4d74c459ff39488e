import type { PlanOf } from "../messages/plan-names.ts";
import type { PlanRequest } from "../messages/plan-request.ts";

/** What the runner said to giving up. */
export type GivenUp =
  /** The pull request knows, or need not: its head had moved, or a plan had come through. */
  | { readonly kind: "done"; readonly posted: boolean }
  /** The runner will never take it. `message` is its own sentence. */
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  /** It may work later. */
  | { readonly kind: "unavailable"; readonly message: string };

/** What plan-deadletter needs from the world. */
export interface Ports {
  /** Whether the plan's result is on the pull request. */
  readonly hasResult: (plan: PlanOf) => Promise<boolean>;
  /** Lets the runner say on the pull request that its plan was given up, after so many attempts where that is known. */
  readonly giveUp: (request: PlanRequest, attempts: number | undefined) => Promise<GivenUp>;
}
