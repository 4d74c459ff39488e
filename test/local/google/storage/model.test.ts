import { expect } from "chai";
import fc from "fast-check";
import { BUCKET, OBJECTS, SETTINGS, StorageFixture, type Resource } from "./bucket.ts";

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

/** What is done to a bucket with versions and soft delete; `nth` picks among the generations that there are. */
const keeping = fc.record({
  verb: fc.constantFrom("write", "delete", "erase", "restore", "move"),
  name: fc.constantFrom("a", "b"),
  nth: fc.nat({ max: 5 }),
});

interface Kept {
  readonly name: string;
  readonly generation: string;
  readonly text: string;
}

describe("Cloud Storage, whatever is written and deleted", () => {
  it("keeps what a list of generations keeps, in a bucket that keeps everything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(keeping, { maxLength: 25 }), async (steps) => {
        const fixture = new StorageFixture();
        const kept = { versioning: true, softDeleteSeconds: 604_800 };
        fixture.storage.declareBucket({ name: BUCKET, ...SETTINGS, ...kept });
        let live: Kept[] = [];
        let noncurrent: Kept[] = [];
        let softDeleted: Kept[] = [];
        const retire = (name: string): void => {
          noncurrent.push(...live.filter((each) => each.name === name));
          live = live.filter((each) => each.name !== name);
        };
        const made = (name: string, text: string, { generation = "" }: Resource): void => {
          retire(name);
          live.push({ name, text, generation });
        };
        for (const [at, { verb, name, nth }] of steps.entries()) {
          const there = [...noncurrent, ...live].filter((each) => each.name === name);
          const gone = softDeleted.filter((each) => each.name === name);
          if (verb === "write") made(name, String(at), (await fixture.put(name, String(at))).body);
          if (verb === "delete") {
            await fixture.delete(name);
            retire(name);
          }
          const erased = there[nth % Math.max(1, there.length)];
          if (verb === "erase" && erased !== undefined) {
            await fixture.delete(name, `generation=${erased.generation}`);
            live = live.filter((each) => each !== erased);
            noncurrent = noncurrent.filter((each) => each !== erased);
            softDeleted = [...softDeleted, erased];
          }
          const restored = gone[nth % Math.max(1, gone.length)];
          if (verb === "restore" && restored !== undefined) {
            const url = `${OBJECTS}/${name}/restore?generation=${restored.generation}`;
            made(name, restored.text, (await fixture.ask("POST", url)).body);
          }
          const moved = live.find((each) => each.name === name);
          if (verb === "move" && moved !== undefined) {
            const to = name === "a" ? "b" : "a";
            const { body } = await fixture.ask("POST", `${OBJECTS}/${name}/moveTo/o/${to}`);
            live = live.filter((each) => each !== moved);
            made(to, moved.text, body);
          }
        }
        const listed = async (query: string): Promise<string[]> => {
          const { body } = await fixture.ask("GET", `${OBJECTS}?${query}`);
          return (body.items ?? []).map((each) => `${String(each.name)} ${each.generation ?? ""}`);
        };
        const sorted = (all: readonly Kept[]): string[] =>
          all.map(({ name, generation }) => `${name} ${generation}`).toSorted();
        expect(await listed("")).to.deep.equal(sorted(live));
        expect(await listed("versions=true")).to.deep.equal(sorted([...live, ...noncurrent]));
        expect(await listed("softDeleted=true")).to.deep.equal(sorted(softDeleted));
        for (const { name, generation, text } of [...live, ...noncurrent]) {
          const { bytes } = await fixture.get(name, `alt=media&generation=${generation}`);
          expect(bytes.toString()).to.equal(text);
        }
      }),
      { numRuns: 200 },
    );
  });

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
