/** The names of what the producer's system consists of. */

export const SYSTEM = "producer";

/** Functions, the roles they run and the accounts they run as: all three bear one name. */
export const FUNCTIONS = {
  bridge: "producer",
  control: "producer-control",
  consumer: "consumer",
} as const;

/** Service account that tasks carry. */
export const TASKS = "producer-tasks";
/** Queue of starts and of successors. */
export const QUEUE = "producer";
/** What the producer and the consumer both know. */
export const AUTH_TOKEN = "producer-auth-token";

export const IDENTITIES = {
  [FUNCTIONS.bridge]:
    "Bridges the event stream: asks the consumer, answers callbacks, makes tokens",
  [FUNCTIONS.control]: "Starts and stops bridges, and sends dead letters again",
  [FUNCTIONS.consumer]: "Runs the tools; of Cloud Storage it sees what a token shows it",
  [TASKS]: "Whom tasks carry: calls the producer",
};

interface Named {
  readonly project: string;
  readonly producerWorkBucket: string;
}

/** Bucket of the tenants' work. */
export function workBucket({ project, producerWorkBucket }: Named): string {
  return producerWorkBucket === "" ? `${project}-producer-work` : producerWorkBucket;
}

/** Bucket of status, orders and dead letters. */
export function stateBucket({ project }: { readonly project: string }): string {
  return `${project}-producer-state`;
}
