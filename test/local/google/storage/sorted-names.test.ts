import { expect } from "chai";
import fc from "fast-check";
import { SortedNames, byBytes } from "../../../../local/google/storage/buckets/sorted-names.ts";

function all(names: SortedNames): string[] {
  const found: string[] = [];
  for (let at = 0; ; at += 1) {
    const name = names.at(at);
    if (name === undefined) return found;
    found.push(name);
  }
}

describe("SortedNames", () => {
  it("are each there once and in order, whatever came and went", () => {
    const change = fc.tuple(fc.boolean(), fc.string({ unit: "grapheme", maxLength: 2 }));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 50 }), (changes) => {
        const names = new SortedNames();
        const model = new Set<string>();
        for (const [isAdded, name] of changes) {
          if (isAdded) {
            names.add(name);
            model.add(name);
          } else {
            names.remove(name);
            model.delete(name);
          }
        }
        expect(all(names)).to.deep.equal([...model].sort(byBytes));
      }),
    );
  });

  it("are found by looking at a few of them", () => {
    const names = new SortedNames();
    for (let each = 0; each < 10_000; each += 1) names.add(String(each).padStart(5, "0"));
    let looks = 0;
    const place = names.first((name) => {
      looks += 1;
      return name >= "07321";
    });
    expect([place, names.at(place)]).to.deep.equal([7_321, "07321"]);
    expect(looks).to.be.at.most(14);
    expect(names.first((name) => name >= "1")).to.equal(10_000);
  });
});
