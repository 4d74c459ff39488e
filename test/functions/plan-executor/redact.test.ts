import { expect } from "chai";
import fc from "fast-check";
import { BoundedText } from "../../../functions/plan-executor/output/bounded-text.ts";
import { Redactor } from "../../../functions/plan-executor/output/redact.ts";

const TOKEN = "v1.0123456789abcdef";

function redactor(...sensitive: string[]): Redactor {
  const made = new Redactor();
  made.addSecret(TOKEN);
  for (const value of sensitive) made.addSensitive(value);
  return made;
}

const KEY = `-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA PRIVATE KEY-----`;

describe("Redactor", () => {
  for (const [what, text, expected] of [
    ["the token", `a ${TOKEN} b`, "a (redacted) b"],
    ["its base64", Buffer.from(TOKEN).toString("base64"), "(redacted)=="],
    [
      "its base64 as git sends it",
      Buffer.from(`x-access-token:${TOKEN}`).toString("base64"),
      "(redacted)==",
    ],
    ["a token of GitHub", `ghs_${"a".repeat(36)}!`, "(redacted)!"],
    ["a token of GitHub with a JWT in it", "ghs_1234_eyJ0.eyJp-c3.c2ln_x y", "(redacted) y"],
    ["a personal token", "github_pat_11AAAAAAA_bbbbbbb", "(redacted)"],
    ["the user of a URL", "git https://u:p@example.com/x", "git https://(redacted)@example.com/x"],
    ["a private key", `a ${KEY} b`, "a (redacted) b"],
    ["a private key whose end is missing", `a ${KEY.slice(0, 40)}`, "a (redacted)"],
    ["a private key whose beginning is missing", `${KEY.slice(40)} b`, "(redacted) b"],
  ] as const) {
    it(`hides ${what}`, () => {
      expect(redactor().redact(text)).to.equal(expected);
    });
  }

  for (const text of [
    "an e-mail a@example.com",
    "https://example.com/a@b",
    "ghs",
    "~ 5 to change",
  ]) {
    it(`leaves ${text}`, () => {
      expect(redactor("abc", "true", "").redact(text)).to.equal(text);
    });
  }

  it("hides a sensitive value as OpenTofu prints it", () => {
    const value = 'say "hi"\nand another line';
    const all = redactor(value);
    expect(all.redact(`+ a = ${JSON.stringify(value)}`)).to.equal('+ a = "(sensitive value)"');
    expect(all.redact("    + and another line\n")).to.equal("    + (sensitive value)\n");
  });

  it("hides the longest of values that begin alike", () => {
    expect(redactor("abcd", "abcdef", "abcde").redact("abcdefg abcdx")).to.equal(
      "(sensitive value)g (sensitive value)x",
    );
  });

  it("hides every value in every text", () => {
    const value = fc
      .string({ minLength: 4, maxLength: 12, unit: "binary" })
      .filter(
        (text) =>
          !["true", "false", "null"].includes(text) &&
          !/[()]/.test(text) &&
          !"(sensitive value)".includes(text),
      );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 20 }),
        fc.array(fc.string()),
        (values, noise) => {
          const all = redactor(...values);
          const text = values.map((each, at) => `${noise[at] ?? ""}\n${each}\n`).join("");
          const clean = all.redact(text);
          for (const each of values) expect(clean.split("\n")).not.to.include(each);
        },
      ),
    );
  });

  it("takes no longer for a text than it must", () => {
    const values = Array.from({ length: 5_000 }, (_, at) => `value-number-${at}-is-secret`);
    const all = redactor(...values);
    const text = "  + resource value-number = (known after apply)\n".repeat(40_000);
    const started = performance.now();
    all.redact(text + "https://".repeat(20_000) + "-----BEGIN PRIVATE KEY-----".repeat(1_000));
    expect(performance.now() - started).to.be.lessThan(5_000);
  });
});

describe("BoundedText", () => {
  const read = (bounds: { head: number; tail: number }, chunks: readonly string[]) => {
    const text = new BoundedText(bounds);
    for (const chunk of chunks) text.add(Buffer.from(chunk));
    return text.read();
  };

  it("keeps what fits", () => {
    expect(read({ head: 4, tail: 4 }, ["ab\n", "cd\n", "e"])).to.deep.equal({
      head: "ab\ncd\ne",
      tail: "",
      omittedBytes: 0,
    });
  });

  it("leaves out the middle, in whole lines", () => {
    expect(read({ head: 4, tail: 4 }, ["a\nbcd\nefg\nh\n"])).to.deep.equal({
      head: "a\n",
      tail: "h\n",
      omittedBytes: 8,
    });
  });

  it("is the same in any pieces", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.array(fc.nat(60)),
        fc.nat(30),
        fc.nat(30),
        (text, cuts, head, tail) => {
          const bytes = Buffer.from(text.replaceAll("a", "\n"));
          const at = [
            0,
            ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
            bytes.length,
          ];
          const pieces = new BoundedText({ head, tail });
          for (const [index, from] of at.entries())
            pieces.add(bytes.subarray(from, at[index + 1] ?? from));
          const whole = new BoundedText({ head, tail });
          whole.add(bytes);
          expect(pieces.read()).to.deep.equal(whole.read());
        },
      ),
    );
  });

  it("lets no secret through, whatever the pieces", () => {
    const secret = `the-secret-${TOKEN}`;
    const piece = fc.constantFrom(secret, "\n", "some words\n", `x ${secret} y\n`);
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 1, max: 50 }),
        (parts, size) => {
          const bytes = Buffer.from(parts.join(""));
          const text = new BoundedText({ head: 100, tail: 100 });
          for (let at = 0; at < bytes.length; at += size) text.add(bytes.subarray(at, at + size));
          const { head, tail } = text.read();
          const clean = redactor(secret).redact(head) + redactor(secret).redact(tail);
          expect(clean).not.to.match(/secret-|abcdef/);
        },
      ),
    );
  });
});
