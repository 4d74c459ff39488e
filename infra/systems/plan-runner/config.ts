/** What a stack's config says about the plan runner. Pulumi.yaml describes the keys in prose and has the defaults. */
import * as v from "valibot";
import { Flag, list, member, numeric, set, text, whole } from "../../config/values.ts";
import type { MirroredProvider } from "./tools.ts";

export interface PlanRunnerConfig {
  /** Digits. Empty where no system of the stack needs it. */
  readonly githubAppId: string;
  /** Without a slash at the end. */
  readonly githubApiBaseUrl: string;
  /** Plans at once. */
  readonly planMaxInstances: number;
  /** Of one plan, `4Gi`. */
  readonly planMemory: string;
  /** Of one plan: 1, 2, 4, 6 or 8. */
  readonly planCpu: number;
  /** Members who may read plans that are too long for comments. */
  readonly planReaders: readonly string[];
  /** Days that such plans are kept. */
  readonly planRetentionDays: number;
  /** OpenTofu's environment, besides what the executor sets itself. */
  readonly planEnvironment: Readonly<Record<string, string>>;
  /** Providers that are kept in the tools bucket. */
  readonly planProviders: readonly MirroredProvider[];
  /** Whether any other provider is refused instead of downloaded. */
  readonly planProvidersStrict: boolean;
  /** Sources of providers that a repository may use unasked: `hashicorp/*`. */
  readonly planAllowedProviders: readonly string[];
  /** Places that any configuration may send to: `gcs:acme-state-*`, `state.example.com`. */
  readonly planAllowedPlaces: readonly string[];
  /** Roles that plans have on the project. */
  readonly planExecutorRoles: readonly string[];
  /** Whether Pub/Sub's own agent may make tokens of the push account beyond what Google grants it. */
  readonly planTokenCreator: boolean;
  /** `1.12.6` */
  readonly tofuVersion: string;
  /** Of that version's archive, in small hexadecimal. */
  readonly tofuSha256: string;
}

const RETENTION_RULE = "must be a whole number of days, at least 1";
const INSTANCES_RULE = "must be a whole number, at least 1";
const GROUP_RULE = "must be a group of variables";
const CPU_RULE = "must be 1, 2, 4, 6 or 8";
const API_RULE =
  "must be an https URL without a slash, a query or a user, like https://api.github.com";

/** The parts of a provider's source. Source: opentofu.org/docs/language/providers/requirements, Source Addresses. */
const HOST = "(?:[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+(?::\\d+)?/)?";
const PART = "[A-Za-z0-9][A-Za-z0-9_-]*";
const PROVIDER = new RegExp(`^${HOST}${PART}/${PART}@\\d+\\.\\d+\\.\\d+(?:-[A-Za-z0-9.]+)?$`);
const PATTERN = new RegExp(`^${HOST}(?:${PART}|\\*)/(?:${PART}|\\*)$`);

/** One schema per key. */
export const PlanRunnerSchemas = {
  githubAppId: text(/^(|[1-9]\d*)$/, "must be the GitHub App's id, digits in quotes"),
  githubApiBaseUrl: v.pipe(v.string(API_RULE), v.check(isBaseUrl, API_RULE)),
  planMaxInstances: whole(1, INSTANCES_RULE),
  planMemory: text(/^[1-9]\d*(Mi|Gi)$/, "must be like 4Gi or 4096Mi"),
  planCpu: v.pipe(numeric(CPU_RULE), v.picklist([1, 2, 4, 6, 8], CPU_RULE)),
  planReaders: set(member()),
  planRetentionDays: whole(1, RETENTION_RULE),
  planEnvironment: v.pipe(
    v.unknown(),
    // To a record a list is one too, of variables named 0 and 1.
    v.check((value) => !Array.isArray(value), GROUP_RULE),
    v.record(
      v.string(),
      // `pulumi config set --path` writes digits and flags as such.
      v.pipe(
        v.union([v.string(), v.number(), v.boolean()], "must be text"),
        v.transform((value) => String(value)),
      ),
      GROUP_RULE,
    ),
  ),
  planProviders: list(
    v.pipe(
      text(PROVIDER, "must be a provider and its version, like hashicorp/google@7.9.0"),
      v.transform(mirrored),
    ),
  ),
  planProvidersStrict: Flag,
  planAllowedProviders: set(
    text(
      PATTERN,
      "must be a provider's source, like grafana/grafana, or hashicorp/* for all of a namespace",
    ),
  ),
  planAllowedPlaces: set(
    text(
      /^[^\s"\\]{1,200}$/,
      "must be a place, like gcs:acme-state-*, state.example.com or app.terraform.io/acme",
    ),
  ),
  planExecutorRoles: set(
    text(
      /^((projects|organizations)\/[^/\s]+\/)?roles\/[A-Za-z0-9_.]+$/,
      "must be a role, like roles/compute.viewer",
    ),
  ),
  planTokenCreator: Flag,
  tofuVersion: text(/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/, "must be a version of OpenTofu, like 1.12.6"),
  tofuSha256: text(
    /^[0-9a-f]{64}$/,
    "must be the SHA-256 of that version's linux_amd64 archive, 64 small hexadecimal digits",
  ),
};

/** Keys that Pulumi hands over as they were typed; the others are JSON. */
export const PLAN_RUNNER_TEXT_KEYS: readonly (keyof PlanRunnerConfig)[] = [
  "githubAppId",
  "githubApiBaseUrl",
  "planMemory",
  "tofuVersion",
  "tofuSha256",
];

function isBaseUrl(url: string): boolean {
  if (!URL.canParse(url) || /[\s?#@]|\/$/.test(url)) return false;
  return new URL(url).protocol === "https:";
}

function mirrored(provider: string): MirroredProvider {
  const [source = "", version = ""] = provider.split("@");
  return { source, version };
}
