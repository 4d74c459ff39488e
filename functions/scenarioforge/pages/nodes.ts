// The nodes of a run as its page tells of them.
import { NODE_NAMES, type NodeName } from "../../messages/scenario-names.ts";
import type { NodeEvent, NodeStatus, Run } from "../../scenarios/run.ts";
import type { Attempt, Step, StepState } from "../../viewer/components/timeline.ts";
import { number } from "../../viewer/format.ts";

export const NODE_TITLES: Readonly<Record<NodeName, readonly [title: string, purpose: string]>> = {
  charter: ["Charter", "what the study is for, and for whom"],
  focal_issue: ["Focal issue", "the one question that every scenario answers"],
  company_profile: ["Company profile", "what is known before any evidence is read"],
  ingest_docs: ["Documents", "evidence out of what was uploaded"],
  retrieval_real: ["Evidence", "sources found, read and graded"],
  forces: ["Forces", "what drives the company’s world"],
  ebe_rank: ["Ranking", "forces by emergence, business impact and evidence"],
  clusters: ["Clusters", "forces that move together"],
  uncertainty_axes: ["Uncertainties", "axes that could go either way"],
  scenarios: ["Scenarios", "four worlds out of two axes"],
  scenario_media: ["Stories", "how each world looks and feels"],
  strategies: ["Strategies", "what the company could do"],
  wind_tunnel: ["Wind tunnel", "every strategy in every scenario"],
  auditor: ["Audit", "what a reader should know about all of this"],
};

const STATES: ReadonlyMap<string, StepState> = new Map(
  Object.entries<StepState>({
    RUNNING: "running",
    OK: "done",
    FAIL: "failed",
    SKIPPED: "skipped",
    HYDRATED: "kept",
  }),
);

/** All nodes of the run in order. Without events, as others write runs, run.json tells of each node’s last attempt. */
export function stepsFrom(events: readonly NodeEvent[], run: Run): Step[] {
  const hasStrategies = run.signature_payload?.generate_strategies !== false;
  return NODE_NAMES.filter(
    (name) => hasStrategies || !["strategies", "wind_tunnel"].includes(name),
  ).map((name) => {
    const own = events.filter(({ node }) => node === name);
    const status = run.node_status[name];
    const attempts =
      own.length > 0 ? attemptsOf(own) : status === undefined ? [] : [attemptIn(status)];
    const [title, purpose] = NODE_TITLES[name];
    const tokens = own.reduce((sum, { usage }) => sum + (usage?.tokens ?? 0), 0);
    const last = attempts.at(-1)?.state ?? "waiting";
    return {
      name,
      title,
      purpose,
      attempts,
      // Nobody is at it any more.
      state: last === "running" && run.is_final ? "failed" : last,
      ...(tokens > 0 && { note: `${number(tokens)} tokens` }),
    };
  });
}

/** Rows of one node: a RUNNING row begins an attempt, and the next row of that number ends it. */
function attemptsOf(events: readonly NodeEvent[]): Attempt[] {
  const byNumber = Map.groupBy(events, ({ attempt }) => attempt);
  return [...byNumber]
    .sort(([a], [b]) => a - b)
    .map(([attempt, rows]) => {
      const last = rows.at(-1);
      return {
        number: attempt,
        state: STATES.get(last?.status ?? "") ?? "waiting",
        beganAt: rows[0]?.timestamp,
        seconds: last?.status === "RUNNING" ? undefined : last?.duration_seconds,
        error: last?.error,
      };
    });
}

function attemptIn({ status, attempt, updated_at, duration_seconds, error }: NodeStatus): Attempt {
  return {
    number: attempt,
    state: STATES.get(status) ?? (status.includes("FAIL") ? "failed" : "waiting"),
    beganAt: updated_at,
    seconds: duration_seconds,
    error: error ?? undefined,
  };
}
