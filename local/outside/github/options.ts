import type { Clock } from "../../clock.ts";
import type { Send } from "../../http/message.ts";
import type { Log } from "../../log.ts";
import type { App } from "./state/model.ts";

/**
 * How long an issue comment may be. `stated`: 65,536 characters, as GitHub's own refusal says. `measured`: 262,144 bytes
 * of UTF-8, which is where github.com has been seen to refuse (github.com/dead-claudia/github-limits/issues/13).
 */
export type CommentLimit = "stated" | "measured";

/** `stateless` (`ghs_<APPID>_<JWT>`, rolled out since April 2026) or `classic` (`ghs_` and 36 characters). */
export type TokenFormat = "stateless" | "classic";

export interface GitHubOptions {
  readonly apps: readonly App[];
  /** Where webhooks go. Called with the App's webhook URL. */
  readonly deliver: Send;
  readonly log: Log;
  /** Default: wall time, which is what clients sign their JWTs by. */
  readonly clock?: Clock;
  /** Default `stated`. */
  readonly commentLimit?: CommentLimit;
  /** Default `stateless`. */
  readonly tokenFormat?: TokenFormat;
  /** How many requests an installation has in an hour. Default 5,000. */
  readonly requestsPerHour?: number;
  /** How many entries a tree shows before it says `truncated`. Default 100,000. */
  readonly treeLimit?: number;
  /** Milliseconds of wall time after which a webhook counts as failed. Default 10,000, as on github.com. */
  readonly deliveryTimeoutMs?: number;
}
