// What the run API and its worker both read from their environment, under the document's names.
import * as v from "valibot";
import { TenantName } from "../messages/scenario-names.ts";
import { Account, NotEmpty, Origin, Text, orDefault, whole } from "../runtime/variables.ts";

/** Any current model of Google's; which there are changes from month to month. */
export const ModelName = v.pipe(
  v.string("must be a string"),
  v.regex(/^gemini-[a-z0-9.-]{1,80}$/, "must be a Gemini model: gemini-…"),
);

/** Whatever a secret is made of, as long as nobody guesses it. */
const SealKey = v.pipe(v.string(), v.minLength(32, "must have at least 32 characters"));

export const SharedEntries = {
  /** Project that the role runs in. */
  GOOGLE_CLOUD_PROJECT: NotEmpty,
  /** `gcs` everywhere; runs kept on a local disk would end with the instance. */
  RUN_STORE: orDefault(
    v.literal("gcs", "must be gcs: runs are kept in Cloud Storage, on a laptop too"),
    "gcs",
  ),
  /** Accepted and not used: nothing is kept on the local disk. */
  RUNS_DIR: orDefault(NotEmpty, "/tmp/scenarioops/runs"),
  GCS_BUCKET: NotEmpty,
  /** Folder of all tenants in the bucket. Slashes around it do not count. */
  RUNS_PREFIX: v.pipe(
    orDefault(NotEmpty, "scenarioforge/runs"),
    v.transform((text) => text.replaceAll(/^\/+|\/+$/g, "")),
    v.regex(/^(?!\.)[A-Za-z0-9._-]+(?:\/(?!\.)[A-Za-z0-9._-]+)*$/, "must be a folder's name"),
  ),
  /** The server's own LLM key, from Secret Manager. Default: none, and live runs need the caller's. */
  GEMINI_API_KEY: v.pipe(
    Text,
    v.transform((text) => text.trim()),
  ),
  /** Seals a caller's LLM key in the tasks of a run. The same for both roles, from Secret Manager. */
  SEAL_KEY: SealKey,
  VECTOR_STORE: orDefault(v.picklist(["off", "gcs"], "must be off or gcs"), "off"),
  /** Model of all calls that make text. */
  GEMINI_MODEL: orDefault(ModelName, "gemini-3.6-flash"),
  /** Model of embeddings where VECTOR_STORE is gcs. */
  GEMINI_EMBED_MODEL: orDefault(ModelName, "gemini-embedding-001"),
  SCENARIOOPS_VERSION: Text,
  SCENARIOOPS_PIPELINE_VERSION: orDefault(NotEmpty, "v1"),
  SCENARIOOPS_SCENARIO_VERSION: Text,
  SCENARIOOPS_PACK_VERSION: Text,
  SCENARIOOPS_DEFAULT_TENANT: orDefault(TenantName, "public"),
  /** Location of the queue. */
  TASKS_REGION: NotEmpty,
  /** Short id of the queue. */
  QUEUE: NotEmpty,
  /** Origin of the worker, which the tasks call. */
  WORKER_URL: Origin,
  /** Service account whose token the tasks carry. */
  CALLER_SA: Account,
  /** How long one attempt of a node may take: the dispatch deadline of its task. */
  NODE_TIMEOUT_SECONDS: orDefault(whole("seconds", 15, 1_800), "600"),
  /** How long a running run is believed to be alive without a sign of life. */
  RUN_LEASE_SECONDS: orDefault(whole("seconds", 1, 86_400), "900"),
} as const;
