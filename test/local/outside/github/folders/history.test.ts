import { expect } from "chai";
import fc from "fast-check";
import {
  junctions,
  type HistoryEntry,
} from "../../../../../local/outside/github/folders/history.ts";
import { mergeBase } from "../../../../../local/outside/github/state/difference.ts";
import type { Commit } from "../../../../../local/outside/github/state/git.ts";

/** A commit for each list: what it names are commits that come later in the history, as offsets. */
const histories = fc
  .array(fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { maxLength: 2 }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((offsets) =>
    offsets.map((each, index): HistoryEntry => ({
      sha: String(index),
      parents: each
        .map((offset) => index + offset)
        .filter((at) => at < offsets.length)
        .map(String),
    })),
  );

function ancestors(history: readonly HistoryEntry[], sha: string): ReadonlySet<string> {
  const found = new Set([sha]);
  for (const entry of history) {
    if (found.has(entry.sha)) for (const parent of entry.parents) found.add(parent);
  }
  return found;
}

/** Common ancestors of both that are behind no other one: git's merge bases. */
function bestOf(history: readonly HistoryEntry[], a: string, b: string): readonly string[] {
  const common = [...ancestors(history, a)].filter((sha) => ancestors(history, b).has(sha));
  return common.filter(
    (sha) => !common.some((other) => other !== sha && ancestors(history, other).has(sha)),
  );
}

function asCommits(kept: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, Commit> {
  return new Map(
    [...kept].map(([sha, parents]) => [
      sha,
      { sha, parents, treeSha: "", message: "", author: "", time: 0, files: new Map() },
    ]),
  );
}

describe("a real history, shortened", () => {
  it("lets every two heads meet where they really met", () => {
    fc.assert(
      fc.property(
        histories,
        fc.array(fc.nat(24), { minLength: 1, maxLength: 5 }),
        (history, at) => {
          const heads = at.map((index) => String(index % history.length));
          const commits = asCommits(junctions(history, heads));
          for (const a of heads) {
            for (const b of heads) {
              const best = bestOf(history, a, b);
              const met = mergeBase(commits, a, b)?.sha;
              if (best.length === 0) expect(met).to.equal(undefined);
              else expect(best).to.include(met);
            }
          }
        },
      ),
    );
  });

  it("lets heads of two families meet where the families part", () => {
    const history = [
      ...["a", "b"].map((sha) => ({ sha, parents: ["x"] })),
      ...["c", "d"].map((sha) => ({ sha, parents: ["y"] })),
      ...["x", "y"].map((sha) => ({ sha, parents: ["root"] })),
      { sha: "root", parents: [] },
    ];
    const kept = junctions(history, ["a", "b", "c", "d"]);
    expect(kept.get("a")).to.deep.equal(["x", "root"]);
    expect(kept.get("d")).to.deep.equal(["y", "root"]);
  });

  it("keeps nothing but the heads and where they part", () => {
    const history = [
      { sha: "feature", parents: ["f1"] },
      { sha: "f1", parents: ["base"] },
      { sha: "main", parents: ["m1"] },
      { sha: "m1", parents: ["base"] },
      { sha: "base", parents: ["root"] },
      { sha: "root", parents: [] },
    ];
    expect([...junctions(history, ["main", "feature"])]).to.deep.equal([
      ["feature", ["base"]],
      ["main", ["base"]],
      ["base", []],
    ]);
  });
});
