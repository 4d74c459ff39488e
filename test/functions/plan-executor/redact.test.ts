import { expect } from "chai";
import fc from "fast-check";
import { BoundedText } from "../../../functions/plan-executor/output/bounded-text.ts";
import { OWN_WORDS } from "../../../functions/plan-executor/output/ordinary.ts";
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
      expect(redactor("abc", "").redact(text)).to.equal(text);
    });
  }

  it("leaves words that say nothing", () => {
    const text = "+ a = true\n+ b = false\n+ c = null\n+ d = true";
    expect(redactor("true", "false", "null").redact(text)).to.equal(text);
  });

  it("leaves OpenTofu's own words", () => {
    const text = "Plan: 1 to add, 0 to change\n\nChanges to Outputs:\n  + a = (known after apply)";
    expect(redactor("Plan", "change", "Changes", "known", "after").redact(text)).to.equal(text);
  });

  for (const [what, value] of [
    ["a secret of ours", undefined],
    ["a sensitive value", "p4ss/wörd?>~~"],
    ["a sensitive value of ordinary words", "hunter"],
    ["a line of a sensitive value", "hunter.x\nsesame-open"],
  ] as const) {
    it(`hides ${what} in base64, in both alphabets, as part of a longer text too`, () => {
      const all = value === undefined ? redactor() : redactor(value);
      const line = (value ?? TOKEN).split("\n")[0] ?? "";
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(line).toString(encoding).replace(/=+$/, "");
        expect(all.redact(`x${encoded}= y`)).to.match(/^x\((?:redacted|sensitive value)\)= y$/);
      }
    });
  }

  it("hides a short value at the very end", () => {
    for (const value of ["k3y!", "word"]) {
      expect(redactor(value).redact(`a = ${value}`)).to.equal("a = (sensitive value)");
      expect(redactor(value).redact(value)).to.equal("(sensitive value)");
    }
  });

  it("hides a line of a longer value from 8 characters on", () => {
    const all = redactor("abcd-1234\n  eight--8\nseven-7\n");
    expect(all.redact("+ eight--8\n+ seven-7\n+ abcd-1234")).to.equal(
      "+ (sensitive value)\n+ seven-7\n+ (sensitive value)",
    );
  });

  it("hides a value that ends with its file's last line end", () => {
    expect(redactor("s3cr3t!\n").redact('+ a = "s3cr3t!"')).to.equal('+ a = "(sensitive value)"');
  });

  it("hides a value that a message breaks into lines", () => {
    expect(redactor("correct horse battery").redact("It was correct horse\nbattery.")).to.equal(
      "It was (sensitive value).",
    );
  });

  describe("ordinary words", () => {
    const plan = [
      "  # google_sql_database_instance.postgres will be destroyed",
      '  - resource "google_sql_database_instance" "postgres" {',
      '      - engine     = "postgres"',
      '      - x          = "postgresql" # postgres_db-1',
    ].join("\n");
    const named = (...names: string[]): Redactor => {
      const all = redactor("postgres", "prod", "us-central1");
      for (const name of names) all.addName(name);
      return all;
    };

    it("are shown where they are part of a name", () => {
      const all = named('module.m["a"].google_sql_database_instance.postgres', "prod_eu");
      expect(all.redact(plan)).to.equal(plan);
      expect(all.redact("prod-eu in us-central1")).to.equal("prod-eu in (sensitive value)");
    });

    it("become names later too", () => {
      const all = named();
      expect(all.redact("us-central1")).to.equal("(sensitive value)");
      all.addName("x.y-us-central1");
      expect(all.redact("us-central1")).to.equal("us-central1");
    });

    it("are hidden elsewhere, where they stand as a whole", () => {
      expect(named().redact('"postgres" postgresql products prod. my-prod.')).to.equal(
        '"(sensitive value)" postgresql products (sensitive value). my-(sensitive value).',
      );
    });

    it("are hidden behind an escape", () => {
      const text = '"a\\nprod\\nb" "\\u003cprod\\u003e" "a%20prod%20"';
      expect(named().redact(text)).to.equal(text.replaceAll("prod", "(sensitive value)"));
    });

    it("are no names because a longer word holds them", () => {
      expect(named("products.product1").redact('"prod"')).to.equal('"(sensitive value)"');
    });
  });

  for (const value of ["k3JH8sk2", "Xq7-vT", "a1b2c3", "hunter123", "p@ssword", "x".repeat(41)]) {
    it(`hides ${value}, which looks like a secret, even in a name and as part of a word`, () => {
      const all = redactor(value);
      all.addName(`x.${value}`);
      expect(all.redact(`x.${value} and y${value}z`)).to.equal(
        "x.(sensitive value) and y(sensitive value)z",
      );
    });
  }

  it("hides a sensitive value as OpenTofu prints it", () => {
    const value = 'say "hi"\nand another line';
    const all = redactor(value);
    expect(all.redact(`+ a = ${JSON.stringify(value)}`)).to.equal('+ a = "(sensitive value)"');
    expect(all.redact("    + and another line\n")).to.equal("    + (sensitive value)\n");
  });

  it("hides the longest of values that begin alike", () => {
    expect(redactor("a1b2", "a1b2c3", "a1b2c").redact("a1b2c3g a1b2x")).to.equal(
      "(sensitive value)g (sensitive value)x",
    );
  });

  it("hides every value in every text", () => {
    const value = fc
      .string({ minLength: 4, maxLength: 12, unit: "binary" })
      .filter(
        (text) =>
          !OWN_WORDS.includes(text.trim()) &&
          text.trim().length >= 4 &&
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
