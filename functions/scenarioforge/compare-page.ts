// What the page of a comparison is made of: three reads a run.
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import { HttpError } from "../runtime/errors.ts";
import type { Caller } from "./keys.ts";
import { comparisonOf, type Comparison } from "./pages/comparison.ts";
import type { Side } from "./pages/compare.ts";
import type { Ports } from "./ports.ts";
import { seenBy, viewModel } from "./reads.ts";

export interface Chosen {
  readonly a: string | undefined;
  readonly b: string | undefined;
  /** More than two were. */
  readonly isTooMany: boolean;
}

export type ReadForComparison =
  | { readonly kind: "both"; readonly a: Side; readonly b: Side; readonly comparison: Comparison }
  /** Two are to be chosen still, or others. `problem`: what was wrong with those that were, in words. */
  | { readonly kind: "choose"; readonly status: number; readonly problem?: string };

const PROBLEMS: Readonly<Record<string, string>> = {
  A: "There is no run A, or it takes a key to see it",
  B: "There is no run B, or it takes a key to see it",
  AB: "There are no such runs, or it takes a key to see them",
};

/** The two runs; or why they are not shown, which is nothing bad where two were not chosen yet. */
export async function readForComparison(
  { a, b, isTooMany }: Chosen,
  caller: Caller,
  ports: Ports,
): Promise<ReadForComparison> {
  if (isTooMany) return { kind: "choose", status: 422, problem: "More than two were chosen" };
  if (a === undefined || b === undefined) return { kind: "choose", status: 200 };
  const [first, second] = await Promise.all([read(a, caller, ports), read(b, caller, ports)]);
  if (first === undefined || second === undefined) {
    const missing = [first === undefined ? "A" : "", second === undefined ? "B" : ""].join("");
    return { kind: "choose", status: 404, problem: PROBLEMS[missing] ?? "" };
  }
  return {
    kind: "both",
    a: first.side,
    b: second.side,
    comparison: comparisonOf(first.model, second.model),
  };
}

async function read(runId: string, caller: Caller, ports: Ports) {
  if (!v.is(RunId, runId)) return undefined;
  try {
    const seen = await seenBy(caller, runId, ports);
    return { side: { runId, run: seen.run }, model: await viewModel(seen, ports) };
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) return undefined;
    throw error;
  }
}
