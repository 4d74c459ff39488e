import { expect } from "chai";
import { beyond, boundaryProblems } from "../../../local/iam/boundary.ts";
import type { AccessRequest, BoundaryRule } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const { roles } = GRANTABLE;
const AT = Date.UTC(2026, 10, 28);
const B = "projects/_/buckets/b";

const rule = (difference: Partial<BoundaryRule> = {}): BoundaryRule => ({
  availableResource: `//storage.googleapis.com/${B}`,
  availablePermissions: ["inRole:roles/storage.objectViewer"],
  ...difference,
});
const inA = rule({
  availabilityCondition: { expression: `resource.name.startsWith("${B}/objects/a/")` },
});

const asked = (resource: string, permission = "storage.objects.get"): AccessRequest => ({
  principal: "user:one@example.com",
  permission,
  resource,
  attributes: {
    name: resource,
    type: `storage.googleapis.com/${resource === B ? "Bucket" : "Object"}`,
    service: "storage.googleapis.com",
  },
});

describe("beyond", () => {
  const keeps = (rules: readonly BoundaryRule[], request: AccessRequest) =>
    beyond(rules, request, roles, AT);

  it("lets through what a rule makes available, on the bucket and in it", () => {
    expect(keeps([rule()], asked(`${B}/objects/x`))).to.equal(undefined);
    expect(keeps([rule()], asked(B, "storage.objects.list"))).to.equal(undefined);
  });

  it("keeps back what is of another bucket, or of no bucket at all", () => {
    for (const resource of [`${B}2/objects/x`, "projects/p", "projects/p/secrets/s"]) {
      expect(keeps([rule()], asked(resource))).to.equal(`none of its rules is about ${resource}`);
    }
  });

  it("keeps back a permission that no role of the rules holds", () => {
    expect(keeps([rule()], asked(`${B}/objects/x`, "storage.objects.create"))).to.equal(
      `no rule about ${B}/objects/x holds storage.objects.create`,
    );
    const unknown = rule({ availablePermissions: ["storage.objects.get", "inRole:roles/none"] });
    expect(keeps([unknown], asked(`${B}/objects/x`))).to.match(/^no rule about /);
  });

  it("keeps back what a condition does not make available", () => {
    expect(keeps([inA], asked(`${B}/objects/a/x`))).to.equal(undefined);
    expect(keeps([inA], asked(`${B}/objects/b/x`))).to.equal(
      `the condition of its rule is not met: resource.name.startsWith("${B}/objects/a/")`,
    );
    const { attributes, ...bare } = asked(`${B}/objects/a/x`);
    expect(attributes).not.to.equal(undefined);
    expect(keeps([inA], bare)).to.match(/ \(it cannot be evaluated: No such key: name\)$/);
  });

  it("needs one rule only", () => {
    const other = rule({ availableResource: "//storage.googleapis.com/projects/_/buckets/c" });
    expect(keeps([other, inA, rule()], asked(`${B}/objects/b/x`))).to.equal(undefined);
  });

  it("lets a list be told by its prefix", () => {
    const listed = rule({
      availabilityCondition: {
        expression: `api.getAttribute("storage.googleapis.com/objectListPrefix", "").startsWith("a/")`,
      },
    });
    const list = (prefix: string): AccessRequest => {
      const { attributes, ...bare } = asked(B, "storage.objects.list");
      const api = { "storage.googleapis.com/objectListPrefix": prefix };
      return { ...bare, ...(attributes && { attributes: { ...attributes, api } }) };
    };
    expect(keeps([listed], list("a/"))).to.equal(undefined);
    expect(keeps([listed], list(""))).to.be.a("string");
  });
});

describe("boundaryProblems", () => {
  const refused: readonly (readonly [readonly BoundaryRule[], readonly string[]])[] = [
    [[], ["a boundary has 1 to 10 rules, and this one has 0"]],
    [
      Array.from({ length: 11 }, () => rule()),
      ["a boundary has 1 to 10 rules, and this one has 11"],
    ],
    [
      [
        rule(),
        rule({ availableResource: "//storage.googleapis.com/projects/_/buckets/b/objects/x" }),
      ],
      [
        "rule 2: //storage.googleapis.com/projects/_/buckets/b/objects/x is not a bucket like //storage.googleapis.com/projects/_/buckets/NAME",
      ],
    ],
    [[rule({ availablePermissions: [] })], ["rule 1: it makes no permission available"]],
    [
      [rule({ availablePermissions: ["storage.objects.get", "inRole:roles/none"] })],
      [
        "rule 1: storage.objects.get is not inRole: and a role that is known",
        "rule 1: inRole:roles/none is not inRole: and a role that is known",
      ],
    ],
    [
      [rule({ availabilityCondition: { expression: "resource.name" } })],
      ["rule 1: it is a string, and has to be true or false"],
    ],
  ];
  for (const [boundary, problems] of refused) {
    it(`says: ${problems[0] ?? ""}`, () => {
      expect(boundaryProblems(boundary, roles)).to.deep.equal(problems);
    });
  }

  it("has nothing against a good one", () => {
    expect(boundaryProblems([rule(), inA], roles)).to.deep.equal([]);
  });
});
