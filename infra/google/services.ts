/** Google's services as the program knows them, a line each: the kinds of their resources, and their agents. */
import type { ServiceAgent } from "./agent.ts";
import { repository } from "./artifacts/kinds.ts";
import * as iam from "./iam/kinds.ts";
import type { Kind } from "./kind.ts";
import { project } from "./project/kinds.ts";
import * as pubsub from "./pubsub/kinds.ts";
import * as run from "./run/kinds.ts";
import { secret } from "./secrets/kinds.ts";
import { bucket } from "./storage/kinds.ts";
import * as tasks from "./tasks/kinds.ts";

/** What one service brings. */
export interface GoogleService {
  readonly kinds: readonly Kind[];
  readonly agent?: ServiceAgent;
}

const SERVICES = {
  project: { kinds: [project] },
  iam: { kinds: [iam.account, iam.customRole] },
  artifacts: { kinds: [repository] },
  run: { kinds: [run.service, run.job] },
  secrets: { kinds: [secret] },
  storage: { kinds: [bucket] },
  sts: { kinds: [] },
  pubsub: { kinds: [pubsub.topic, pubsub.subscription], agent: pubsub.agent },
  tasks: { kinds: [tasks.queue], agent: tasks.agent },
} satisfies Readonly<Record<string, GoogleService>>;

/** A service as its folders are named; the local cloud's lists say something of each. */
export type GoogleName = keyof typeof SERVICES;

export const GOOGLE: readonly GoogleService[] = Object.values(SERVICES);

/** All kinds of resources. */
export const KINDS: readonly Kind[] = GOOGLE.flatMap(({ kinds }) => kinds);

/** All of Google's agents. */
export const AGENTS: readonly ServiceAgent[] = GOOGLE.flatMap(({ agent }) => agent ?? []);
