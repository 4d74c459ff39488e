import { expect } from "chai";
import fc from "fast-check";
import { checkOfResult } from "../../../functions/plan-runner/check.ts";
import { contentOfBadRequest } from "../../../functions/plan-runner/comment/content.ts";
import { diffColoured } from "../../../functions/plan-runner/comment/diff-colours.ts";
import { fenceable } from "../../../functions/plan-runner/comment/fence.ts";
import { renderComment, withTimings } from "../../../functions/plan-runner/comment/render.ts";
import { contentOf } from "../../../functions/plan-runner/comment/texts.ts";
import { timingsLine } from "../../../functions/plan-runner/comment/timings.ts";
import { SHA, SUMMARY, TIMINGS, planRequest, planned } from "./builders.ts";
import { readFences, withoutCodeSpans } from "./comment-reader.ts";

const LIMITS = { maxCharacters: 60_000, maxParts: 5 };

const TIMED = timingsLine({
  ...TIMINGS,
  queue_to_runner_ms: 9,
  comment_list_ms: 6,
  comment_upsert_ms: 7,
  total_run_ms: 8,
});

/** What a plan might hold to get out of its fence, besides anything else. */
const planText = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.constantFrom(
        "```",
        "````",
        "``` ",
        "~~~",
        "</details>",
        "<!-- x -->",
        "\r```\r",
        "@octocat",
      ),
      fc.nat(30).map((length) => "`".repeat(length)),
    ),
    { maxLength: 60 },
  )
  .chain((pieces) => fc.constantFrom("\n", "\n  ", " ").map((between) => pieces.join(between)));

