import { expect } from "chai";
import { KINDS } from "../../../infra/google/services.ts";
import { conditionProblems } from "../../../local/iam/condition-problems.ts";

const BUCKET = "projects/_/buckets/b";
const condition = { title: "one", expression: `resource.name.startsWith("${BUCKET}/objects/a/")` };
const binding = {
  member: "user:one@example.com",
  role: "roles/storage.objectViewer",
  resource: BUCKET,
  condition,
};
const timed = { title: "one", expression: "request.time.getFullYear() == 2026" };

describe("conditionProblems", () => {
  const refused: readonly (readonly [Partial<typeof binding>, string])[] = [
    [{ member: "allUsers" }, "nothing is granted to allUsers on a condition"],
    [
      { member: "allAuthenticatedUsers" },
      "nothing is granted to allAuthenticatedUsers on a condition",
    ],
    ...["owner", "editor", "viewer"].map(
      (role) =>
        [
          { role: `roles/${role}` },
          `roles/${role} is a basic role, which takes no condition`,
        ] as const,
    ),
    [{ resource: "projects/p/topics/t" }, "the policy of a topic takes no conditions"],
    [{ resource: "projects/p/things/t" }, "the policy of a resource takes no conditions"],
    [
      { resource: "projects/p/locations/r/services/s" },
      "the service of a service shows conditions no resource",
    ],
    [{ condition: { ...condition, title: " " } }, "its title is empty"],
    [
      { condition: { ...condition, expression: `resource.matchTag("a", "b")` } },
      "matchTag cannot be evaluated locally: no resource has tags on one machine",
    ],
  ];
  for (const [difference, problem] of refused) {
    it(`says that ${problem}`, () => {
      const { member, role, resource, condition: given } = { ...binding, ...difference };
      expect(conditionProblems([{ ...binding, ...difference }], KINDS)).to.deep.equal([
        `The condition "${given.title}" of ${role} on ${resource} for ${member}: ${problem}.`,
      ]);
    });
  }

  it("has nothing against good ones, a time on a service among them, nor against none", () => {
    const { condition: none, ...plain } = binding;
    expect(none).to.equal(condition);
    const good = [
      binding,
      { ...binding, resource: "projects/p" },
      { ...binding, resource: "projects/p/secrets/s" },
      { ...binding, resource: "projects/p/locations/r/services/s", condition: timed },
      { ...plain, member: "allUsers" },
    ];
    expect(conditionProblems(good, KINDS)).to.deep.equal([]);
  });

  it("lets one role of one member have twenty conditions, each by a title of its own", () => {
    const all = Array.from({ length: 21 }, (_, n) => ({
      ...binding,
      condition: { ...condition, title: `t${n}` },
    }));
    expect(conditionProblems(all.slice(0, 20), KINDS)).to.deep.equal([]);
    const named = "user:one@example.com roles/storage.objectViewer on projects/_/buckets/b";
    expect(conditionProblems(all, KINDS)).to.deep.equal([
      `${named}: 21 conditions, and 20 at most.`,
    ]);
    expect(conditionProblems([binding, { ...binding, condition: timed }], KINDS)).to.deep.equal([
      `${named} and the title "one": 2 conditions, and 1 at most.`,
    ]);
    expect(
      conditionProblems([...all, { ...binding, role: "roles/storage.admin" }], KINDS),
    ).to.have.length(1);
  });
});
