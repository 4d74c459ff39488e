import type { PlanSummary } from "../../messages/plan-execution.ts";

type Counts = Omit<PlanSummary, "destroys" | "violations" | "failures">;

/** `2 to destroy (1 replaced), 3 to add, 1 to change`: what happens to resources, destroys first; empty for nothing. */
function main({ add, change, destroy, replace }: Counts): string[] {
  const replaced = replace > 0 ? ` (${replace} replaced)` : "";
  return listed([
    [destroy, `${destroy} to destroy${replaced}`],
    [add, `${add} to add`],
    [change, `${change} to change`],
  ]);
}

function others(counts: Counts): string[] {
  const { forget, move, drift, outputs } = counts;
  return listed([
    [counts.import, `${counts.import} to import`],
    [forget, `${forget} to forget`],
    [move, `${move} to move`],
    [outputs, `${outputs} ${outputs === 1 ? "output" : "outputs"} to change`],
    [drift, `${drift} changed outside of OpenTofu`],
  ]);
}

/** What is to be read beside the changes. */
function notes({ failed_checks: failed, warnings }: Counts): string[] {
  return listed([
    [failed, `${failed} failed ${failed === 1 ? "check" : "checks"}`],
    [warnings, `${warnings} ${warnings === 1 ? "warning" : "warnings"}`],
  ]);
}

function listed(all: readonly (readonly [count: number, words: string])[]): string[] {
  return all.flatMap(([count, words]) => (count > 0 ? [words] : []));
}

/** One line of Markdown. */
export function summaryLine(counts: Counts): string {
  const [first, rest, noted] = [main(counts), others(counts), notes(counts)];
  if (first.length > 0) return [`**Plan: ${first.join(", ")}**`, ...rest, ...noted].join(", ");
  if (rest.length > 0) return ["**No changes to resources**", ...rest, ...noted].join(", ");
  return noted.length > 0 ? ["**No changes**", ...noted].join(", ") : "**No changes.**";
}

/** One line of plain text. */
export function summaryTitle(counts: Counts): string {
  const words = [...main(counts), ...others(counts)];
  return [...(words.length === 0 ? ["No changes"] : words), ...notes(counts)].join(", ");
}
