/** What a pull request changes: its head against where it left its base. */
import type { Commit, Files, TreeFile } from "./git.ts";
import type { PullRequest } from "./model.ts";

export interface FileChange {
  readonly filename: string;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly previousFilename?: string;
  readonly additions: number;
  readonly deletions: number;
  /** The file as it is now; as it was, when it was removed. */
  readonly file: TreeFile;
}

type Commits = ReadonlyMap<string, Commit>;

/** The head against where it left the base, as GitHub shows it, whatever happened on the base since. */
export function changesOf({
  repository: { commits },
  baseSha,
  headSha,
}: PullRequest): readonly FileChange[] {
  const before = mergeBase(commits, baseSha, headSha)?.files ?? new Map();
  return changedFiles(before, commits.get(headSha)?.files ?? new Map());
}

/** The newest commit that both have behind them; undefined without a common history. */
export function mergeBase(commits: Commits, base: string, head: string): Commit | undefined {
  const ofBase = new Set(historyOf(commits, base).map(({ sha }) => sha));
  return historyOf(commits, head).find(({ sha }) => ofBase.has(sha));
}

/** The commit and everything behind it, nearest first. */
function historyOf(commits: Commits, from: string): readonly Commit[] {
  const seen = new Map<string, Commit>();
  const next = [from];
  for (let sha = next.shift(); sha !== undefined; sha = next.shift()) {
    const commit = commits.get(sha);
    if (commit === undefined || seen.has(sha)) continue;
    seen.set(sha, commit);
    next.push(...commit.parents);
  }
  return [...seen.values()];
}

/** In order of paths. A rename is seen only where the content stayed the same; git also sees similar ones. */
export function changedFiles(before: Files, after: Files): readonly FileChange[] {
  const removed = new Map([...before].filter(([path]) => !after.has(path)));
  const changes: FileChange[] = [];
  for (const [filename, file] of after) {
    const old = before.get(filename);
    if (old !== undefined && same(old, file)) continue;
    if (old !== undefined) {
      changes.push({ filename, status: "modified", file, ...lineCounts(old, file) });
      continue;
    }
    const [from] =
      [...removed].find(([, candidate]) => candidate.content.equals(file.content)) ?? [];
    if (from === undefined) {
      changes.push({ filename, status: "added", file, ...lineCounts(undefined, file) });
      continue;
    }
    removed.delete(from);
    changes.push({
      filename,
      status: "renamed",
      previousFilename: from,
      additions: 0,
      deletions: 0,
      file,
    });
  }
  for (const [filename, file] of removed) {
    changes.push({ filename, status: "removed", file, ...lineCounts(file, undefined) });
  }
  return changes.toSorted((a, b) => (a.filename < b.filename ? -1 : 1));
}

function same(a: TreeFile, b: TreeFile): boolean {
  return a.mode === b.mode && a.content.equals(b.content);
}

/** Lines of one that the other lacks, wherever they stand. */
function lineCounts(before: TreeFile | undefined, after: TreeFile | undefined) {
  const old = linesOf(before);
  const now = linesOf(after);
  return { additions: surplus(now, old), deletions: surplus(old, now) };
}

function linesOf(file: TreeFile | undefined): readonly string[] {
  const text = file?.content.toString("latin1") ?? "";
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

function surplus(lines: readonly string[], others: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  let count = 0;
  for (const line of lines) {
    const rest = left.get(line) ?? 0;
    if (rest === 0) count++;
    else left.set(line, rest - 1);
  }
  return count;
}
