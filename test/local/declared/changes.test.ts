import { expect } from "chai";
import fc from "fast-check";
import { Secret } from "../../../infra/secret.ts";
import { changesOf } from "../../../local/declared/changes.ts";

interface Thing {
  readonly name: string;
  readonly value: number;
}

const things = fc.array(
  fc.record({ name: fc.constantFrom("a", "b", "c", "d"), value: fc.nat({ max: 2 }) }),
  { maxLength: 6 },
);

const thing = (name: string, value = 1): Thing => ({ name, value });

/** Name → value, as it is said last. */
function inUse(list: readonly Thing[]): Map<string, number> {
  return new Map(list.map(({ name, value }) => [name, value]));
}

describe("changesOf", () => {
  it("tells what is new, other and gone, and nothing of what is the same", () => {
    const [a, b, c, d] = [thing("a"), thing("b"), thing("c"), thing("d")];
    const other = thing("b", 2);
    expect(changesOf([a, b, c], [{ ...a }, other, d])).to.deep.equal({
      added: [d],
      changed: [{ before: b, after: other }],
      removed: [c],
    });
  });

  it("sees that a secret is another, though both print alike", () => {
    const was = { name: "a", value: new Secret("one") };
    const same = { name: "a", value: new Secret("one") };
    const other = { name: "a", value: new Secret("two") };
    expect(changesOf([was], [same]).changed).to.deep.equal([]);
    const { changed } = changesOf([was], [other]);
    expect(changed.map(({ before, after }) => [before.value, after.value])).to.deep.equal([
      [was.value, other.value],
    ]);
    expect(changed[0]?.after.value.reveal()).to.equal("two");
  });

  it("counts a name that comes twice once, as it is said last", () => {
    const [one, two] = [thing("a", 1), thing("a", 2)];
    expect(changesOf([], [one, two])).to.deep.equal({ added: [two], changed: [], removed: [] });
    expect(changesOf([one, two], [two])).to.deep.equal({ added: [], changed: [], removed: [] });
    expect(changesOf([one, two], [])).to.deep.equal({ added: [], changed: [], removed: [two] });
  });

  it("leads from the one list to the other", () => {
    fc.assert(
      fc.property(things, things, (before, after) => {
        const { added, changed, removed } = changesOf(before, after);
        const now = inUse(before);
        for (const { name } of removed) expect(now.delete(name)).to.equal(true);
        for (const { name, value } of added) {
          expect(now.has(name)).to.equal(false);
          now.set(name, value);
        }
        for (const each of changed) {
          expect(now.get(each.before.name)).to.equal(each.before.value);
          expect(each.after.value).not.to.equal(each.before.value);
          now.set(each.after.name, each.after.value);
        }
        expect(now).to.deep.equal(inUse(after));
      }),
    );
  });
});
