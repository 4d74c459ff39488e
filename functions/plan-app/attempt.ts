/** What is being done for a webhook, as its steps hand it on. */
import type { Ask } from "./events.ts";
import type { Ports, PullRequest, Repository } from "./ports.ts";

/** One try to do what a webhook asks for. */
export interface Attempt {
  readonly ask: Ask;
  /** The GUID of the webhook. */
  readonly delivery: string;
  readonly ports: Ports;
  readonly deadline: AbortSignal;
  /** Takes every check that was queued. */
  readonly queued: { readonly headSha: string; readonly name: string }[];
}

/** One pull request of an event. */
export interface Situation extends Attempt {
  readonly repository: Repository;
  readonly pullRequest: PullRequest;
}
