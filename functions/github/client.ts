import { Octokit } from "@octokit/rest";
import { retry } from "@octokit/plugin-retry";
import { throttling } from "@octokit/plugin-throttling";
import { wholeFetch } from "./whole-fetch.ts";

/** A client of GitHub's REST API. */
export type GitHub = Octokit;

export interface GitHubOptions {
  /** An installation token. */
  readonly token: string;
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://HOST/api/v3`. */
  readonly baseUrl: string;
  /** Ends every request with it. */
  readonly signal: AbortSignal;
  /**
   * The longest that GitHub's rate limits and passing faults may make a request wait, in seconds; 0: it is not tried
   * again at all.
   */
  readonly maxWaitSeconds: number;
}

const MAX_RETRIES = 3;
/** The plugin's own list, and limits, which the other plugin judges. */
const NEVER_RETRIED = [400, 401, 403, 404, 410, 422, 429, 451];

/**
 * The plugin would let a second pass between writes and three between comments, which is meant for whoever makes many
 * (docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api); a plan makes a handful.
 */
const UNPACED = {
  // All that the plugin calls of a Bottleneck group.
  key: () => ({
    schedule: <T>(_options: object, job: (...args: unknown[]) => T, ...args: unknown[]): T =>
      job(...args),
  }),
};

/** The plugin takes a group for each of these, though its types name only two. */
const PACES: object = {
  auth: UNPACED,
  global: UNPACED,
  write: UNPACED,
  notifications: UNPACED,
};

const Patient = Octokit.plugin(retry, throttling);

/**
 * A client that honours GitHub's primary and secondary limits (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api):
 * it waits as `retry-after` and `x-ratelimit-reset` say where that is within bounds, and fails at once where it is not.
 */
export function gitHub({ token, baseUrl, signal, maxWaitSeconds }: GitHubOptions): GitHub {
  const options = {
    auth: token,
    baseUrl: baseUrl.replace(/\/+$/, ""),
    userAgent: "switchyard-plan-runner",
    request: { signal, fetch: wholeFetch },
    // Octokit warns on the console of what the caller is told anyway.
    log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
  };
  if (maxWaitSeconds === 0) return new Octokit(options);
  const mayWait = (seconds: number, retries: number): boolean =>
    seconds <= maxWaitSeconds && retries < MAX_RETRIES;
  return new Patient({
    ...options,
    retry: { retries: MAX_RETRIES, doNotRetry: NEVER_RETRIED },
    throttle: {
      ...PACES,
      onRateLimit: (seconds, _options, _octokit, retries) => mayWait(seconds, retries),
      onSecondaryRateLimit: (seconds, _options, _octokit, retries) => mayWait(seconds, retries),
    },
  });
}

function ignore(): void {
  // Nothing is said twice.
}
