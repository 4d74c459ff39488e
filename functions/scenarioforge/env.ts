import * as v from "valibot";
import { TenantName } from "../messages/scenario-names.ts";
import { Switch, orDefault, whole } from "../runtime/variables.ts";
import { SharedEntries } from "../scenarios/env.ts";

const MIN_KEY_LENGTH = 16;
const KEY_LENGTH = `must have at least ${MIN_KEY_LENGTH} characters`;
const Key = v.pipe(v.string(), v.trim(), v.minLength(MIN_KEY_LENGTH, KEY_LENGTH));

/** A key of the API and whose it is. An admin may change the tenant's settings. */
const ApiKey = v.object({
  key: Key,
  tenant: TenantName,
  role: v.optional(v.picklist(["owner", "admin"]), "owner"),
});
export type ApiKey = v.InferOutput<typeof ApiKey>;

const Keys = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((key) => key.trim())
      .filter((key) => key !== ""),
  ),
  v.array(Key),
);

/** Environment of scenarioforge; all values are strings. Names and defaults are the document's (contract, 8). */
export const ScenarioforgeEnv = v.pipe(
  v.object({
    ...SharedEntries,
    /** "1": nobody gets in without a key of these. Default 0: where none is configured, a caller's own LLM key lets in. */
    SCENARIOOPS_AUTH_REQUIRED: orDefault(Switch, "0"),
    /** JSON: a list of `{key, tenant, role}`, from Secret Manager. Default: none. */
    SCENARIOOPS_API_KEYS: v.pipe(
      orDefault(v.string(), "[]"),
      v.parseJson({}, "must be JSON"),
      v.array(ApiKey, "must be a JSON array"),
    ),
    /** A key of the default tenant, its owner's. Default: none. */
    SCENARIOOPS_DEFAULT_API_KEY: v.optional(v.union([v.literal(""), Key], KEY_LENGTH), ""),
    /** Keys of the default tenant's admins, separated by commas. Default: none. */
    SCENARIOOPS_ADMIN_KEYS: v.optional(Keys, ""),
    /** How long `?wait=true` waits for a run to finish. */
    WAIT_SECONDS: orDefault(whole("seconds", 0, 3_300), "240"),
    /** How often it looks. */
    WAIT_POLL_MS: orDefault(whole("milliseconds", 1, 60_000), "1000"),
    /** Largest uploaded file. */
    MAX_UPLOAD_BYTES: orDefault(whole("bytes", 1, 26_214_400), "5242880"),
    /** Most files of one upload. */
    MAX_UPLOAD_FILES: orDefault(whole("files", 1, 50), "10"),
    /** Requests a minute that change something or cost something, for each tenant and instance. */
    RATE_LIMIT_PER_MINUTE: orDefault(whole("requests", 1, 1_000_000), "300"),
    /** Reads without a key a minute, for each address and instance. */
    ANONYMOUS_LIMIT_PER_MINUTE: orDefault(whole("requests", 1, 1_000_000), "600"),
    /** How often runs written out of band are looked for while somebody lists. */
    SWEEP_SECONDS: orDefault(whole("seconds", 10, 86_400), "600"),
  }),
  v.check(
    (env) =>
      !env.SCENARIOOPS_AUTH_REQUIRED ||
      env.SCENARIOOPS_DEFAULT_API_KEY !== "" ||
      env.SCENARIOOPS_API_KEYS.length + env.SCENARIOOPS_ADMIN_KEYS.length > 0,
    "SCENARIOOPS_AUTH_REQUIRED needs SCENARIOOPS_API_KEYS, SCENARIOOPS_DEFAULT_API_KEY or SCENARIOOPS_ADMIN_KEYS",
  ),
);
/** What a deployment must supply: names and kinds before parsing. */
export type ScenarioforgeVariables = v.InferInput<typeof ScenarioforgeEnv>;
export type ScenarioforgeEnv = v.InferOutput<typeof ScenarioforgeEnv>;
