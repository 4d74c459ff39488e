import { expect } from "chai";
import {
  agentRows,
  bindingName,
  memberImportId,
  memberInputs,
  memberOf,
  rowKey,
  type AccessRow,
} from "../../infra/access.ts";
import { kind } from "../../infra/google/kind.ts";

const QUEUE = "projects/p/locations/r/queues/q";
const ACCOUNT = "serviceAccount:caller@p.iam.gserviceaccount.com";
const row: AccessRow = {
  kind: "role",
  system: "s",
  principal: ACCOUNT,
  role: "roles/cloudtasks.enqueuer",
  resource: QUEUE,
  why: "adds tasks",
  source: "here",
};
const condition = { title: "this-year", expression: "request.time.getFullYear() == 2026" };

describe("a row of access", () => {
  it("is told from others by who, what and where", () => {
    expect(rowKey(row)).to.equal(`${ACCOUNT} roles/cloudtasks.enqueuer on ${QUEUE}`);
  });

  it("is told from others by its condition too", () => {
    const described = { ...condition, description: "for a while" };
    const keys = [{}, { condition }, { condition: described }].map((change) =>
      rowKey({ ...row, ...change }),
    );
    expect(keys).to.deep.equal([
      `${ACCOUNT} roles/cloudtasks.enqueuer on ${QUEUE}`,
      `${ACCOUNT} roles/cloudtasks.enqueuer on ${QUEUE}, if this-year: request.time.getFullYear() == 2026`,
      `${ACCOUNT} roles/cloudtasks.enqueuer on ${QUEUE}, if this-year: request.time.getFullYear() == 2026 (for a while)`,
    ]);
  });

  it("is imported by resource, role and member, and its condition's title", () => {
    const id = `${QUEUE} roles/cloudtasks.enqueuer ${ACCOUNT}`;
    expect(memberImportId(row)).to.equal(id);
    expect(memberImportId({ ...row, condition })).to.equal(`${id} this-year`);
  });

  const names: readonly (readonly [string, Partial<AccessRow>])[] = [
    ["caller-cloudtasks.enqueuer-q", {}],
    ["caller-cloudtasks.enqueuer-p", { resource: "projects/p" }],
    // The accounts of two projects may have one id.
    [
      "serviceAccount-caller@o.iam.gserviceaccount.com-cloudtasks.enqueuer-q",
      { principal: "serviceAccount:caller@o.iam.gserviceaccount.com" },
    ],
    ["user-one@example.com-cloudtasks.enqueuer-q", { principal: "user:one@example.com" }],
    ["allUsers-cloudtasks.enqueuer-q", { principal: "allUsers" }],
    [
      "caller-cloudtasks.enqueuer-target",
      { resource: "projects/p/serviceAccounts/target@p.iam.gserviceaccount.com" },
    ],
    ["caller-cloudtasks.enqueuer-p-files", { resource: "projects/_/buckets/p-files" }],
    [
      "serviceAccount-caller@p.iam.gserviceaccount.com-cloudtasks.enqueuer-files",
      { resource: "projects/_/buckets/files" },
    ],
    ["caller-cloudtasks.enqueuer-q-this-year", { condition }],
    ["caller-projects/p/roles/own-q", { role: "projects/p/roles/own" }],
  ];
  for (const [name, change] of names) {
    it(`gives its binding the name ${name}`, () => {
      expect(bindingName({ ...row, ...change })).to.equal(name);
    });
  }

  it("is granted by the member type of its resource's kind", () => {
    expect(memberOf(row)).to.deep.equal({ type: "gcp:cloudtasks/queueIamMember:QueueIamMember" });
  });

  it("gives that member the variables of the resource's name", () => {
    expect(memberInputs(row)).to.deep.equal({
      project: "p",
      location: "r",
      name: "q",
      role: row.role,
      member: ACCOUNT,
    });
  });

  it("gives that member its condition", () => {
    expect(memberInputs({ ...row, condition })).to.deep.equal({ ...memberInputs(row), condition });
  });

  it("gives it the whole name where the kind says so", () => {
    const resource = "projects/p/serviceAccounts/target@p.iam.gserviceaccount.com";
    expect(memberInputs({ ...row, resource })).to.deep.equal({
      serviceAccountId: resource,
      role: row.role,
      member: ACCOUNT,
    });
  });

  it("takes other kinds than Google's where it is given them", () => {
    const thing = kind({
      noun: "thing",
      template: "things/{thing}",
      member: { type: "gcp:things/thingMember:ThingMember" },
    });
    const onThing = { ...row, resource: "things/t" };
    expect(memberOf(onThing, [thing])).to.deep.equal(thing.member);
    expect(memberInputs(onThing, [thing])).to.deep.equal({
      thing: "t",
      role: row.role,
      member: ACCOUNT,
    });
  });

  it("cannot be granted where the kind is not known, or has no policy", () => {
    const bare = kind({ noun: "thing", template: "things/{thing}" });
    for (const [resource, kinds] of [["projects/p/things/t"], ["things/t", [bare]]] as const) {
      expect(() => memberInputs({ ...row, resource }, kinds)).to.throw(
        `No binding is known for \`${resource}\`. Give its kind a member type in infra/google.`,
      );
    }
  });

  it("says what Google grants an agent on the project", () => {
    const agent = {
      name: "things",
      api: "things.googleapis.com",
      domain: "gcp-sa-things",
      role: "roles/things.serviceAgent",
      why: "makes things",
      source: "there",
    };
    const place = { project: "p", projectNumber: "12", region: "r" };
    expect(agentRows("s", [agent], place)).to.deep.equal([
      {
        kind: "google",
        system: "s",
        principal: "serviceAccount:service-12@gcp-sa-things.iam.gserviceaccount.com",
        role: "roles/things.serviceAgent",
        resource: "projects/p",
        why: "makes things",
        source: "there",
      },
    ]);
  });
});
