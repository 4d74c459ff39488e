import * as v from "valibot";
import { Account, Flag, NotEmpty, Origin, Text } from "../runtime/variables.ts";

const Seconds = v.pipe(
  v.string(),
  v.regex(/^\d+(?:\.\d+)?$/, "must be a number of seconds"),
  v.transform(Number),
);

/** A JSON list of texts. */
const List = v.pipe(
  v.string(),
  v.parseJson({}, "must be JSON"),
  v.array(NotEmpty, "must be a JSON array of texts"),
);

/** Environment of plan-executor; all values are strings. */
export const PlanExecutorEnv = v.pipe(
  v.object({
    PROJECT_ID: NotEmpty,
    /** Bucket of commits' archives, of which each plan is told its own. */
    CHECKOUTS_BUCKET: NotEmpty,
    /** Own origin: the audience that a caller's token must have. */
    AUDIENCE: Origin,
    /** Service account that may call: plan-runner's. */
    CALLER_SA: Account,
    /** "true" where only holders of run.invoker get through to this service. */
    PRIVATE: Flag,
    /** What one plan may take at most. Default 540 s. */
    PLAN_SECONDS: v.optional(Seconds, "540"),
    /** What OpenTofu is given to end after SIGINT, before SIGKILL. Default 20 s. */
    KILL_SECONDS: v.optional(Seconds, "20"),
    /** Path of an OpenTofu that is there already; then none is fetched. */
    TOFU_BIN: Text,
    /** Bucket of the release archive and the mirrored providers. */
    TOOLS_BUCKET: Text,
    /** Object of the release archive, `tofu/tofu_1.12.6_linux_amd64.tar.gz`. */
    TOFU_OBJECT: Text,
    /** Of that archive, in hexadecimal. */
    TOFU_SHA256: v.optional(
      v.union([v.literal(""), v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "must be a sha256"))]),
      "",
    ),
    /** JSON: objects of mirrored providers, `providers/HOST/NAMESPACE/TYPE/ARCHIVE.zip`. */
    PROVIDER_OBJECTS: v.optional(
      v.pipe(List, v.everyItem(isProviderObject, "must list objects under providers/")),
      "[]",
    ),
    /** "true" where only mirrored providers may be used. */
    PROVIDERS_STRICT: v.optional(Flag, "false"),
    /** JSON: patterns of providers that may run, `hashicorp/*`. */
    ALLOWED_PROVIDERS: List,
    /** JSON: patterns of places that configurations may send to, `gcs:acme-state-*`, `state.example.com`. */
    ALLOWED_PLACES: v.optional(List, "[]"),
    /** JSON: OpenTofu's environment besides its own. Whoever opens a pull request can read it. */
    PLAN_ENVIRONMENT: v.optional(
      v.pipe(
        v.string(),
        v.parseJson({}, "must be JSON"),
        v.record(v.string(), v.string(), "must be a JSON object of texts"),
      ),
      "{}",
    ),
  }),
  v.check(
    ({ TOFU_BIN, TOOLS_BUCKET, TOFU_OBJECT, TOFU_SHA256 }) =>
      TOFU_BIN !== "" || (TOOLS_BUCKET !== "" && TOFU_OBJECT !== "" && TOFU_SHA256 !== ""),
    "TOFU_BIN is needed, or TOOLS_BUCKET, TOFU_OBJECT and TOFU_SHA256",
  ),
);
/** What a deployment must supply: names and kinds before parsing. */
export type PlanExecutorVariables = v.InferInput<typeof PlanExecutorEnv>;
export type PlanExecutorEnv = v.InferOutput<typeof PlanExecutorEnv>;

/** It becomes a path below the mirror's folder. */
function isProviderObject(name: string): boolean {
  const [first, ...parts] = name.split("/");
  return first === "providers" && parts.length > 0 && !parts.some((part) => /^\.{0,2}$/.test(part));
}
