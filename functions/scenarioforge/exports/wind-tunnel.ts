// GET /runs/{run_id}/wind-tunnel.csv: every strategy in every scenario, with the strategy's rank.
import * as v from "valibot";
import type { Reply } from "../../runtime/door/reply.ts";
import { artifactPath } from "../../scenarios/paths.ts";
import { readJson } from "../../scenarios/view-model.ts";
import type { Caller } from "../keys.ts";
import type { Ports } from "../ports.ts";
import { seenBy } from "../reads.ts";
import { refused } from "../refusals.ts";
import { csv, type Cell } from "./csv.ts";

// Others write runs too: what is not as it should be is an empty cell.
const Text = v.fallback(v.string(), "");
const Number = v.fallback(v.nullable(v.pipe(v.number(), v.finite())), null);
const Texts = v.fallback(
  v.pipe(
    v.array(Text),
    v.transform((texts) => texts.join("; ")),
  ),
  "",
);

const Evaluation = v.object({
  strategy_id: Text,
  strategy_name: Text,
  scenario_id: Text,
  scenario_name: Text,
  outcome_label: Text,
  score_0_100: Number,
  grade_letter: Text,
  confidence_0_1: Number,
  rationale_bullets: Texts,
  dominant_forces: Texts,
  failed_assumptions: Texts,
  break_conditions_triggered: Texts,
  recommended_hardening_actions: Texts,
});
const Ranked = v.object({
  rank: Number,
  overall_score: Number,
  min_score: Number,
  variance: Number,
  robustness_index: Number,
});
const NOT_RANKED = v.parse(Ranked, {});

const Evaluations = v.object({
  evaluations: v.array(Evaluation),
  rankings: v.fallback(
    v.object({
      overall: v.fallback(v.array(v.object({ strategy_id: Text, ...Ranked.entries })), []),
    }),
    { overall: [] },
  ),
});

const COLUMNS = [...Object.keys(Evaluation.entries), ...Object.keys(Ranked.entries)];

export async function exportWindTunnel(
  caller: Caller,
  runId: string,
  ports: Ports,
): Promise<Reply> {
  const { store } = await seenBy(caller, runId, ports);
  const stored = await readJson(store, artifactPath(runId, "wind_tunnel_evaluations_v2.json"));
  const tunnel = v.safeParse(Evaluations, stored);
  if (!tunnel.success) throw refused(404, "not_found", "This run has no wind tunnel.");
  return {
    status: 200,
    body: windTunnelCsv(tunnel.output),
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": `attachment; filename="${runId}-wind-tunnel.csv"`,
    },
  };
}

function windTunnelCsv({ evaluations, rankings }: v.InferOutput<typeof Evaluations>): string {
  const ranks = new Map(rankings.overall.map(({ strategy_id: id, ...rank }) => [id, rank]));
  const rows = evaluations.map((each) => [
    ...Object.values<Cell>(each),
    ...Object.values<Cell>(ranks.get(each.strategy_id) ?? NOT_RANKED),
  ]);
  return csv(COLUMNS, rows);
}
