import { expect } from "chai";
import fc from "fast-check";
import { Unreadable } from "../../../functions/plan-executor/guard/block.ts";
import type { Block } from "../../../functions/plan-executor/guard/block.ts";
import { readHcl } from "../../../functions/plan-executor/guard/hcl.ts";
import { readTfJson } from "../../../functions/plan-executor/guard/tf-json.ts";
import { thrownBy } from "../../support/thrown-by.ts";

/** `data external x @3` for each block, nested ones behind a slash. */
function outline(block: Block): string[] {
  return block.blocks.flatMap((each) => {
    const own = [each.type, ...each.labels, `@${each.line}`].join(" ");
    return [own, ...outline(each).map((inner) => `${own} / ${inner}`)];
  });
}

const PROBE = 'data "external" "x" {\n}\n';

describe("readHcl", () => {
  for (const [what, source, expected] of [
    ["a block with labels", PROBE, ["data external x @1"]],
    ["labels without quotes", "data external x {}\n", ["data external x @1"]],
    ["a block in one line", 'a "b" { c = 1 }', ["a b @1"]],
    ["nested blocks", "a {\n  b {\n  }\n}\n", ["a @1", "a @1 / b @2"]],
    ["line ends of Windows", 'a = "x"\r\nb "c" {\r\n}\r\n', ["b c @2"]],
    ["a byte-order mark", "\ufeffa {\n}\n", ["a @1"]],
    [
      "no blocks in a comment",
      `# ${PROBE.replace(/\n/g, " ")}\n// ${PROBE.replace(/\n/g, " ")}\n/* ${PROBE} */`,
      [],
    ],
    ["a block after a comment that looks nested", `/* /* */ ${PROBE}`, ["data external x @1"]],
    ["no block in a text", `a = "data {"\n`, []],
    ["a block after a text with an escaped quote", `a = "\\""\n${PROBE}`, ["data external x @2"]],
    [
      "a block after a template with texts in it",
      `a = "\${b("}")}"\n${PROBE}`,
      ["data external x @2"],
    ],
    ["a block after a doubled dollar sign", `a = "$\${"\n${PROBE}`, ["data external x @2"]],
    ["a block after a dollar sign at the end", `a = "$"\n${PROBE}`, ["data external x @2"]],
    ["a block after an escaped template", `a = "%%{ if"\n${PROBE}`, ["data external x @2"]],
    ["a comment in a template", `a = "\${ b /* " } */ }"\n${PROBE}`, ["data external x @2"]],
    ["no block in a heredoc", `a = <<EOT\n${PROBE}EOT\n`, []],
    [
      "a block after a heredoc",
      `a = <<-EOT\n  "\${"\n  \${b}\n  EOT\n`.replace('"${"', '"') + PROBE,
      ["data external x @5"],
    ],
    ["a heredoc in a call", `a = f(<<A\nx\nA\n)\n${PROBE}`, ["data external x @5"]],
    ["a marker behind a template, which ends nothing", `a = <<A\n\${b}A\n${PROBE}A\n`, []],
    [
      "a block after a template that strips space",
      `a = "\${~ b ~}"\n${PROBE}`,
      ["data external x @2"],
    ],
    [
      "a block after a directive that strips space",
      `a = "%{~ if b ~}c%{ endif ~}"\n${PROBE}`,
      ["data external x @2"],
    ],
    ["a block after a comment with blank lines", `/*\n\n\n*/\n\n${PROBE}`, ["data external x @6"]],
    [
      "a block after a heredoc with blank lines",
      `a = <<A\n\n\nx\n\nA\n${PROBE}`,
      ["data external x @7"],
    ],
    [
      "a block after lines of a template",
      `a = "\${[\n\nb\n]}"\n\n${PROBE}`,
      ["data external x @6"],
    ],
    ["an object over several lines", `a = {\n  data = {\n  }\n}\n${PROBE}`, ["data external x @5"]],
  ] as const) {
    it(`reads ${what}`, () => {
      expect(outline(readHcl(source))).to.deep.equal(expected);
    });
  }

  it("reads the literal value of an argument, and what stands in an expression", () => {
    const [, block] = readHcl(
      'a = "x"\nb {\n}\nc {\n  d = { source = "h/x", e = [f.g] }\n}\n',
    ).blocks;
    expect(readHcl('a = "x"\n').attributes).to.deep.equal([
      {
        ...{ name: "a", line: 1, literal: "x", start: "x", isObject: false },
        ...{ origin: "literal", isWrittenOut: false },
        words: [{ text: "x", value: undefined }],
        values: ["x"],
      },
    ]);
    expect(block?.attributes[0]?.words).to.deep.equal([
      { text: "source", value: { literal: "h/x", start: "h/x", isObject: false } },
      { text: "h/x", value: undefined },
      { text: "e", value: { literal: undefined, start: undefined, isObject: false } },
      { text: "f", value: undefined },
      { text: "g", value: undefined },
    ]);
  });

  it("does not take a template, an escape or an expression for a literal", () => {
    for (const value of ['"${b}"', '"\\u0061"', '"a$"', '("a")', '"a" == "b"', "a"]) {
      expect(readHcl(`x = ${value}\n`).attributes[0]?.literal, value).to.equal(undefined);
    }
  });

  for (const [what, source, line, message] of [
    ["a text that is not closed", '\na = "x\n', 2, "a quoted text is not closed on its line"],
    ["a template that is not closed", 'a = "${b"\n', 1, "a quoted text is not closed on its line"],
    ["a template without an end", 'a = "${b\n\n', 1, '"${" is not closed'],
    ["a comment that is not closed", "a = 1\n/* x", 2, "a heredoc or a comment is not closed"],
    ["a heredoc that is none", "a = << A\n", 1, "a heredoc or a comment is not closed"],
    ["a heredoc that is not closed", "a = <<A\nx\n", 3, "a heredoc is not closed"],
    [
      "a heredoc that ends the file without a line end",
      "a = <<A\nx\nA",
      3,
      "a heredoc is not closed",
    ],
    [
      "a heredoc whose end is not clear",
      "a = <<A\n\u00a0A\nA\n",
      2,
      "the end of a heredoc is not clear",
    ],
    ["a block that is not closed", "b {\n}\na {\n\n", 3, '"{" is not closed'],
    ["a brace too many", "a {\n}\n}\n", 3, '"}" does not belong there'],
    ["brackets that do not match", "a = [1)\n", 1, '")" does not belong there'],
    ["a tilde", "a = 1\nb = ~c\n", 2, '"~" does not belong there'],
    ["a tilde that ends a template of no text", "a = 1 ~}\n", 1, '"~" does not belong there'],
    ["a tilde within a template", 'a = "${b ~ c}"\n', 1, '"~" does not belong there'],
    [
      "a tilde before another bracket of a template",
      'a = "${[b ~}]}"\n',
      1,
      '"~" does not belong there',
    ],
    ["an odd sign", "a = 1\n\nb = @\n", 3, '"@" does not belong there'],
    [
      "a label with an escape",
      'data "\\u0065xternal" "x" {\n}\n',
      1,
      '"\\\\u0065xternal" does not belong there',
    ],
    ["a label with a template", 'data "${a}" "x" {\n}\n', 1, '"${a}" does not belong there'],
    ["a label without a block", "a b", 1, "the end of the file does not belong there"],
    ["a control character", "a = 1\n\u0000\n", 2, "it holds a control character, or is not UTF-8"],
    [
      "a carriage return alone",
      "a = 1 # x\rb {\n",
      1,
      "it holds a control character, or is not UTF-8",
    ],
    ["a text in place of a block", '"data" "external" {\n}\n', 1, '"data" does not belong there'],
    ["two blocks in a line", "a {} b {}\n", 1, '"b" does not belong there'],
    ["nesting without end", `a = ${"[".repeat(10_000)}`, 1, "it is nested too deep"],
    ["templates without end", 'a = "${'.repeat(10_000), 1, "it is nested too deep"],
    ["blocks without end", "a {\n".repeat(10_000), 101, "it is nested too deep"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const error = await thrownBy(() => readHcl(source));
      expect(error).to.be.instanceOf(Unreadable);
      expect(error).to.include({ line, message });
    });
  }

  it("sees a block, and its line, behind any value that is complete", () => {
    const word = fc.constantFrom("a", "é", "var.a", "1.5", "true", "-1");
    const inText = fc.constantFrom(
      ...[
        "a ",
        "$ ",
        "% ",
        "$${",
        "%%{",
        '\\"',
        "\\\\",
        "}",
        "{",
        "#",
        "//",
        "/*",
        "*/",
        "<<A",
        "'",
      ],
    );
    const space = fc.constantFrom("", " ", "\t", '/* " } */', "/*\n\n<<A\n*/");
    const { value } = fc.letrec<{ value: string; text: string; heredoc: string; template: string }>(
      (tie) => {
        const list = fc.array(tie("value"), { maxLength: 3 }).map((all) => all.join(",\n"));
        const parts = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
          fc.array(fc.oneof(part, tie("template")), { maxLength: 4 }).map((all) => all.join(""));
        return {
          template: fc
            .tuple(
              fc.constantFrom("${", "%{", "${~"),
              space,
              tie("value"),
              fc.constantFrom("}", "~}"),
            )
            .map((all) => all.join("")),
          text: parts(inText).map((inner) => `"${inner}"`),
          heredoc: parts(fc.oneof(inText, fc.constantFrom("\n", '\nA"\n', '"'))).map(
            (inner) => `<<-A\n${inner}\n  A\n`,
          ),
          value: fc.oneof(
            { depthSize: "small", withCrossShrink: true },
            word,
            tie("text"),
            list.map((all) => `[${all}]`),
            list.map((all) => `f(${all})`),
            tie("value").map((inner) => `{ a = ${inner}\n}`),
            tie("heredoc").map((inner) => `(${inner})`),
          ),
        };
      },
    );
    fc.assert(
      fc.property(value, space, (of, after) => {
        const source = `a = ${of}${after}\n${PROBE}b = 1\n`;
        const line = source.slice(0, source.lastIndexOf(PROBE)).split("\n").length;
        expect(outline(readHcl(source)), source).to.deep.equal([`data external x @${line}`]);
      }),
      { numRuns: 1_000 },
    );
  });

  it("sees a block behind anything that can be read", () => {
    const piece = fc.constantFrom(
      ...[
        '"',
        "${",
        "%{",
        "}",
        "$",
        "%",
        "$$",
        "%%{",
        "\\",
        "{",
        "\n",
        "<<A\n",
        "A\n",
        " A\n",
        "#",
      ],
      ...["//", "/*", "*/", "~}", "a", "a = ", "(", ")", "[", "]", "x {\n", "é", "\u2028", '\\"'],
    );
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }),
        fc.constantFrom("", '"', "A\n"),
        (noise, end) => {
          const source = `a = ${end === "A\n" ? "<<A\n" : end}${noise.join("")}${end}\n${PROBE}`;
          let found: string[];
          try {
            found = outline(readHcl(source));
          } catch (error) {
            expect(error).to.be.instanceOf(Unreadable);
            return;
          }
          read += 1;
          // Nothing that is still open there could be closed behind it.
          expect(
            found.filter((line) => line.startsWith("data external x @")),
            source,
          ).to.have.length(1);
        },
      ),
      { numRuns: 3_000 },
    );
    expect(read).to.be.greaterThan(100);
  });
});

