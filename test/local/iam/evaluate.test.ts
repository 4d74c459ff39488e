import { expect } from "chai";
import { createPolicy, evaluate, isResolvable } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding, Principal } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const PROJECT = "projects/p";
const QUEUE = "projects/p/locations/us-central1/queues/queue-brain";
const SERVICE = "projects/p/locations/us-central1/services/enqueuer";
const ENQUEUER = "serviceAccount:enqueuer-api@p.iam.gserviceaccount.com";
const DEVELOPER = "user:developer@example.com";

const binding = (difference: Partial<Binding> = {}): Binding => ({
  member: ENQUEUER,
  role: "roles/cloudtasks.enqueuer",
  resource: QUEUE,
  kind: "role",
  ...difference,
});

const create = (difference: Partial<AccessRequest> = {}): AccessRequest => ({
  principal: ENQUEUER,
  permission: "cloudtasks.tasks.create",
  resource: QUEUE,
  ...difference,
});

const isAllowed = (bindings: readonly Binding[], request: AccessRequest): boolean =>
  evaluate(createPolicy(bindings, GRANTABLE), request).allowed;

describe("evaluate", () => {
  it("allows what a binding on the resource gives, and names the binding", () => {
    const by = binding();
    expect(evaluate(createPolicy([by], GRANTABLE), create())).to.deep.equal({ allowed: true, by });
  });

  it("denies everything under an empty policy, and names the least binding", () => {
    expect(evaluate(createPolicy([], GRANTABLE), create())).to.deep.equal({
      allowed: false,
      missing: binding(),
    });
  });

  const inheritance: [on: string, asked: string, allowed: boolean][] = [
    [PROJECT, QUEUE, true],
    [PROJECT, `${QUEUE}/tasks/t1`, true],
    [QUEUE, `${QUEUE}/tasks/t1`, true],
    [QUEUE, QUEUE, true],
    [QUEUE, PROJECT, false],
    [QUEUE, `${QUEUE}-2`, false],
    [QUEUE, "projects/p/locations/us-central1/queues/queue", false],
    ["projects/p", "projects/p2/locations/us-central1/queues/queue-brain", false],
    ["projects/p2", QUEUE, false],
  ];
  for (const [on, asked, allowed] of inheritance) {
    it(`${allowed ? "lets" : "does not let"} a grant on ${on} reach ${asked}`, () => {
      expect(isAllowed([binding({ resource: on })], create({ resource: asked }))).to.equal(allowed);
    });
  }

  it("reaches an object from its bucket, and a bucket from the project that its name does not say", () => {
    const bucket = "projects/_/buckets/b";
    const asked = create({
      permission: "storage.objects.get",
      resource: `${bucket}/objects/a/b/c.txt`,
      parent: PROJECT,
    });
    const on = (resource: string) => [binding({ role: "roles/storage.objectViewer", resource })];
    expect(isAllowed(on(bucket), asked)).to.equal(true);
    expect(isAllowed(on(PROJECT), asked)).to.equal(true);
    expect(isAllowed(on("projects/_/buckets/b2"), asked)).to.equal(false);
    expect(isAllowed(on("projects/p2"), asked)).to.equal(false);
  });

  const members: [member: string, principal: Principal, allowed: boolean][] = [
    [ENQUEUER, ENQUEUER, true],
    ["serviceAccount:Enqueuer-API@p.iam.gserviceaccount.com", ENQUEUER, true],
    [ENQUEUER, "serviceAccount:ENQUEUER-api@p.iam.gserviceaccount.com", true],
    ["user:enqueuer-api@p.iam.gserviceaccount.com", ENQUEUER, false],
    ["serviceAccount:developer@example.com", DEVELOPER, false],
    ["user:Developer@Example.com", DEVELOPER, true],
    ["domain:example.com", DEVELOPER, true],
    ["domain:EXAMPLE.com", DEVELOPER, true],
    ["domain:example.org", DEVELOPER, false],
    ["domain:ample.com", DEVELOPER, false],
    ["domain:p.iam.gserviceaccount.com", ENQUEUER, false],
    ["domain:example.com", "anonymous", false],
    ["group:everyone@example.com", DEVELOPER, false],
    ["deleted:serviceAccount:enqueuer-api@p.iam.gserviceaccount.com?uid=1", ENQUEUER, false],
    ["allAuthenticatedUsers", DEVELOPER, true],
    ["allAuthenticatedUsers", ENQUEUER, true],
    ["allAuthenticatedUsers", "anonymous", false],
    ["allUsers", DEVELOPER, true],
    ["allUsers", ENQUEUER, true],
    ["allUsers", "anonymous", true],
    ["anonymous", "anonymous", false],
  ];
  for (const [member, principal, allowed] of members) {
    it(`takes ${member} ${allowed ? "for" : "not for"} ${principal}`, () => {
      const invoker = binding({ member, role: "roles/run.invoker", resource: SERVICE });
      const request = { principal, permission: "run.routes.invoke", resource: SERVICE };
      expect(isAllowed([invoker], request)).to.equal(allowed);
    });
  }

  it("names the nearest, then the most specific, then the first of several bindings", () => {
    const onProject = binding({ resource: PROJECT });
    const everyone = binding({ member: "allAuthenticatedUsers" });
    const first = binding();
    const second = binding({ kind: "google" });
    const by = (...bindings: Binding[]) => evaluate(createPolicy(bindings, GRANTABLE), create());
    expect(by(onProject, everyone)).to.deep.equal({ allowed: true, by: everyone });
    expect(by(everyone, first)).to.deep.equal({ allowed: true, by: first });
    expect(by(first, second)).to.deep.equal({ allowed: true, by: first });
  });

  it("throws for a role that the table lacks", () => {
    expect(() => createPolicy([binding({ role: "roles/editor" })], GRANTABLE)).to.throw(
      `roles/editor on ${QUEUE} is in no service's roles.ts.`,
    );
  });
});

describe("isResolvable", () => {
  const cases: [member: string, resolvable: boolean][] = [
    [ENQUEUER, true],
    [DEVELOPER, true],
    ["domain:example.com", true],
    ["allUsers", true],
    ["allAuthenticatedUsers", true],
    ["group:operators@example.com", false],
    ["deleted:user:gone@example.com?uid=1", false],
    ["principalSet://iam.googleapis.com/projects/1/locations/global/x", false],
    ["user:", false],
    ["everyone", false],
  ];
  for (const [member, resolvable] of cases) {
    it(`says ${resolvable} of ${member}`, () => {
      expect(isResolvable(member)).to.equal(resolvable);
    });
  }
});
