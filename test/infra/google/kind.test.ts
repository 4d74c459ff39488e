import { expect } from "chai";
import fc from "fast-check";
import { kind, kindOf, type Kind } from "../../../infra/google/kind.ts";
import { KINDS } from "../../../infra/google/services.ts";

const queue = kind({
  noun: "queue",
  template: "projects/{project}/locations/{location}/queues/{name}",
});
const place = { project: "p", projectNumber: "1", region: "r" };

/** Whatever may stand between two slashes: dots, `@`, `$&`, letters of any alphabet, line ends. */
const value = fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("/"));

function variablesOf({ template }: Kind): readonly string[] {
  return [...template.matchAll(/\{(\w+)\}/g)].map(([, variable = ""]) => variable);
}

/** Values for all variables of a kind. */
function valuesOf(each: Kind): fc.Arbitrary<Record<string, string>> {
  return fc.record(Object.fromEntries(variablesOf(each).map((variable) => [variable, value])));
}

/** Without the prototype that a RegExp gives its groups. */
function parsed(each: Kind, name: string): Record<string, string> | undefined {
  const variables = each.parse(name);
  return variables && { ...variables };
}

describe("kind", () => {
  it("names by its template, and reads the name back", () => {
    const name = queue.name({ project: "p", location: "r", name: "q" });
    expect(name).to.equal("projects/p/locations/r/queues/q");
    expect(parsed(queue, name)).to.deep.equal({ project: "p", location: "r", name: "q" });
  });

  it("takes the id for the last variable, and place for the others", () => {
    expect(queue.of("q", place)).to.equal("projects/p/locations/r/queues/q");
    const bucket = kind({ noun: "bucket", template: "projects/_/buckets/{bucket}" });
    expect(bucket.of("b")).to.equal("projects/_/buckets/b");
    const project = kind({ noun: "project", template: "projects/{project}" });
    expect(project.of("other", place)).to.equal("projects/other");
  });

  it("says which variable a name lacks", () => {
    expect(() => queue.of("q", { project: "p" })).to.throw(
      "The name of a queue, projects/{project}/locations/{location}/queues/{name}, needs a location.",
    );
  });

  it("keeps what it was described by", () => {
    const described = {
      noun: "thing",
      template: "things/{thing}",
      member: { type: "gcp:things/thingMember:ThingMember", whole: "thingId" },
    } as const;
    const { noun, template, member } = kind(described);
    expect({ noun, template, member }).to.deep.equal(described);
  });

  it("reads the whole name only, exactly as the template writes it", () => {
    const no = [
      "",
      "projects/p/locations/r/queues",
      "projects/p/locations/r/queues/",
      "projects//locations/r/queues/q",
      "projects/p/locations/r/queues/q/",
      "projects/p/locations/r/queues/q/tasks/t",
      "projects/p/locations/r/Queues/q",
      "/projects/p/locations/r/queues/q",
      "//cloudtasks.googleapis.com/projects/p/locations/r/queues/q",
    ];
    expect(no.map((name) => parsed(queue, name))).to.deep.equal(no.map(() => undefined));
  });

  it("takes what stands between the variables as it is, whatever it means to a RegExp", () => {
    const database = kind({ noun: "database", template: "projects/{project}/d.b/(default)/{id}" });
    const name = database.name({ project: "p", id: "i" });
    expect(parsed(database, name)).to.deep.equal({ project: "p", id: "i" });
    expect(database.parse("projects/p/d-b/default/i")).to.equal(undefined);
  });

  it("does not read back a name whose value has a slash", () => {
    fc.assert(
      fc.property(value, value, (left, right) => {
        const name = queue.name({ project: "p", location: "r", name: `${left}/${right}` });
        expect(queue.parse(name)).to.equal(undefined);
      }),
    );
  });
});

describe("the kinds of Google's services", () => {
  for (const each of KINDS) {
    it(`read back every name of a ${each.noun}, and no other kind reads it`, () => {
      fc.assert(
        fc.property(valuesOf(each), (values) => {
          const name = each.name(values);
          expect(parsed(each, name)).to.deep.equal(values);
          expect(KINDS.filter(({ parse }) => parse(name) !== undefined)).to.deep.equal([each]);
          expect(kindOf(name, KINDS)).to.equal(each);
        }),
      );
    });
  }

  it("are told by noun and by template", () => {
    expect(new Set(KINDS.map(({ noun }) => noun)).size).to.equal(KINDS.length);
    expect(new Set(KINDS.map(({ template }) => template)).size).to.equal(KINDS.length);
  });

  it("know nothing of other names", () => {
    expect(kindOf("projects/p/things/t", KINDS)).to.equal(undefined);
    expect(kindOf("projects/_/buckets/b/objects/o", KINDS)).to.equal(undefined);
  });
});
