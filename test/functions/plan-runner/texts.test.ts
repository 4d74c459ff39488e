import { expect } from "chai";
import fc from "fast-check";
import { diffColoured } from "../../../functions/plan-runner/comment/diff-colours.ts";
import { fenceFor, fenceable } from "../../../functions/plan-runner/comment/fence.ts";
import { excerpt, split } from "../../../functions/plan-runner/comment/split.ts";
import { summaryLine, summaryTitle } from "../../../functions/plan-runner/comment/summary.ts";
import { SUMMARY } from "./builders.ts";

describe("summaryLine", () => {
  const cases: [Partial<typeof SUMMARY>, string][] = [
    [{}, "**No changes.**"],
    [
      { add: 3, change: 1, destroy: 2, replace: 1 },
      "**Plan: 2 to destroy (1 replaced), 3 to add, 1 to change**",
    ],
    [{ add: 1 }, "**Plan: 1 to add**"],
    [
      { change: 1, import: 2, forget: 3, move: 4, drift: 5, outputs: 6 },
      "**Plan: 1 to change**, 2 to import, 3 to forget, 4 to move, 6 outputs to change, 5 changed outside of OpenTofu",
    ],
    [{ outputs: 1 }, "**No changes to resources**, 1 output to change"],
    [{ failed_checks: 1, warnings: 2 }, "**No changes**, 1 failed check, 2 warnings"],
    [{ add: 1, failed_checks: 2, warnings: 1 }, "**Plan: 1 to add**, 2 failed checks, 1 warning"],
    [
      { drift: 1, warnings: 1 },
      "**No changes to resources**, 1 changed outside of OpenTofu, 1 warning",
    ],
  ];
  for (const [counts, line] of cases) {
    it(`writes ${line}`, () => {
      expect(summaryLine({ ...SUMMARY, ...counts })).to.equal(line);
    });
  }

  it("has a plain form for the check's title", () => {
    expect(summaryTitle(SUMMARY)).to.equal("No changes");
    expect(summaryTitle({ ...SUMMARY, destroy: 2, add: 3 })).to.equal("2 to destroy, 3 to add");
    expect(summaryTitle({ ...SUMMARY, failed_checks: 1 })).to.equal("No changes, 1 failed check");
    expect(summaryTitle({ ...SUMMARY, add: 1, warnings: 3 })).to.equal("1 to add, 3 warnings");
  });
});

describe("diffColoured", () => {
  // As OpenTofu 1.12 prints them.
  const cases: [string, string, string][] = [
    ["moves a marker to the first column", "      + a = 1", "+       a = 1"],
    ["keeps a replacement's marker where it is", "-/+ resource", "-/+ resource"],
    ["moves one that stands further right", "  +/- resource", "+/-   resource"],
    ["writes a change as !", "  ~ resource", "!   resource"],
    ["moves a read", " <= data", "<=  data"],
    [
      "leaves other lines alone",
      "    # (1 unchanged)\n\nPlan: 1 to add",
      "    # (1 unchanged)\n\nPlan: 1 to add",
    ],
    [
      "takes no line of a text that is all new for a marker",
      "      + k = <<-EOT\n            one\n            - two\n              - three\n            EOT\n        EOT\n      - x = 1",
      "+       k = <<-EOT\n            one\n            - two\n              - three\n            EOT\n        EOT\n-       x = 1",
    ],
    [
      "takes the markers of a text that changes",
      "      ~ k = <<-EOT\n          - - two\n          + - three\n              - four\n        EOT -> (known after apply)\n  - x",
      "!       k = <<-EOT\n-           - two\n+           - three\n              - four\n        EOT -> (known after apply)\n-   x",
    ],
    [
      "takes the markers of a text that changes and forces a replacement, in a list too",
      "      ~ k = [\n          ~ <<-EOT # forces replacement\n                x\n              - y\n            EOT,\n          - b\n",
      "!       k = [\n!           <<-EOT # forces replacement\n                x\n-               y\n            EOT,\n-           b\n",
    ],
    ...[
      'k = "tee <<EOT"',
      '"tee <<EOT",',
      'k = "tee <<-EOT" -> null',
      'k = "tee <<EOT" -> "cat"',
      'k = "x <<-EOT # forces replacement" # forces replacement',
      '"tee <<EOT" = "x"',
    ].map((text): [string, string, string] => [
      `goes on below ${text}`,
      `      + ${text}\n      ~ b = 1 -> 2\n  - resource`,
      `+       ${text}\n!       b = 1 -> 2\n-   resource`,
    ]),
  ];
  for (const [rule, from, to] of cases) {
    it(rule, () => {
      expect(diffColoured(from)).to.equal(to);
    });
  }

  it("never loses or adds a line, nor a character but the markers'", () => {
    const line = fc.constantFrom("  ~ a", "      + b = <<-EOT", "        EOT", "- c", "text", "");
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const bare = (text: string) => text.replace(/[ ~!]/g, "").split("\n");
        const text = lines.join("\n");
        expect(bare(diffColoured(text))).to.deep.equal(bare(text));
      }),
    );
  });
});

describe("fences", () => {
  it("are longer than any run of backticks", () => {
    expect(["", "``", "```", "a `````` b"].map(fenceFor)).to.deep.equal([
      "```",
      "```",
      "````",
      "```````",
    ]);
  });

  it("stay short, since longer runs are parted", () => {
    const text = fenceable("`".repeat(1_000));
    expect(text.replaceAll("\u200b", "")).to.equal("`".repeat(1_000));
    expect(fenceFor(text)).to.have.length(61);
  });

  it("hold no character that is not seen", () => {
    expect(fenceable("a\u0000\u001b[31m\u202eb\r\nc\td\ud800")).to.equal(
      "a\ufffd\ufffd[31m\ufffdb\nc\td\ufffd",
    );
  });
});

describe("split", () => {
  const text = fc
    .array(fc.string({ unit: "grapheme", maxLength: 30 }), { maxLength: 30 })
    .map((lines) => lines.join("\n"));

  it("gives parts that fit and are the text again", () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 2, max: 50 }),
        fc.integer({ min: 2, max: 50 }),
        (whole, first, rest) => {
          const parts = split(whole, first, rest, 1_000) ?? [];
          expect(parts.join("")).to.equal(whole);
          expect(
            parts.every((part, index) => part.length <= (index === 0 ? first : rest)),
          ).to.equal(true);
          expect(parts.every((part) => part.isWellFormed())).to.equal(whole.isWellFormed());
        },
      ),
    );
  });

  it("parts at line ends where it can", () => {
    expect(split("aa\nbb\ncc\n", 7, 4, 9)).to.deep.equal(["aa\nbb\n", "cc\n"]);
  });

  it("gives nothing where it would take too many parts", () => {
    expect(split("aaaa\nbbbb\ncccc\n", 5, 5, 2)).to.equal(undefined);
    expect(split("aaaa\nbbbb\n", 5, 5, 2)).to.deep.equal(["aaaa\n", "bbbb\n"]);
  });
});

describe("excerpt", () => {
  it("keeps the beginning and the end within its room", () => {
    const text = fc.string({ unit: "grapheme", minLength: 100, maxLength: 3_000 });
    fc.assert(
      fc.property(text, fc.integer({ min: 100, max: 3_000 }), (whole, room) => {
        const shown = excerpt(whole, room);
        expect(shown.length).to.be.at.most(room);
        expect(shown.isWellFormed()).to.equal(true);
        if (whole.length <= room) expect(shown).to.equal(whole);
        else expect(whole.endsWith(shown.slice(shown.lastIndexOf("\n") + 1))).to.equal(true);
      }),
    );
  });
});
