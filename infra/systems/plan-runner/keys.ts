/** What a stack's config says about the plan runner. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import { createPrivateKey } from "node:crypto";
import * as v from "valibot";
import { Flag, list, member, numeric, set, text, whole } from "../../config/values.ts";
import type { Keys } from "../../config/key.ts";
import type { MirroredProvider } from "./tools.ts";

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

/** GitHub asks for "a random string of text with high entropy" and sets no length. */
const MIN_WEBHOOK_SECRET_CHARACTERS = 16;

/** Every key with all that is known of it. */
export const KEYS = {
  githubAppId: {
    schema: text(/^(|[1-9]\d*)$/, "must be the GitHub App's id, digits in quotes"),
    default: "",
    description:
      "Id of the GitHub App that plan-runner acts as, in quotes; npm run plan-app:manifest helps to register one. Required by plan-runner.",
    example: "123456",
    isText: true,
    isQuoted: true,
  },
  githubApiBaseUrl: {
    schema: v.pipe(v.string(API_RULE), v.check(isBaseUrl, API_RULE)),
    default: "https://api.github.com",
    description:
      "GitHub's API, without a slash at the end; of a GitHub Enterprise Server https://HOST/api/v3. No other GitHub is spoken with.",
    example: "https://api.github.com",
    isText: true,
  },
  planMaxInstances: {
    schema: whole(1, INSTANCES_RULE),
    default: 10,
    description: "How many plans run at once. Further ones wait in Pub/Sub.",
    example: 10,
  },
  planMemory: {
    schema: text(/^[1-9]\d*(Mi|Gi)$/, "must be like 4Gi or 4096Mi"),
    default: "4Gi",
    description:
      "Memory of one plan, 512Mi to 32Gi. OpenTofu, its providers and the checkout are all in it, since an instance's files are. More than 4Gi needs 2 CPUs, more than 8Gi 4, more than 16Gi 6, more than 24Gi 8.",
    example: "4Gi",
    isText: true,
  },
  planCpu: {
    schema: v.pipe(numeric(CPU_RULE), v.picklist([1, 2, 4, 6, 8], CPU_RULE)),
    default: 2,
    description:
      "CPUs of one plan, 1, 2, 4, 6 or 8. 4 need a planMemory of 2Gi, 6 and 8 one of 4Gi.",
    example: 2,
  },
  planReaders: {
    schema: set(member()),
    default: [],
    description:
      "Members (user:..., group:..., serviceAccount:..., domain:...) who may read plans that are too long for comments. Without any, comments have no link to them.",
    example: "user:you@example.com",
    part: "[0]",
  },
  planRetentionDays: {
    schema: whole(1, RETENTION_RULE),
    default: 30,
    description: "Days after which such plans are deleted, for good.",
    example: 30,
  },
  planEnvironment: {
    schema: v.pipe(
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
    default: {},
    description:
      "Variables of OpenTofu's environment, for example TF_VAR_region. Every plan can print them, so they are not for secrets. PATH, HOME and what OpenTofu's own behaviour hangs on are the executor's.",
    example: "europe-west1",
    part: ".TF_VAR_region",
  },
  planProviders: {
    schema: list(
      v.pipe(
        text(PROVIDER, "must be a provider and its version, like hashicorp/google@7.9.0"),
        v.transform(mirrored),
      ),
    ),
    default: [],
    description:
      "Providers with their versions that plans find in the tools bucket instead of downloading them, for example hashicorp/google@7.9.0. npm run tools:upload puts them there.",
    example: "hashicorp/google@7.9.0",
    part: "[0]",
  },
  planProvidersStrict: {
    schema: Flag,
    default: false,
    description: "Whether plans may use no other providers than planProviders in those versions.",
    example: false,
  },
  planAllowedProviders: {
    schema: set(
      text(
        PATTERN,
        "must be a provider's source, like grafana/grafana, or hashicorp/* for all of a namespace",
      ),
    ),
    default: ["hashicorp/*", "opentofu/*", "integrations/*"],
    description:
      "Sources of providers that any repository may use. A provider is a program that a plan runs, so others are refused until a repository's own file allows them.",
    example: "hashicorp/*",
    part: "[0]",
  },
  planAllowedPlaces: {
    schema: set(
      text(
        /^[^\s"\\]{1,200}$/,
        "must be a place, like gcs:acme-state-*, state.example.com or app.terraform.io/acme",
      ),
    ),
    default: [],
    description:
      "Places that any configuration may send to, where * stands for anything: a bucket, an account or a key of a cloud (gcs:acme-state-*, s3:..., azurerm:..., oss:..., cos:..., gcp_kms:..., aws_kms:...), an organization (app.terraform.io/acme) or whatever a host serves (state.example.com). A cloud's storage and keys, and sources of modules, need no entry as long as nothing of them is computed.",
    example: "gcs:acme-state-*",
    part: "[0]",
  },
  planExecutorRoles: {
    schema: set(
      text(
        /^((projects|organizations)\/[^/\s]+\/)?roles\/[A-Za-z0-9_.]+$/,
        "must be a role, like roles/compute.viewer",
      ),
    ),
    default: [],
    description:
      "Roles on the project for plan-executor, so that plans can read their state and what they compare it with, for example roles/compute.viewer. Whoever opens a pull request can use them: give read access only, and never to secrets. With roles/viewer plans can read every bucket that gives project viewers what Cloud Storage gives them by default, those of the state and of all repositories' commits among them.",
    example: "roles/compute.viewer",
    part: "[0]",
  },
  planTokenCreator: {
    schema: Flag,
    default: false,
    description:
      "Whether Pub/Sub's own agent is granted roles/iam.serviceAccountTokenCreator on pubsub-push-sa besides what Google grants it. Needed only where that agent has lost roles/pubsub.serviceAgent, or was made before 8 April 2021.",
    example: false,
  },
  tofuVersion: {
    schema: text(/^\d+\.\d+\.\d+(-[a-z0-9.]+)?$/, "must be a version of OpenTofu, like 1.12.6"),
    default: "1.12.6",
    description:
      "Version of OpenTofu that plans run. npm run tools:upload puts its release in the tools bucket.",
    example: "1.12.6",
    isText: true,
  },
  tofuSha256: {
    schema: text(
      /^[0-9a-f]{64}$/,
      "must be the SHA-256 of that version's linux_amd64 archive, 64 small hexadecimal digits",
    ),
    default: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
    description:
      "SHA-256 of that version's tofu_VERSION_linux_amd64.tar.gz. Anything else is neither uploaded nor run.",
    example: "50a6106fa4de523d09c87af85f3db1dd47535fc005727fdca6852146476b88ec",
    isText: true,
  },
  githubWebhookSecret: {
    default: "",
    description:
      "What GitHub signs its webhooks with, at least 16 characters. Secret: pulumi config set --secret githubWebhookSecret. Required by plan-runner.",
    secret: {
      kind: "text",
      rule: `must have at least ${MIN_WEBHOOK_SECRET_CHARACTERS} characters`,
      set: "githubWebhookSecret",
      read: (text) => (text.length < MIN_WEBHOOK_SECRET_CHARACTERS ? undefined : text),
    },
  },
  githubAppPrivateKey: {
    default: "",
    description:
      "The RSA private key of the GitHub App, in PEM form; line breaks may be written as \\n. Secret: pulumi config set --secret githubAppPrivateKey < app.private-key.pem. Required by plan-runner.",
    secret: {
      kind: "rsaPrivateKey",
      rule: "must be an RSA private key in PEM form, as GitHub hands it out for an App",
      set: "githubAppPrivateKey < app.private-key.pem",
      read: rsaPrivateKey,
    },
  },
} satisfies Keys;

function isBaseUrl(url: string): boolean {
  if (!URL.canParse(url) || /[\s?#@]|\/$/.test(url)) return false;
  return new URL(url).protocol === "https:";
}

function mirrored(provider: string): MirroredProvider {
  const [source = "", version = ""] = provider.split("@");
  return { source, version };
}

/** The key with real line breaks, also where `\n` was written out, as variables of a shell often have it. */
function rsaPrivateKey(text: string): string | undefined {
  const pem = text.replaceAll("\\n", "\n");
  try {
    return createPrivateKey(pem).asymmetricKeyType === "rsa" ? pem : undefined;
  } catch {
    return undefined;
  }
}
