import * as v from "valibot";
import { parsedJson } from "../scenarios/json.ts";
import { artifactPath, requestPath, runConfigPath, uploadPath } from "../scenarios/paths.ts";
import { PipelineRequest, Settings, geographyOf } from "../scenarios/request.ts";
import type { Normalization, Run } from "../scenarios/run.ts";
import type { RunStore } from "../scenarios/run-store.ts";
import type { ScenarioNode } from "../messages/scenario-node.ts";
import { askerOf } from "./ask.ts";
import type { Writer } from "./ask.ts";
import type { Brief } from "./brief.ts";
import { checked } from "./checked.ts";
import { NodeFailure } from "./failure.ts";
import { geminiOf } from "./gemini.ts";
import { mockAnswer } from "./mock/index.ts";
import type { NodeSettings, Work } from "./nodes/node.ts";
import type { Ports } from "./ports.ts";
import type { Spending } from "./spending.ts";

/** What a run is to work on, as it was launched. */
export interface Launched {
  readonly request: PipelineRequest;
  readonly settings: Settings;
}

const Scope = v.picklist(["world", "region", "country"]);
const RunConfig = v.object({ settings: Settings });

/** @throws NodeFailure where it is not there or cannot be read, which no other attempt changes */
export async function readLaunched(store: RunStore, runId: string): Promise<Launched> {
  const [request, config] = await Promise.all([
    store.get(requestPath(runId)),
    store.get(runConfigPath(runId)),
  ]);
  const read = v.safeParse(PipelineRequest, parsedJson(request?.bytes ?? ""));
  const settings = v.safeParse(RunConfig, parsedJson(config?.bytes ?? ""));
  if (read.success && settings.success) {
    return { request: read.output, settings: settings.output.settings };
  }
  throw new NodeFailure("What the run was launched with cannot be read.", { isFinal: true });
}

export interface Attempt {
  readonly store: RunStore;
  readonly runId: string;
  readonly run: Run;
  readonly launched: Launched;
  readonly key: string | undefined;
  readonly spending: Spending;
  readonly signal: AbortSignal;
  /** Takes what was repaired. */
  readonly repairs: Normalization[];
}

/** What one attempt of a node works with. */
export function workOf(node: ScenarioNode["node"], attempt: Attempt, ports: Ports): Work {
  const { store, runId, launched, signal, repairs } = attempt;
  const { request, settings } = launched;
  const brief = briefOf(attempt);
  const note: Work["note"] = (operation, details) => {
    repairs.push({ node, operation, ...(details !== undefined && { details: { ...details } }) });
  };
  const gemini = geminiOf({ brief, settings, ...attempt }, ports);
  const mock: Writer = (name, about) => Promise.resolve(mockAnswer(name, about, brief));
  const isMock = settings.llm_provider === "mock";
  const find: Work["find"] = async (name) => {
    const stored = await store.get(artifactPath(runId, `${name}.json`));
    return stored === undefined ? undefined : checked(name, parsedJson(stored.bytes));
  };
  return {
    brief,
    settings: nodeSettingsOf(settings),
    sources: request.sources,
    documents: request.input_docs.map(({ id }) => id),
    hasStrategies: request.generate_strategies,
    find,
    read: async (name) => {
      const found = await find(name);
      if (found !== undefined) return found;
      throw new NodeFailure(`No earlier node left ${name}.`, { isFinal: true });
    },
    ask: askerOf(isMock ? mock : gemini.write, note),
    note,
    fetchPage: (url) => ports.fetchPage(url, signal),
    search: (query) => (isMock ? Promise.resolve({ text: "", urls: [] }) : gemini.search(query)),
    openDocument: async (id) => {
      const stored = await store.get(uploadPath(id));
      if (stored === undefined) {
        throw new NodeFailure("The document is gone.", { isFinal: true });
      }
      const name = request.input_docs.find((each) => each.id === id)?.name ?? id;
      const { bytes, contentType } = stored;
      return { title: name, text: bytes.toString(), contentType, httpStatus: null };
    },
    paint: (prompt) => (isMock ? Promise.resolve(undefined) : gemini.paint(prompt)),
  };
}

function briefOf({ runId, run, launched: { request } }: Attempt): Brief {
  const scope = v.parse(Scope, request.scope);
  return {
    runId,
    createdAt: run.created_at ?? "1970-01-01T00:00:00.000000+00:00",
    company: nonEmpty(request.company) ?? request.value,
    geography: geographyOf(request),
    scope,
    value: request.value,
    horizonMonths: request.horizon,
    seed: run.signature ?? runId,
  };
}

function nonEmpty(text: string | null): string | undefined {
  return text === null || text.trim() === "" ? undefined : text.trim();
}

function nodeSettingsOf(settings: Settings): NodeSettings {
  return {
    simulates: settings.mode === "demo" || settings.simulate_evidence,
    allowWeb: settings.allow_web,
    minForces: settings.min_forces,
    minForcesPerDomain: settings.min_forces_per_domain,
    minEvidenceOk: settings.min_evidence_ok,
    minEvidenceTotal: settings.min_evidence_total,
    maxFailedRatio: settings.max_failed_ratio,
    minCitations: settings.min_citations_per_driver,
    forbidsFixtureCitations: settings.forbid_fixture_citations,
  };
}
