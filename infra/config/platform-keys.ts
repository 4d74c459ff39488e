/** The keys of every stack, whatever its systems. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import * as v from "valibot";
import type { Keys, ValuesOf } from "./key.ts";
import type { ConfigPart, PartValues } from "./part.ts";
import { Flag, member, ProjectNumber, RegionName, set, text } from "./values.ts";

/** The platform's part in a stack's config. `systems`: the names of those that there are. */
export function platformPart(systems: readonly string[]) {
  const keys = keysOf(systems);
  return {
    keys,
    derive: ({ developer, operators }: ValuesOf<typeof keys>) => ({
      operators: operators.length > 0 ? operators : [`user:${developer}`],
    }),
  } satisfies ConfigPart;
}

/** What the program is told about every stack. Frozen; every derived value is there. */
export type PlatformConfig = PartValues<ReturnType<typeof platformPart>>;

/** Every key with all that is known of it. */
function keysOf(systems: readonly string[]) {
  const [example = ""] = systems;
  return {
    project: {
      schema: text(
        /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
        "must be a project id: 6 to 30 lower-case letters, digits and hyphens",
      ),
      default: "",
      description:
        "Id of the Google Cloud project that holds everything, for example switchyard-dev. Required.",
      example: "my-project",
      isText: true,
    },
    projectNumber: {
      schema: ProjectNumber,
      default: "",
      description:
        "Number of that project, in quotes. It is part of every service's URL. Required.",
      example: "123456789012",
      isText: true,
      isQuoted: true,
    },
    region: {
      schema: RegionName,
      default: "us-central1",
      description: "Region of the functions, the queues and the buckets.",
      example: "us-central1",
      isText: true,
    },
    developer: {
      schema: text(/^[^\s:@]+@[^\s:@]+$/, "must be an email address, without user: before it"),
      default: "",
      description:
        "Email address of the person who works with this stack. Local mode makes its requests as this person. Required.",
      example: "you@example.com",
      isText: true,
    },
    systems: {
      schema: set(v.picklist(systems, `must be one of: ${systems.join(", ")}`)),
      default: [example],
      description: "The systems that this stack runs, by name.",
      example,
      part: "[0]",
      words: systems,
    },
    operators: {
      schema: set(member()),
      default: [],
      description:
        "Members (user:..., group:..., serviceAccount:...) who may look at queues, tasks, topics, subscriptions and services. Empty means the developer.",
      example: "user:you@example.com",
      part: "[0]",
    },
    protectData: {
      schema: Flag,
      default: true,
      description:
        "Whether Pulumi refuses to delete what holds data. A queue's name stays blocked for days after its deletion.",
      example: true,
    },
  } satisfies Keys;
}
