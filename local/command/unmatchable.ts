/** Bindings that can let nobody in on this machine, said before somebody wonders. */
import { shortResource, shortRole } from "../../infra/google/short-names.ts";
import { isResolvable } from "../iam/evaluate.ts";
import type { Log } from "../log.ts";
import type { Declared } from "../declared/declared.ts";

/** One notice per declared member whom nobody here can be told to be; none for those that `before` had already. */
export function noteUnmatchable(
  { bindings }: Pick<Declared, "bindings">,
  log: Log,
  before?: Pick<Declared, "bindings">,
): void {
  const known = new Set(before?.bindings.map(({ member }) => member));
  const unmatchable = bindings.filter(({ member }) => !isResolvable(member) && !known.has(member));
  for (const [member, rows] of Map.groupBy(unmatchable, (binding) => binding.member)) {
    const grants = rows.map(
      ({ role, resource }) => `${shortRole(role)} on ${shortResource(resource)}`,
    );
    log({
      source: "local",
      severity: "NOTICE",
      message: `${member} lets nobody in here: only Google knows who is in it. It has ${grants.join(", ")}; name a user: to try these.`,
      fields: { member, bindings: rows },
    });
  }
}
