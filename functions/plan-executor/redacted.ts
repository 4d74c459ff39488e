import type { PlanExecutionResult } from "../messages/plan-execution.ts";
import type { Redactor } from "./output/redact.ts";

/** Characters of one message of a failed check. Cut once nothing in it is secret: half a secret is found by nobody. */
const MAX_PROBLEM_LENGTH = 1_000;

/** A result without secrets in any of its texts. The text of a plan was redacted when it was read. */
export function redacted(result: PlanExecutionResult, redactor: Redactor): PlanExecutionResult {
  const clean = (text: string): string => redactor.redact(text);
  const warnings = result.warnings === undefined ? {} : { warnings: clean(result.warnings) };
  if (result.outcome === "failed") {
    const hint = result.hint === undefined ? {} : { hint: clean(result.hint) };
    return { ...result, error: clean(result.error), ...hint, ...warnings };
  }
  const { destroys, violations, failures } = result.summary;
  const summary = {
    ...result.summary,
    destroys: destroys.map((each) => ({ ...each, address: clean(each.address) })),
    violations: violations.map(clean),
    failures: failures.map(({ address, problems }) => ({
      address: clean(address),
      problems: problems.map((problem) => clean(problem).slice(0, MAX_PROBLEM_LENGTH)),
    })),
  };
  return { ...result, summary, ...warnings };
}
