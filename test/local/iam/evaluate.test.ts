import { expect } from "chai";
import { createPolicy, evaluate, isResolvable } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding, Principal } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const AT = Date.UTC(2026, 10, 28);
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
  evaluate(createPolicy(bindings, GRANTABLE), request, AT).allowed;

describe("evaluate", () => {
  it("allows what a binding on the resource gives, and names the binding", () => {
    const by = binding();
    expect(evaluate(createPolicy([by], GRANTABLE), create(), AT)).to.deep.equal({
      allowed: true,
      by,
    });
  });

  it("denies everything under an empty policy, and names the least binding", () => {
    expect(evaluate(createPolicy([], GRANTABLE), create(), AT)).to.deep.equal({
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
    const by = (...bindings: Binding[]) =>
      evaluate(createPolicy(bindings, GRANTABLE), create(), AT);
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

describe("evaluate, of conditions", () => {
  const BUCKET = "projects/_/buckets/b";
  const viewer = (title: string): Binding =>
    binding({
      role: "roles/storage.objectViewer",
      resource: BUCKET,
      condition: { title, expression: `resource.name.startsWith("${BUCKET}/objects/${title}/")` },
    });
  const read = (name: string): AccessRequest => ({
    principal: ENQUEUER,
    permission: "storage.objects.get",
    resource: `${BUCKET}/objects/${name}`,
    attributes: {
      name: `${BUCKET}/objects/${name}`,
      type: "storage.googleapis.com/Object",
      service: "storage.googleapis.com",
    },
  });
  const [a, b] = [viewer("a"), viewer("b")];
  const { condition, ...plain } = a;
  const ask = (bindings: readonly Binding[], request: AccessRequest) =>
    evaluate(createPolicy(bindings, GRANTABLE), request, AT);

  it("lets bindings of one member, role and resource live side by side", () => {
    expect(ask([a, b], read("a/x"))).to.deep.equal({ allowed: true, by: a });
    expect(ask([a, b], read("b/x"))).to.deep.equal({ allowed: true, by: b });
    expect(ask([a, b], read("c/x"))).to.deep.equal({
      allowed: false,
      missing: plain,
      unmet: [{ binding: a }, { binding: b }],
    });
  });

  it("names one without a condition first, and of those the first declared", () => {
    const twin = { ...plain };
    const verdict = ask([a, plain, twin], read("a/x"));
    expect(verdict).to.deep.equal({ allowed: true, by: plain });
    expect(verdict.allowed && verdict.by === plain).to.equal(true);
    expect(condition).not.to.equal(undefined);
  });

  it("takes the time of the request, to the millisecond", () => {
    const expression = `request.time < timestamp("2027-01-01T00:00:00Z")`;
    const policy = createPolicy(
      [{ ...plain, condition: { title: "soon", expression } }],
      GRANTABLE,
    );
    const end = Date.UTC(2027, 0, 1);
    expect(evaluate(policy, read("x"), end - 1).allowed).to.equal(true);
    expect(evaluate(policy, read("x"), end).allowed).to.equal(false);
  });

  it("throws for what is no expression", () => {
    const broken = { ...plain, condition: { title: "broken", expression: "(" } };
    expect(() => createPolicy([broken], GRANTABLE)).to.throw();
  });

  it("allows what the policy and the token's boundary both do", () => {
    const boundary = [
      {
        availableResource: `//storage.googleapis.com/${BUCKET}`,
        availablePermissions: ["inRole:roles/storage.objectUser"],
        availabilityCondition: { expression: b.condition?.expression ?? "" },
      },
    ];
    expect(ask([plain], { ...read("b/x"), boundary })).to.deep.equal({ allowed: true, by: plain });
    expect(ask([plain], { ...read("a/x"), boundary }).allowed).to.equal(false);
    expect(ask([plain], { ...read("b/x"), permission: "storage.objects.create", boundary }))
      .to.have.property("missing")
      .that.is.an("object");
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
