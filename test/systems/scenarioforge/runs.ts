/** Runs of a story's own: launched over HTTP, as people do, and looked at until they have ended. */
import { expect } from "chai";
import type { Answer, TestPlatform } from "../../support/platform.ts";
import { LOCATION } from "../../support/story.ts";

const ROLE = "scenarioforge";
/** Whoever brings a key gets in: the dev stack has none of its own. */
const KEY = { "x-api-key": "a-key-of-the-stories" };
/** One that the stand-in Gemini is asked with, too: without keys of the stack, a caller's key is both. */
export const LLM_KEY = { "x-api-key": "an-llm-key-of-the-stories" };

export const BUCKET = "switchyard-dev-scenarioforge";
/** Of the tenant that callers without keys of the stack's own have. */
export const FOLDER = "scenarioforge/runs/public";

/** What a live run is content with that is given one source. */
export const FEW_SOURCES = { min_evidence_ok: 1, min_evidence_total: 1 };

let made = 0;

/** Parameters that no other story has. */
export function parameters(): Readonly<Record<string, unknown>> {
  return { scope: "country", value: "Sweden", horizon: 60, company: `Company ${++made}` };
}

export interface Launched {
  readonly run_id: string;
  readonly reused: boolean;
  readonly reuse_reason: string | null;
}

export interface Run {
  readonly status: string;
  readonly is_final: boolean;
  readonly node_status: Readonly<Record<string, { readonly status: string }>>;
}

/** What a caller with a key asks. */
export function ask(
  p: TestPlatform,
  path: string,
  { method, body, headers }: { method?: string; body?: unknown; headers?: object } = {},
): Promise<Answer> {
  return p.asDeveloper(ROLE, path, {
    method: method ?? (body === undefined ? "GET" : "POST"),
    // A browser, which asks for HTML, is shown pages.
    headers: {
      ...KEY,
      accept: "application/json",
      "content-type": "application/json",
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
}

/** Launches a run; all that follows from it has happened when this resolves. */
export async function launch(
  p: TestPlatform,
  body: Readonly<Record<string, unknown>>,
  headers: object = {},
): Promise<Launched> {
  const answer = await ask(p, "/build", { body, headers });
  expect(answer.status, JSON.stringify(answer.body)).to.be.oneOf([200, 202]);
  await p.settle();
  return answer.body as Launched;
}

/** run.json, its nodes as they are this moment. */
export async function runOf(p: TestPlatform, runId: string): Promise<Run> {
  const { status, body } = await ask(p, `/runs/${runId}`);
  expect(status).to.equal(200);
  return (body as { meta: Run }).meta;
}

/** Has the runs swept, as the run API orders it while somebody lists, but not for a time span of its own. */
export async function sweep(p: TestPlatform): Promise<void> {
  const worker = "https://scenarioforge-worker-223080314602.us-central1.run.app";
  const httpRequest = {
    url: `${worker}/sweep`,
    headers: { "content-type": "application/json", "x-idempotency-key": "sweep" },
    body: Buffer.from(JSON.stringify({ tenant: "public" })).toString("base64"),
    oidcToken: {
      serviceAccountEmail: "scenarioforge-tasks@switchyard-dev.iam.gserviceaccount.com",
      audience: worker,
    },
  };
  const url = `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/scenarioforge/tasks`;
  const { status } = await p.as("scenarioforge", url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: { task: { httpRequest } },
  });
  expect(status).to.equal(200);
  await p.settle();
}

/** Writes an object of the tenant's as an account of the stack. */
export async function write(
  p: TestPlatform,
  account: string,
  name: string,
  content: unknown,
): Promise<number> {
  const query = new URLSearchParams({ uploadType: "media", name }).toString();
  const url = `https://storage.googleapis.com/upload/storage/v1/b/${BUCKET}/o?${query}`;
  const call = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: content,
  };
  return (await p.as(account, url, call)).status;
}
