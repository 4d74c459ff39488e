/** The least-privilege report: granted but never used, used but not granted. */
import { conditionText } from "../../infra/google/condition.ts";
import { unmetText } from "./denial.ts";
import { evaluate, isResolvable, type Policy } from "./evaluate.ts";
import { bindingKey } from "./feed.ts";
import type { Denial, Feed } from "./feed.ts";
import type { Binding } from "./types.ts";

/** As JSON, this is what a program reads. What Google grants its own agents is never listed as unused. */
interface AccessReport {
  /** How many of the declared bindings allowed something. */
  readonly used: number;
  readonly unused: readonly Binding[];
  /** Bindings that cannot be judged on one machine: members of a group, permissions that nothing local asks for. */
  readonly notJudged: readonly Binding[];
  /** Bindings that allowed something, and whose condition kept nothing from being allowed: nobody has seen what it is for. */
  readonly neverKept: readonly Binding[];
  /** Without those that a binding of now allows. */
  readonly denied: readonly Denial[];
  /** Distinct denials beyond what the feed keeps. */
  readonly forgotten: number;
}

/** Compares what is declared with what happened. */
export function accessReport(policy: Policy, feed: Feed): AccessReport {
  const { bindings, grantable } = policy;
  const used = new Set(feed.usedSince(0).map(({ binding }) => bindingKey(binding)));
  const kept = new Set(feed.keptSince(0).map(({ binding }) => bindingKey(binding)));
  const declared = bindings.filter(({ kind }) => kind === "role");
  const canBeJudged = ({ member, role }: Binding): boolean =>
    isResolvable(member) && (grantable.roles.permissionsOf(role)?.length ?? 0) > 0;
  const isUsed = (binding: Binding): boolean => used.has(bindingKey(binding));
  const idle = declared.filter((binding) => !isUsed(binding));
  return {
    used: declared.filter(isUsed).length,
    unused: idle.filter(canBeJudged),
    notJudged: idle.filter((binding) => !canBeJudged(binding)),
    neverKept: declared.filter(
      (binding) =>
        binding.condition !== undefined && isUsed(binding) && !kept.has(bindingKey(binding)),
    ),
    denied: feed
      .deniedSince(0)
      .filter((denial) => !evaluate(policy, denial, denial.lastAt).allowed),
    forgotten: feed.forgotten,
  };
}

/** The report as lines for a terminal. */
export function formatAccessReport(report: AccessReport): string {
  const { used, unused, notJudged, neverKept, denied, forgotten } = report;
  const lines = [
    `Access: ${used} of ${used + unused.length + notJudged.length} bindings used.`,
    ...section("Granted but never used", unused.map(row)),
    ...section("Granted, cannot be judged on one machine", notJudged.map(row)),
    // A platform without conditions is not to be told of them.
    ...(neverKept.length > 0
      ? section("Granted on a condition that refused nothing", neverKept.map(row))
      : []),
    ...section("Used but not granted", denied.map(denialRow)),
  ];
  if (forgotten > 0) lines.push(`  … and ${forgotten} more that were not kept`);
  return lines.join("\n");
}

function section(title: string, rows: readonly string[]): readonly string[] {
  return [`${title}: ${rows.length === 0 ? "nothing" : rows.length}`, ...rows.map((r) => `  ${r}`)];
}

function row({ member, role, resource, condition }: Binding): string {
  return `${member}  ${role}  on ${resource}${conditionText(condition)}`;
}

function denialRow(denial: Denial): string {
  const { principal, permission, resource, count } = denial;
  return `${principal}  ${permission}  on ${resource}  ${count}×: ${reasonOf(denial)}`;
}

function reasonOf({ principal, missing, unmet, beyond }: Denial): string {
  if (principal === "anonymous") return "no identity";
  if (beyond !== undefined) return `beyond the boundary of the token: ${beyond.why}`;
  if (unmet !== undefined) return `has ${unmet.map(unmetText).join("; and ")}`;
  return missing === undefined ? "no role of the table holds it" : `add ${row(missing)}`;
}
