/** The producer's keys of a stack's config. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import * as v from "valibot";
import type { Keys } from "../../config/key.ts";
import { Flag, member, numeric, set, text } from "../../config/values.ts";

/** Long enough for what a person makes up, short enough for a header. */
const AUTH_TOKEN = /^[\x21-\x7e]{16,200}$/;
const MAX_DAYS = 3650;
const daysRule = `must be a whole number of days, 1 to ${MAX_DAYS}`;
const MAX_LOOK_BACK_SECONDS = 3600;
const lookBackRule = `must be a whole number of seconds, 0 to ${MAX_LOOK_BACK_SECONDS}`;

/** Every key with all that is known of it. */
export const KEYS = {
  producerWorkflowsUrl: {
    schema: text(
      /^$|^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w~.-]+)*$/i,
      "must be an https URL with the service's mount and without a slash at the end",
    ),
    default: "",
    description:
      "Base URL of the workflows service whose events the producer bridges, with its mount, for example https://workflows.example.com/jobs. Required with the system producer.",
    example: "https://workflows.example.com/jobs",
    isText: true,
  },
  producerWorkflowsAudience: {
    schema: text(/^[\x21-\x7e]{0,500}$/, "must be an audience: printable, without spaces"),
    default: "",
    description:
      "Audience of the ID tokens for the workflows service. Empty means producerWorkflowsUrl.",
    example: "https://workflows.example.com/jobs",
    isText: true,
  },
  producerConsumerUrl: {
    schema: text(
      /^$|^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w~.-]+)*$/i,
      "must be an https URL without a slash at the end",
    ),
    default: "",
    description:
      "Base URL of a consumer of one's own, which is then asked in place of this stack's; let the account producer call it. Empty means the stack's own consumer.",
    example: "https://consumer.example.com",
    isText: true,
  },
  producerCallers: {
    schema: set(member()),
    default: [],
    description: "Members who may start, stop and look at bridges: the trusted backends.",
    example: "serviceAccount:backend@my-project.iam.gserviceaccount.com",
    part: "[0]",
  },
  producerTenants: {
    schema: set(
      text(
        /^(?!\/)(?:[^'"\\\p{Cc}/]+\/)+$/u,
        "must be the beginning of objects' names that ends with a slash, without quotes and backslashes, like user-1/project-1/",
      ),
    ),
    default: [],
    description:
      "Prefixes of the work bucket that tokens may be made for, each with a slash at its end. Empty means all of it; a token of one run is narrowed to its own tenant in any case.",
    example: "user-1/project-1/",
    part: "[0]",
  },
  producerPrefixTemplate: {
    schema: text(
      /^(?!\/)[^'"\\\p{Cc}]{1,500}$/u,
      "must be a prefix of the work bucket with {userId}, {projectId}, {workspaceId} and {sessionId}, without quotes and backslashes",
    ),
    default: "{userId}/{projectId}/{sessionId}/",
    description:
      "Where in the work bucket a run's files are: what its token is narrowed to, and what the consumer keeps in step.",
    example: "{userId}/{projectId}/{workspaceId}/",
    isText: true,
  },
  producerUpload: {
    schema: Flag,
    default: true,
    description: "Whether tokens may write to the work bucket, and the consumer uploads.",
    example: true,
  },
  producerLookBackSeconds: {
    schema: v.pipe(
      numeric(lookBackRule),
      v.integer(lookBackRule),
      v.minValue(0, lookBackRule),
      v.maxValue(MAX_LOOK_BACK_SECONDS, lookBackRule),
    ),
    default: 60,
    description:
      "How many seconds before its start the first run of a workspace begins, which has no cursor yet: the event that causes a start is older than the start.",
    example: 60,
  },
  producerWorkBucket: {
    schema: text(
      /^$|^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/,
      "must be the name of a bucket: 3 to 63 lower-case letters, digits, hyphens and underscores",
    ),
    default: "",
    description: "Name of the work bucket. Empty means PROJECT-producer-work.",
    example: "my-project-work",
    isText: true,
  },
  producerWorkDays: {
    schema: v.pipe(
      numeric(daysRule),
      v.integer(daysRule),
      v.minValue(1, daysRule),
      v.maxValue(MAX_DAYS, daysRule),
    ),
    default: 365,
    description: "Days after which what nobody has written since is deleted from the work bucket.",
    example: 365,
  },
  producerMount: {
    schema: Flag,
    default: false,
    description:
      "Whether the work bucket is mounted at /mnt/work, which makes producer and consumer Cloud Run services instead of functions. A mount sees every tenant, whatever a token is narrowed to.",
    example: false,
  },
  producerMountOnlyDir: {
    schema: text(
      /^$|^(?!\/)(?:[^'"\\\p{Cc}/]+\/)*[^'"\\\p{Cc}/]+$/u,
      "must be a folder of the work bucket without a slash at either end",
    ),
    default: "",
    description:
      "The only folder of the work bucket that is mounted, for a stack with one tenant. Empty means all of it.",
    example: "user-1/project-1",
    isText: true,
  },
  producerStorageDebug: {
    schema: Flag,
    default: false,
    description:
      "Whether producer and consumer log how they come to a storage token and what they ask with it (GCS_DEBUG): boundaries and requests, and of a token no more than its length and the beginning of a hash.",
    example: true,
  },
  consumerRunCommand: {
    schema: Flag,
    default: false,
    description:
      "Whether events may run commands on the consumer. Each runs without network and with nothing of the consumer's environment, and whatever it may read on an instance it may answer.",
    example: false,
  },
  producerAuthToken: {
    default: "",
    description:
      "Secret that the producer sends to the consumer in x-service-auth, 16 to 200 printable characters. Required with the system producer: pulumi config set --secret producerAuthToken",
    secret: {
      kind: "text",
      rule: "must have 16 to 200 printable characters without spaces",
      set: "producerAuthToken",
      read: (value: string) => (AUTH_TOKEN.test(value) ? value : undefined),
    },
  },
} satisfies Keys;
