import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import { Secret } from "../../../infra/secret.ts";
import { fingerprint, sealed, unsealed } from "../../../local/declared/secrets-codec.ts";

/** A value as a slice may hold it; few different ones, so that two are often the same. */
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom("a", "b", "[secret]", hashOf("a"), "", 0, 1, true, false, null, undefined),
    fc.constantFrom("a", "b", "").map((text) => new Secret(text)),
    fc.array(tie("tree"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "value", "__proto__"), tie("tree"), { maxKeys: 3 }),
  ),
}));

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The same with every secret as a value that only an equal one is equal to. What is undefined is as absent. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return Symbol.for(value.reveal());
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(revealed);
  const there = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(there.map(([key, each]) => [key, revealed(each)]));
}

/** The same, its keys the other way round. */
function turned(value: unknown): unknown {
  if (value instanceof Secret || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(turned);
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, each]) => [key, turned(each)]),
  );
}

describe("sealed values", () => {
  it("are what they were after they were sent", () => {
    fc.assert(
      fc.property(tree, (value) => {
        const received = unsealed(structuredClone(sealed(value)));
        expect(revealed(received)).to.deep.equal(revealed(value));
      }),
    );
  });

  it("hold a secret again where one was", () => {
    const received = unsealed(structuredClone(sealed({ value: new Secret("hush") })));
    const { value } = received as { value: unknown };
    expect(value).to.be.instanceOf(Secret);
    expect(JSON.stringify(received)).to.equal('{"value":"[secret]"}');
  });
});

describe("fingerprint", () => {
  it("differs exactly when values or secrets differ", () => {
    fc.assert(
      fc.property(tree, tree, (one, other) => {
        expect(fingerprint(one) === fingerprint(other)).to.equal(
          isDeepStrictEqual(revealed(one), revealed(other)),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("is the same in whatever order the keys are", () => {
    fc.assert(
      fc.property(tree, (value) => {
        expect(fingerprint(turned(value))).to.equal(fingerprint(value));
      }),
    );
  });

  it("tells a secret from another, and from texts that look like it", () => {
    const values = [
      new Secret("a"),
      new Secret("b"),
      "a",
      "[secret]",
      hashOf("a"),
      { value: new Secret("a") },
      [new Secret("a")],
    ];
    expect(new Set(values.map(fingerprint)).size).to.equal(values.length);
  });

  it("shows no secret", () => {
    fc.assert(
      fc.property(fc.uuid(), tree, (text, beside) => {
        const shown = fingerprint({ beside, within: [{ value: new Secret(text) }] });
        expect(shown).not.to.include(text);
      }),
    );
  });
});
