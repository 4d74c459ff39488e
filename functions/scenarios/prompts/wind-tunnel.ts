import { WindTunnelAnswer } from "../artifacts/wind-tunnel.ts";
import type { Question } from "./question.ts";

export const windTunnel: Question<"wind_tunnel"> = {
  answer: WindTunnelAnswer,
  known: ({ pairs, outcomes }) => ({
    items: { tests: pairs.map(({ strategy_id, scenario_id }) => ({ strategy_id, scenario_id })) },
    words: { outcome: outcomes },
  }),
  prompt: `Judge how each strategy in \`pairs\` fares in its scenario. Answer for every pair, once.
\`outcome\` is one of the labels in \`outcomes\`. The other scores go from 0 to 1: feasibility of carrying it out there,
relevance to what happens there, credibility, recency and specificity of what the judgement rests on.
Break conditions are events that end a strategy; where one comes about in a pair, or an assumption from the context
fails, repeat it to the letter among the failure modes of that pair.`,
};
