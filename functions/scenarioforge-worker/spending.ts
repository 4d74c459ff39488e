import type { NodeEvent } from "../scenarios/run.ts";
import { NodeFailure } from "./failure.ts";
import type { Budget } from "./ports.ts";

/** What a run has cost so far, and may still. */
export interface Spending {
  /** Before a request. @throws NodeFailure where the run has used up what it may */
  readonly request: () => void;
  readonly tokens: (count: number) => void;
  /** What this attempt has cost. */
  readonly usage: () => Budget;
}

/** Counts on from what the events of earlier attempts say. What a killed attempt spent nobody knows; attempts are few. */
export function spendingOf(events: readonly NodeEvent[], budget: Budget): Spending {
  const before = events.reduce(
    (sum, { usage }) => ({
      requests: sum.requests + (usage?.requests ?? 0),
      tokens: sum.tokens + (usage?.tokens ?? 0),
    }),
    { requests: 0, tokens: 0 },
  );
  let requests = 0;
  let tokens = 0;
  return {
    request: () => {
      const isOver =
        before.requests + requests >= budget.requests || before.tokens + tokens >= budget.tokens;
      if (isOver) {
        const bounds = `${budget.requests} requests and ${budget.tokens} tokens`;
        throw new NodeFailure(`The run has used up what it may: ${bounds}.`, { isFinal: true });
      }
      requests += 1;
    },
    tokens: (count) => {
      tokens += count;
    },
    usage: () => ({ requests, tokens }),
  };
}