describe("renderComment", () => {
  it("lays a plan out as readers of the first runner's comments expect it", () => {
    const result = planned({
      summary: {
        ...SUMMARY,
        add: 1,
        destroy: 1,
        replace: 1,
        destroys: [{ address: 'a.b["`c`"]', action: "replace" }],
      },
      text: "-/+ resource\n      ~ a = 1 -> 2\n",
    });
    const { parts, isCut } = renderComment(
      planRequest({ dir: "envs/prod" }),
      contentOf(result),
      LIMITS,
    );
    expect(isCut).to.equal(false);
    expect(parts.map((part) => withTimings(part, TIMED).split("\n"))).to.deep.equal([
      [
        "<!-- runners-poc:plan:pr-7-0123456 -->",
        "<!-- switchyard:plan:19d064fb50e4506e -->",
        "Managed Runners (OpenTofu) Plan",
        "",
        `acme/infra @ ${SHA}`,
        "",
        "Dir: envs/prod",
        "",
        "**Plan: 1 to destroy (1 replaced), 1 to add**",
        "",
        "> [!WARNING]",
        "> 1 resource is replaced:",
        "> ",
        '> - ``a.b["`c`"]`` (replaced)',
        "",
        "<details open><summary>Plan</summary>",
        "",
        "```diff",
        "-/+ resource",
        "!       a = 1 -> 2",
        "```",
        "",
        "</details>",
        "",
        "Timings (ms): queue→runner=9, git.fetch=1, git.checkout=2, tofu.init=3, tofu.plan=4, tofu.show=5, comment.list=6, comment.upsert=7, total=8",
        "",
      ],
    ]);
  });

  it("lists failed checks, and has warnings behind the plan", () => {
    const failures = [
      { address: "check.health", problems: ["It is *down*, @octocat.", "Again."] },
      { address: 'module.m["a"].check.x', problems: [] },
    ];
    const result = planned({
      summary: { ...SUMMARY, failed_checks: 12, failures, warnings: 1 },
      text: "  + resource\n\n",
      warnings: "Warning: a\n\n  - `b`\n\nWarning: c",
    });
    const content = contentOf(result);
    const { parts } = renderComment(planRequest(), content, LIMITS);
    expect(parts[0]?.split("\n").slice(6)).to.deep.equal([
      "**No changes**, 12 failed checks, 1 warning",
      "",
      "> [!WARNING]",
      "> 12 checks failed:",
      "> ",
      "> - `check.health`: It is \\*down\\*, @\u200boctocat\\. Again\\.",
      '> - `module.m["a"].check.x`',
      "> - and 10 more",
      "",
      "<details open><summary>Plan</summary>",
      "",
      "```diff",
      "+   resource",
      "",
      "Warning: a",
      "",
      "  - `b`",
      "",
      "Warning: c",
      "```",
      "",
      "</details>",
      "",
    ]);
    expect(checkOfResult(result, content, undefined)).to.deep.include({
      conclusion: "success",
      title: "No changes, 12 failed checks, 1 warning",
      text: "```diff\n+   resource\n\nWarning: a\n\n  - `b`\n\nWarning: c\n```\n",
    });
  });

  it("shows the warnings of a plan of which not all is shown, and of one that failed", () => {
    const warnings = "Warning: old";
    const long = contentOf(planned({ text: "x\n".repeat(5_000), warnings }), 1_000);
    expect(long.block.text).to.match(/… left out here …\n[^]*x\n\nWarning: old\n$/);
    const failed = { outcome: "failed", step: "tofu plan", error: "no", timings: TIMINGS } as const;
    expect(contentOf({ ...failed, warnings }).block.text).to.equal(
      "tofu execution failed:\ntofu plan: no\n\nWarning: old\n",
    );
    const many = contentOf({ ...failed, warnings: `${warnings}\n`.repeat(5_000) });
    expect(many.block.text.length).to.be.within(19_000, 20_100);
  });

  it("shows a failure in the first runner's words, with the hint before it", () => {
    const content = contentOf({
      outcome: "failed",
      step: "tofu init",
      error: "exit status 1 | no",
      hint: "Add `x` to .plan-runner.yaml, @octocat",
      timings: TIMINGS,
    });
    const { parts } = renderComment(planRequest(), content, LIMITS);
    expect(parts[0]?.split("\n").slice(4)).to.deep.equal([
      `acme/infra @ ${SHA}`,
      "",
      "**The plan failed** at `tofu init`.",
      "",
      "Add `x` to \\.plan\\-runner\\.yaml, @\u200boctocat",
      "",
      "```",
      "tofu execution failed:",
      "tofu init: exit status 1 | no",
      "```",
      "",
    ]);
  });

  it("folds a plan of more than 40 lines", () => {
    const open = (lines: number): boolean => {
      const content = contentOf(planned({ text: "x\n".repeat(lines) }));
      return (
        renderComment(planRequest(), content, LIMITS).parts[0]?.includes("<details open>") === true
      );
    };
    expect([open(40), open(41)]).to.deep.equal([true, false]);
  });

  it("puts a directory whose name means something to GitHub in a code span", () => {
    for (const dir of ["@octocat", "www.example.com", "a/`b`", "<b>", "a b", "_x_"]) {
      const { parts } = renderComment(planRequest({ dir }), contentOf(planned()), LIMITS);
      const line = parts[0]?.split("\n").find((each) => each.startsWith("Dir: ")) ?? "";
      expect(withoutCodeSpans(line), line).to.equal("Dir: ");
    }
  });

  it("mentions nobody by the name of a workspace", () => {
    const plan = planRequest({ workspace: "team@prod" });
    const { parts } = renderComment(plan, contentOf(planned()), LIMITS);
    expect(parts[0]?.split("\n")).to.include("Workspace: `team@prod`");
  });

  it("keeps any plan text inside its fences, and all of it", () => {
    const request = planRequest();
    const plain = contentOf(planned({ text: "" }));
    fc.assert(
      fc.property(planText, fc.constantFrom(4_000, 60_000), (text, maxCharacters) => {
        const content = contentOf(planned({ text }));
        const limits = { maxCharacters, maxParts: 50 };
        const { parts, isCut } = renderComment(request, content, limits);
        const read = parts.map(readFences);
        expect(isCut).to.equal(false);
        expect(read.every(({ blocks }) => blocks.length === 1)).to.equal(true);
        if (parts.length === 1) {
          const empty = renderComment(request, plain, limits).parts[0] ?? "";
          const same = (body: string) => body.replace("<details open>", "<details>");
          expect(same(read[0]?.around ?? "")).to.equal(same(readFences(empty).around));
        }
        const shown = read.map(({ blocks }) => blocks[0]?.text ?? "");
        const whole = diffColoured(fenceable(text));
        // A part that does not end a line gets an end; a text that is cut at line ends has none to take away.
        const joined = shown.map((each) => each.replace(/\n$/, "")).join("\n");
        expect(joined.replaceAll("\n", "")).to.equal(whole.replaceAll("\n", ""));
        if (parts.length === 1) expect(joined).to.equal(whole.replace(/\n$/, ""));
      }),
    );
  });

  it("keeps every part within the budget in characters and bytes, and begins each with a marker", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 3_000 }),
      fc.constantFrom("😀".repeat(900), "€".repeat(1_500), "`".repeat(2_000)),
    );
    const destroys = fc.array(
      fc.record({
        address: fc.string({ unit: "grapheme", maxLength: 400 }),
        action: fc.constantFrom("delete" as const, "replace" as const),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 30 }),
        destroys,
        fc.array(fc.string({ unit: "binary", maxLength: 400 }), { maxLength: 15 }),
        fc.constantFrom(2_000, 4_000, 10_000, 65_536),
        fc.integer({ min: 1, max: 5 }),
        (lines, list, violations, maxCharacters, maxParts) => {
          const summary = { ...SUMMARY, destroy: list.length, destroys: list, violations };
          const content = contentOf(planned({ summary, text: lines.join("\n") }));
          const elsewhere = "It is elsewhere.";
          const { parts, isCut } = renderComment(
            planRequest(),
            content,
            { maxCharacters, maxParts },
            elsewhere,
          );
          expect(parts.length).to.be.within(1, maxParts);
          expect(parts[0]?.includes(elsewhere)).to.equal(isCut);
          for (const [index, part] of parts.entries()) {
            const body = index === 0 ? withTimings(part, TIMED) : part;
            expect(Array.from(body).length).to.be.at.most(maxCharacters);
            expect(Buffer.byteLength(body)).to.be.at.most(Math.min(4 * maxCharacters, 262_144));
            expect(body.startsWith("<!-- ")).to.equal(true);
            expect(() => readFences(body)).not.to.throw();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says of each part which it is", () => {
    const content = contentOf(planned({ text: `${"x".repeat(99)}\n`.repeat(80) }));
    const { parts } = renderComment(planRequest(), content, { maxCharacters: 4_000, maxParts: 5 });
    const openings = parts.map((part) => part.split("\n").slice(0, 3));
    expect(openings).to.deep.equal([
      ["<!-- runners-poc:plan:pr-7-0123456 -->", marker(""), "Managed Runners (OpenTofu) Plan"],
      [marker(" part=2"), "Managed Runners (OpenTofu) Plan, part 2 of 3", ""],
      [marker(" part=3"), "Managed Runners (OpenTofu) Plan, part 3 of 3", ""],
    ]);
  });

  it("keeps beginning and end of a plan that is too long for all parts", () => {
    const text = `first\n${"x".repeat(99)}\n`.repeat(1_000) + "last\n";
    const content = contentOf(planned({ text }));
    const { parts, isCut } = renderComment(
      planRequest(),
      content,
      { maxCharacters: 4_000, maxParts: 2 },
      "See there.",
    );
    expect([parts.length, isCut]).to.deep.equal([1, true]);
    const shown = readFences(parts[0] ?? "").blocks[0]?.text ?? "";
    expect(shown.startsWith("first\n")).to.equal(true);
    expect(shown.endsWith("last\n")).to.equal(true);
    expect(shown).to.include("left out here");
    expect(parts[0]).to.include("This is not all of it. See there.");
  });

  it("never shows an excerpt as all there is", () => {
    const result = planned({ text: `a\n${"x".repeat(5_000)}` });
    const render = (maxLength: number) =>
      renderComment(planRequest(), contentOf(result, maxLength), LIMITS).isCut;
    expect([render(5_002), render(5_001)]).to.deep.equal([false, true]);
  });

  it("lets no foreign text do anything outside of code spans", () => {
    const foreign = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom(
        "@octocat",
        "#1",
        "https://a.example",
        "www.a.example",
        "<b>",
        "`",
        "``a",
        "[x](y)",
        "GH-1",
      ),
    );
    fc.assert(
      fc.property(fc.array(foreign, { maxLength: 8 }), (pieces) => {
        const { details } = contentOfBadRequest(pieces.join(" "));
        const line = details[0] ?? "";
        expect(withoutCodeSpans(line)).not.to.match(/[<>[\]`*_&\n\r]/);
        const text = withoutCodeSpans(line, "unescape");
        expect(text).not.to.match(/[@#][A-Za-z0-9]|:\/\/|www\.|gh-\d/i);
      }),
      { numRuns: 500 },
    );
  });
});

function marker(part: string): string {
  return `<!-- switchyard:plan:57d75274608c1b52${part} -->`;
}