describe("readTfJson", () => {
  for (const [what, value, expected] of [
    ["blocks by their labels", '{"data": {"external": {\n"x": {}}}}', ["data external x @2"]],
    [
      "lists of blocks at every level",
      '{"data": [{"external": [{"x": [{}, {}]}]}]}',
      ["data external x @1", "data external x @1"],
    ],
    [
      "a name that occurs twice",
      '{"data": {"external": {"x": {}}}, "data": {}}',
      ["data external x @1"],
    ],
    ["a name with escapes", '{"d\\u0061ta": {"external": {"x": {}}}}', ["data external x @1"]],
    ["braces in a text", '{"a": "}{", "module": {"m": {"source": "]"}}}', ["module m @1"]],
  ] as const) {
    it(`reads ${what}`, () => {
      expect(outline(readTfJson(value))).to.deep.equal(expected);
    });
  }

  it("reads the literal value of an argument", () => {
    const [module] = readTfJson('{"module": {"m": {"source": "./a", "b": "${c}"}}}').blocks;
    expect(module?.attributes.map(({ name, literal }) => [name, literal])).to.deep.equal([
      ["source", "./a"],
      ["b", undefined],
    ]);
  });

  for (const [what, source] of [
    ["what is not JSON", '{"a": 1,}'],
    ["nesting without end", "[".repeat(1_000) + "]".repeat(1_000)],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await thrownBy(() => readTfJson(source))).to.be.instanceOf(Unreadable);
    });
  }

  it("sees every name that HCL sees, in any well-formed text", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const value: unknown = JSON.parse(text);
        const names =
          typeof value === "object" && value !== null && !Array.isArray(value)
            ? Object.keys(value)
            : [];
        const read = readTfJson(text);
        const seen = new Set(read.attributes.map(({ name }) => name));
        expect(names.filter((name) => !seen.has(name))).to.deep.equal([]);
      }),
    );
  });
});
