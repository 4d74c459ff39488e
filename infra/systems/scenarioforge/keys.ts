/** scenarioforge's keys of a stack's config. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import * as v from "valibot";
import type { Keys } from "../../config/key.ts";
import { Flag, text, whole } from "../../config/values.ts";

const MAX_DAYS = 3650;
const daysRule = `must be a whole number of days, 1 to ${MAX_DAYS}`;
const MIN_TOKENS = 1000;
const MAX_TOKENS = 999_999_999;
const tokensRule = `must be a whole number of tokens, ${MIN_TOKENS} to ${MAX_TOKENS}`;

/** Whatever a person calls a version: part of a signature, never of a name. */
const version = text(/^[\x21-\x7e]{0,100}$/, "must be at most 100 printable characters, no spaces");
const model = text(/^gemini-[a-z0-9.-]{1,80}$/, "must be a Gemini model, like gemini-3.6-flash");
const TENANT = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const LLM_KEY = /^[\x21-\x7e]{20,200}$/;
const SEAL_KEY = /^[\x21-\x7e]{32,200}$/;
const ApiKeys = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(
    v.strictObject({
      key: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,200}$/)),
      tenant: v.pipe(v.string(), v.regex(TENANT)),
      role: v.optional(v.picklist(["owner", "admin"])),
    }),
  ),
  v.minLength(1),
);

/** Every key with all that is known of it. */
export const KEYS = {
  scenarioBucket: {
    schema: text(
      /^$|^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/,
      "must be the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and underscores",
    ),
    default: "",
    description: "Name of the bucket of runs. Empty means PROJECT-scenarioforge.",
    example: "my-project-scenarioforge",
    isText: true,
  },
  scenarioRunsPrefix: {
    schema: text(
      /^(?!\.)[A-Za-z0-9._-]{1,100}(?:\/(?!\.)[A-Za-z0-9._-]{1,100}){0,5}$/,
      "must be a folder of the bucket: letters, digits, dots, hyphens and underscores, without a slash at either end",
    ),
    default: "scenarioforge/runs",
    description: "Folder of the bucket in which all runs are. Nothing else of it is accessible.",
    example: "scenarioforge/runs",
    isText: true,
  },
  scenarioVersionDays: {
    schema: v.pipe(whole(1, daysRule), v.maxValue(MAX_DAYS, daysRule)),
    default: 30,
    description:
      "Days for which the bucket of runs keeps what was overwritten or deleted, as a noncurrent version.",
    example: 30,
  },
  scenarioVectorStore: {
    schema: v.picklist(["off", "gcs"], "must be off or gcs"),
    default: "off",
    description:
      "Whether questions about a run are answered with embeddings, which gcs keeps beside the run, or by words alone (off).",
    example: "off",
    words: ["off", "gcs"],
    isText: true,
  },
  scenarioModel: {
    schema: model,
    default: "gemini-3.6-flash",
    description: "Gemini model that writes. Google shuts models down; which there are changes.",
    example: "gemini-3.6-flash",
    isText: true,
  },
  scenarioEmbedModel: {
    schema: model,
    default: "gemini-embedding-001",
    description: "Gemini model of embeddings, where scenarioVectorStore is gcs.",
    example: "gemini-embedding-001",
    isText: true,
  },
  scenarioRunMaxTokens: {
    schema: v.pipe(whole(MIN_TOKENS, tokensRule), v.maxValue(MAX_TOKENS, tokensRule)),
    default: 3_000_000,
    description:
      "Tokens that one live run may use, those of requests, answers and thoughts together: what it may cost.",
    example: 3_000_000,
  },
  scenarioVersion: {
    schema: version,
    default: "",
    description: "Version of what is deployed, which /health shows; another one makes other runs.",
    example: "2026-11-28",
    isText: true,
  },
  scenarioPipelineVersion: {
    schema: text(/^[\x21-\x7e]{1,100}$/, "must be 1 to 100 printable characters, no spaces"),
    default: "v1",
    description: "Version of the pipeline; another one makes other runs of the same parameters.",
    example: "v1",
    isText: true,
  },
  scenarioConfigVersion: {
    schema: version,
    default: "",
    description: "Version of the scenarios' settings; another one makes other runs.",
    example: "1",
    isText: true,
  },
  scenarioPackVersion: {
    schema: version,
    default: "",
    description: "Version of the packs; another one makes other runs.",
    example: "1",
    isText: true,
  },
  scenarioDefaultTenant: {
    schema: text(TENANT, "must be 1 to 64 letters, digits, hyphens and underscores"),
    default: "public",
    description: "Whose runs are seen without a key, and are of callers where no keys are known.",
    example: "public",
    isText: true,
  },
  scenarioAuthRequired: {
    schema: Flag,
    default: true,
    description:
      "Whether only keys of scenarioApiKeys let in. Without, and with no such keys, whoever brings an LLM key of their own launches and deletes runs.",
    example: true,
  },
  scenarioApiKeys: {
    default: "",
    description:
      'Secret: whose keys let in, as JSON: [{"key":"16 to 200 characters","tenant":"public","role":"owner or admin"}]. Required with the system scenarioforge unless scenarioAuthRequired is false: pulumi config set --secret scenarioApiKeys',
    secret: {
      kind: "text",
      rule: 'must be JSON, [{"key","tenant","role"}], with keys of 16 to 200 printable characters',
      set: "scenarioApiKeys",
      read: (value: string) => (v.is(ApiKeys, value) ? value : undefined),
      isOptional: true,
    },
  },
  scenarioGeminiApiKey: {
    default: "",
    description:
      "Secret: the key of the Gemini API that live runs spend. Required with the system scenarioforge: pulumi config set --secret scenarioGeminiApiKey",
    secret: {
      kind: "text",
      rule: "must have 20 to 200 printable characters without spaces",
      set: "scenarioGeminiApiKey",
      read: (value: string) => (LLM_KEY.test(value) ? value : undefined),
    },
  },
  scenarioSealKey: {
    default: "",
    description:
      "Secret that seals callers' own LLM keys on their way to the worker, 32 to 200 printable characters. Required with the system scenarioforge: pulumi config set --secret scenarioSealKey",
    secret: {
      kind: "text",
      rule: "must have 32 to 200 printable characters without spaces",
      set: "scenarioSealKey",
      read: (value: string) => (SEAL_KEY.test(value) ? value : undefined),
    },
  },
} satisfies Keys;
