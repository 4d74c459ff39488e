/** How scenarioforge's story launches runs and looks at them. */
import type { Answer, Stage } from "../../../demo/stage.ts";
import type { LogEntry } from "../../../log.ts";

export const API = "scenarioforge";
export const WORKER = "scenarioforge-worker";

/** Whoever brings a key gets in, as long as the stack has none of its own. */
const KEY = { "X-Api-Key": "a-key-of-the-demo" };

/** A browser, which asks for HTML, is shown pages. */
const JSON_PLEASE = { Accept: "application/json" };

const PARAMETERS = { scope: "country", value: "Sweden", company: "Acme", horizon: 60 };

/** A live run, which asks Gemini, and is content with one source. */
export const LIVE = {
  mock: false,
  sources: ["https://news.example.com/articles/grid-storage"],
  settings_overrides: { min_evidence_ok: 1, min_evidence_total: 1 },
};

/** What a launch is answered. */
interface Launched {
  readonly run_id: string;
  readonly reuse_reason: string | null;
  readonly status: string;
}

/** Of a node's attempts the last one. */
export interface NodeStatus {
  readonly status: string;
  readonly attempt: number;
}

/** Launches a run, or finds the one of these parameters. `wait`: until it has ended. */
export async function build(
  stage: Stage,
  changes: object = {},
  { wait = false } = {},
): Promise<Answer & { readonly body: Launched }> {
  const path = wait ? "/build?wait=true" : "/build";
  const answer = await stage.ask(
    API,
    path,
    { ...PARAMETERS, ...changes },
    { headers: KEY, shown: inShort },
  );
  return { ...answer, body: answer.body as Launched };
}

/** Without a key, as the public. `shown`: what the page has of the answer. */
export function look(
  stage: Stage,
  path: string,
  shown?: (body: unknown) => unknown,
): Promise<Answer> {
  return stage.ask(API, path, undefined, { headers: JSON_PLEASE, ...(shown && { shown }) });
}

export function remove(stage: Stage, runId: string): Promise<Answer> {
  return stage.ask(API, `/runs/${runId}`, undefined, { method: "DELETE", headers: KEY });
}

export async function nodesOf(
  stage: Stage,
  runId: string,
): Promise<Readonly<Record<string, NodeStatus>>> {
  const nodes = (body: unknown) =>
    (body as { meta?: { node_status?: Readonly<Record<string, NodeStatus>> } }).meta?.node_status ??
    {};
  const { body } = await look(stage, `/runs/${runId}`, (whole) =>
    Object.fromEntries(
      Object.entries(nodes(whole)).map(([name, { status, attempt }]) => [
        name,
        `${status}, attempt ${attempt}`,
      ]),
    ),
  );
  return nodes(body);
}

/** A run's artifacts are counted. */
function inShort(body: unknown): unknown {
  const { artifacts, ...rest } = body as { readonly artifacts?: readonly string[] };
  return artifacts === undefined ? rest : { ...rest, artifacts: artifacts.length };
}

/** Nodes that went well at once say nothing to a person: there are 14 in every run. */
export function isQuietNode({ source, message }: LogEntry): boolean {
  if (source === WORKER) return message.startsWith("POST /node 200");
  return source === "cloudtasks" && message.includes("attempt 1: 200, done");
}
