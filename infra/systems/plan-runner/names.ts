/** The names of what the plan runner consists of. */

/** Functions, the roles they run and the accounts they run as: all three bear one name. */
export const FUNCTIONS = {
  app: "plan-app",
  runner: "plan-runner",
  executor: "plan-executor",
  deadletter: "plan-deadletter",
} as const;

type Part = keyof typeof FUNCTIONS;
/** One for each function. */
export type Each<T> = Readonly<Record<Part, T>>;

export function each<T>(make: (part: Part) => T): Each<T> {
  return {
    app: make("app"),
    runner: make("runner"),
    executor: make("executor"),
    deadletter: make("deadletter"),
  };
}

export const TOPIC = "plan";
export const SUBSCRIPTION = "plan-runner";
export const DEAD_LETTER_TOPIC = "plan-dead-letter";
export const DEAD_LETTER_SUBSCRIPTION = "plan-deadletter";
/** Service account that pushes carry. */
export const PUSH = "pubsub-push-sa";
export const APP_KEY = "plan-app-key";
export const WEBHOOK_SECRET = "plan-webhook-secret";
/** Where GitHub's deliveries arrive. */
export const WEBHOOK_PATH = "/webhook";

/** Bucket of commits' archives. */
export function checkoutsBucket({ project }: { readonly project: string }): string {
  return `${project}-plan-checkouts`;
}

/** Bucket of deliveries, leases, records of checkouts, results and long plans. */
export function stateBucket({ project }: { readonly project: string }): string {
  return `${project}-plan-state`;
}
