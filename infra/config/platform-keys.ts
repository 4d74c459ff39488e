/** The keys of every stack, whatever its systems. Pulumi.yaml repeats defaults and descriptions, for Pulumi's own commands. */
import * as v from "valibot";
import type { Keys } from "./key.ts";
import { Flag, member, RegionName, set, text } from "./values.ts";

/** The systems that there are. */
export const SYSTEMS = ["enqueuer", "plan-runner"] as const;

/** Every key with all that is known of it. */
export const PLATFORM_KEYS = {
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
    schema: text(/^[1-9]\d{5,19}$/, "must be the project's number, digits in quotes"),
    default: "",
    description: "Number of that project, in quotes. It is part of every service's URL. Required.",
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
    schema: set(v.picklist(SYSTEMS, `must be one of: ${SYSTEMS.join(", ")}`)),
    default: ["enqueuer"],
    description: "The systems that this stack runs, by name.",
    example: "enqueuer",
    part: "[0]",
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
