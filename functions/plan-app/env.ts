import * as v from "valibot";
import { HttpUrl, NotEmpty, SecretVersion } from "../runtime/variables.ts";

/** Environment of plan-app; all values are strings. */
export const PlanAppEnv = v.object({
  PROJECT_ID: NotEmpty,
  /** Short name of the topic that plan requests go to. */
  PUBSUB_TOPIC_PLAN: NotEmpty,
  /** Id of the GitHub App. */
  GITHUB_APP_ID: v.pipe(v.string(), v.regex(/^[1-9]\d*$/, "must be the number of a GitHub App")),
  /** Default `https://api.github.com`; of a GitHub Enterprise Server `https://HOST/api/v3`. */
  GITHUB_API_BASE_URL: v.optional(HttpUrl, "https://api.github.com"),
  /** What GitHub signs its deliveries with. */
  GITHUB_WEBHOOK_SECRET: NotEmpty,
  /** Where the App's private key is: `projects/P/secrets/S/versions/latest`. */
  APP_KEY_SECRET: SecretVersion,
  /** Bucket that remembers deliveries and results. */
  STATE_BUCKET: NotEmpty,
  /**
   * Seconds that all calls to GitHub for one delivery may take together. Default 8: GitHub waits for 10, and is answered
   * after 9 in any case.
   */
  GITHUB_BUDGET_SECONDS: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9]\d?$/, "must be 1 to 99 seconds"), v.transform(Number)),
    "8",
  ),
});
/** What a deployment must supply: names and kinds before parsing. */
export type PlanAppVariables = v.InferInput<typeof PlanAppEnv>;
export type PlanAppEnv = v.InferOutput<typeof PlanAppEnv>;
