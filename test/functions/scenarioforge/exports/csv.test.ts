import { expect } from "chai";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { csv } from "../../../../functions/scenarioforge/exports/csv.ts";

/** As Python's reader has it, which knows nothing of ours. */
function readByPython(text: string): string[][] {
  const program = `import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8-sig")
print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), strict=True))))`;
  const printed = execFileSync("python3", ["-c", program], { input: text });
  return JSON.parse(printed.toString()) as string[][];
}

describe("csv", () => {
  it("quotes what needs it, ends every line with CRLF and begins with a byte order mark", () => {
    expect(
      csv(
        ["a", 'b"'],
        [
          ["x,y", "1\n2"],
          [null, -1.5],
          ["ü", "plain"],
        ],
      ),
    ).to.equal('\u{feff}a,"b"""\r\n"x,y","1\n2"\r\n,-1.5\r\nü,plain\r\n');
  });

  it("takes formulas out of text, whatever spreadsheets skip before them", () => {
    const formulas = [
      '=HYPERLINK("https://example.com","x")',
      ...["+1", "-1", "@SUM(A1)", " =1", "\t=1", "\u{200b}=1", "\u{0}=1"],
      ...["＝1", "＋1", "－1", "＠x", "\tx", "\rx", "\n"],
    ];
    const read = readByPython(
      csv(
        ["a"],
        formulas.map((formula) => [formula]),
      ),
    );
    expect(read).to.deep.equal([["a"], ...formulas.map((formula) => [`'${formula}`])]);
  });

  it("takes them out where a semicolon begins a cell too, and quotes what others take for an end", () => {
    expect(csv(["a"], [["up; =1+1;-2"], ["a\tb"], ["a;b"], ["x = 1"]])).to.equal(
      '\u{feff}a\r\n"up; \'=1+1;\'-2"\r\n"a\tb"\r\n"a;b"\r\nx = 1\r\n',
    );
  });

  it("is read back as it was, but for apostrophes before formulas, whatever is in it", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .array(fc.constantFrom("=", "+", "-", "@", '"', "'", ",", ";", "\r", "\n", "\t", " ", "a"))
        .map((parts) => parts.join("")),
    );
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const rows = fc.sample(fc.tuple(text, number, fc.option(text)), { numRuns: 3_000, seed: 13 });
    const read = readByPython(csv(["a", "b", "c"], rows));
    const plain = (text: string | null): string =>
      (text ?? "").replaceAll(/;[\s\p{Cc}\p{Cf}]*(?=[=+\-@＝＋－＠])/gu, "$&'");
    const isAsWas = (before: string | null, after: string | undefined): boolean =>
      [plain(before), `'${plain(before)}`].includes(after ?? "");
    expect(read.length).to.equal(rows.length + 1);
    rows.forEach(([first, second, third], at) => {
      const [a, b, c] = read[at + 1] ?? [];
      expect(isAsWas(first, a) && isAsWas(third, c), JSON.stringify([first, a, third, c])).to.equal(
        true,
      );
      expect(b).to.equal(String(second));
      for (const cell of [a, c]) expect(cell).not.to.match(/^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u);
    });
  });
});
