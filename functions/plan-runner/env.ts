import * as v from "valibot";
import {
  Account,
  Flag,
  HttpUrl,
  NotEmpty,
  Origin,
  SecretVersion,
  whole,
} from "../runtime/variables.ts";

/** Environment of the plan runner; all values are strings. */
export const PlanRunnerEnv = v.pipe(
  v.object({
    PROJECT_ID: NotEmpty,
    GITHUB_APP_ID: v.pipe(v.string(), v.regex(/^[1-9]\d*$/, "must be the App's id, digits only")),
    /** The only GitHub that is spoken with. Default github.com's. */
    GITHUB_API_BASE_URL: v.optional(HttpUrl, "https://api.github.com"),
    /** Version of the secret that holds the App's private key: `projects/P/secrets/S/versions/latest`. */
    APP_KEY_SECRET: SecretVersion,
    /** Bucket of leases, results and overlong plans. */
    STATE_BUCKET: NotEmpty,
    /** Bucket of commits' archives, which the executor reads. */
    CHECKOUTS_BUCKET: NotEmpty,
    /** Origin of the role that runs OpenTofu, which is the audience of its tokens too. */
    EXECUTOR_URL: Origin,
    /** Own origin: the audience that a caller's token must have. */
    AUDIENCE: Origin,
    /** Service account that Pub/Sub pushes with. */
    PUSH_SA: Account,
    /** Service account that asks to give up. */
    DEADLETTER_SA: Account,
    /** "true" where only holders of run.invoker get through to this service. */
    PRIVATE: Flag,
    /** How long a plan's lease holds without being renewed. Default 60. */
    LEASE_SECONDS: v.optional(whole("seconds", 5, 600), "60"),
    /** How often leases are renewed, and the head is read again. Default 20. */
    LEASE_RENEW_SECONDS: v.optional(whole("seconds", 1, 300), "20"),
    /** The same for the lease of a comment. Default 60. */
    COMMENT_LEASE_SECONDS: v.optional(whole("seconds", 5, 600), "60"),
    /** From the receipt of a message until its plan is stopped. Default 540, which leaves a minute of the 600 of a push. */
    PLAN_SECONDS: v.optional(whole("seconds", 10, 3_600), "540"),
    /**
     * Of one comment, in UTF-16 code units: never less than its characters, nor than a third of its bytes, so that 65,536
     * is within both limits that GitHub is known to have (65,536 characters, 262,144 bytes). Default 60000.
     */
    COMMENT_MAX_CHARACTERS: v.optional(whole("characters", 4_000, 65_536), "60000"),
    /** How many comments one plan may take. Default 5. */
    COMMENT_MAX_PARTS: v.optional(whole("comments", 1, 50), "5"),
    /** "true" where somebody may read the plans in the state bucket. */
    PLAN_LINKS: v.optional(Flag, "false"),
  }),
  v.forward(
    v.partialCheck(
      [["LEASE_SECONDS"], ["COMMENT_LEASE_SECONDS"], ["LEASE_RENEW_SECONDS"]],
      (env) => env.LEASE_RENEW_SECONDS < Math.min(env.LEASE_SECONDS, env.COMMENT_LEASE_SECONDS),
      "must be shorter than both leases",
    ),
    ["LEASE_RENEW_SECONDS"],
  ),
);
/** What a deployment must supply: names and kinds before parsing. */
export type PlanRunnerVariables = v.InferInput<typeof PlanRunnerEnv>;
export type PlanRunnerEnv = v.InferOutput<typeof PlanRunnerEnv>;
