import { expect } from "chai";
import { memberInputs, memberOf, type AccessRow } from "../../../infra/access.ts";
import { kind } from "../../../infra/google/kind.ts";
import { KINDS } from "../../../infra/google/services.ts";
import { memberReaders } from "../../../local/declared/members.ts";

const QUEUE_MEMBER = "gcp:cloudtasks/queueIamMember:QueueIamMember";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const inputs = {
  project: "p",
  location: "r",
  name: "q",
  role: "roles/r",
  member: "user:one@example.com",
};

function read(type: string, given: Readonly<Record<string, unknown>>): unknown {
  return memberReaders(KINDS).get(type)?.(given);
}

describe("memberReaders", () => {
  for (const { noun, template, member } of KINDS) {
    if (member === undefined) continue;
    it(`reads of a ${noun} what a row says`, () => {
      const row: AccessRow = {
        kind: "role",
        system: "s",
        principal: "user:one@example.com",
        role: "roles/r",
        resource: template.replaceAll(/[{}]/g, ""),
        why: "to be tested",
        source: "here",
      };
      expect(read(memberOf(row).type, memberInputs(row))).to.deep.equal({
        member: row.principal,
        role: row.role,
        resource: row.resource,
      });
    });
  }

  it("knows no other types, and none of a kind without policy", () => {
    const bare = kind({ noun: "thing", template: "things/{thing}" });
    expect(memberReaders([bare]).size).to.equal(0);
    expect(read("gcp:cloudtasks/queue:Queue", inputs)).to.equal(undefined);
  });

  it("reads a condition, and refuses what is no part of one", () => {
    const condition = { title: "until then", expression: "true", description: "for a while" };
    expect(read(QUEUE_MEMBER, { ...inputs, condition })).to.have.deep.property(
      "condition",
      condition,
    );
    const { title } = condition;
    const problems = read(QUEUE_MEMBER, { ...inputs, condition: { title, location: "here" } });
    expect(problems).to.have.length(2);
    expect(problems).to.satisfy((all: string[]) =>
      ["expression", "location"].every((key) =>
        all.some((each) => each.startsWith(`condition.${key}: `)),
      ),
    );
  });

  it("names every input that is missing, is no text, or is not known", () => {
    const { name, ...others } = inputs;
    const problems = read(QUEUE_MEMBER, { ...others, location: 1, queue: name });
    expect(problems).to.have.length(3);
    expect(problems).to.satisfy((all: string[]) =>
      ["name", "location", "queue"].every((key) => all.some((each) => each.startsWith(`${key}: `))),
    );
  });

  it("refuses a name that is none of its kind", () => {
    expect(read(QUEUE_MEMBER, { ...inputs, name: "a/b" })).to.deep.equal([
      "projects/p/locations/r/queues/a/b is not a name like projects/{project}/locations/{location}/queues/{name}",
    ]);
    const { role, member } = inputs;
    expect(
      read(ACCOUNT_MEMBER, { serviceAccountId: "a@p.iam.gserviceaccount.com", role, member }),
    ).to.deep.equal([
      "a@p.iam.gserviceaccount.com is not a name like projects/{project}/serviceAccounts/{email}",
    ]);
  });
});
