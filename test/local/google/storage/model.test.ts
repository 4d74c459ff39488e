import { expect } from "chai";
import fc from "fast-check";
import { StorageFixture } from "./bucket.ts";

/** What a writer knows when it writes or deletes: nothing, that there is no object, what it wrote last, something old. */
type Condition = "none" | "absent" | "current" | "stale";

interface Step {
  readonly verb: "write" | "delete";
  readonly name: string;
  readonly condition: Condition;
  readonly text: string;
}

const step: fc.Arbitrary<Step> = fc.record({
  verb: fc.constantFrom("write", "delete"),
  name: fc.constantFrom("a", "a/b", "c"),
  condition: fc.constantFrom("none", "absent", "current", "stale"),
  text: fc.string({ maxLength: 5 }),
});

interface Known {
  readonly text: string;
  readonly generation: string;
}

/** The status that the service owes, by the rules and nothing else. */
function owed({ verb, condition }: Step, present: boolean): number {
  const done = verb === "write" ? 200 : 204;
  if (verb === "delete" && !present) return 404;
  if (condition === "none") return done;
  if (condition === "absent") return present ? 412 : done;
  return condition === "current" && present ? done : 412;
}

describe("Cloud Storage, whatever is written and deleted", () => {
  it("holds what a map under the same conditions holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const fixture = new StorageFixture();
        const model = new Map<string, Known>();
        let newest = 0;
        for (const each of steps) {
          const known = model.get(each.name);
          const status = owed(each, known !== undefined);
          const query = {
            none: "",
            absent: "&ifGenerationMatch=0",
            current: `&ifGenerationMatch=${known?.generation ?? "7"}`,
            stale: "&ifGenerationMatch=5",
          }[each.condition];
          const answer =
            each.verb === "write"
              ? await fixture.put(each.name, each.text, query)
              : await fixture.delete(each.name, query);
          expect(answer.status, JSON.stringify(each)).to.equal(status);
          if (status === 204) model.delete(each.name);
          if (status !== 200) continue;
          const generation = answer.body.generation ?? "";
          expect(Number(generation)).to.be.greaterThan(newest);
          newest = Number(generation);
          model.set(each.name, { text: each.text, generation });
        }
        expect(await fixture.names()).to.deep.equal([...model.keys()].toSorted());
        for (const [name, { text }] of model) expect(await fixture.read(name)).to.equal(text);
      }),
      { numRuns: 100 },
    );
  });
});
