import { expect } from "chai";
import fc from "fast-check";
import { createPolicy, evaluate } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding, Principal } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const AT = Date.UTC(2026, 10, 28);
const PRINCIPALS: Principal[] = [
  "serviceAccount:enqueuer-api@p.iam.gserviceaccount.com",
  "serviceAccount:service-1@gcp-sa-cloudtasks.iam.gserviceaccount.com",
  "user:Developer@example.com",
  "anonymous",
];
const MEMBERS = [
  ...PRINCIPALS.filter((principal) => principal !== "anonymous"),
  "user:developer@example.com",
  "domain:example.com",
  "group:operators@example.com",
  "allAuthenticatedUsers",
  "allUsers",
];
const RESOURCES = [
  "projects/p",
  "projects/p/locations/l/queues",
  "projects/p/locations/l/queues/q",
  "projects/p/locations/l/queues/q2",
  "projects/p/locations/l/queues/q/tasks/t",
  "projects/p/locations/l/services/s",
  "projects/p/serviceAccounts/a@p.iam.gserviceaccount.com",
  "projects/p2/locations/l/queues/q",
  "projects/_/buckets/b",
  "projects/_/buckets/b/objects/a/queues/b",
];
const HELD_BY_NONE = "storage.objects.juggle";
const PERMISSIONS = [
  ...new Set(GRANTABLE.roles.names.flatMap((role) => GRANTABLE.roles.permissionsOf(role) ?? [])),
  HELD_BY_NONE,
];

const bindings = fc.array(
  fc.record<Binding>({
    member: fc.constantFrom(...MEMBERS),
    role: fc.constantFrom(...GRANTABLE.roles.names),
    resource: fc.constantFrom(...RESOURCES),
    kind: fc.constantFrom("role", "google"),
  }),
  { maxLength: 12 },
);
const requests = fc.record<AccessRequest>({
  principal: fc.constantFrom(...PRINCIPALS),
  permission: fc.constantFrom(...PERMISSIONS),
  resource: fc.constantFrom(...RESOURCES),
});

describe("properties of access", () => {
  it("never allows more when a binding is removed", () => {
    fc.assert(
      fc.property(bindings, requests, fc.nat(), (declared, request, n) => {
        if (evaluate(createPolicy(declared, GRANTABLE), request, AT).allowed) return;
        const fewer = declared.filter((_, index) => index !== n % Math.max(1, declared.length));
        expect(evaluate(createPolicy(fewer, GRANTABLE), request, AT).allowed).to.equal(false);
      }),
    );
  });

  it("names a declared binding that allows the request by itself", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        const verdict = evaluate(createPolicy(declared, GRANTABLE), request, AT);
        if (!verdict.allowed) return;
        expect(declared).to.include(verdict.by);
        expect(evaluate(createPolicy([verdict.by], GRANTABLE), request, AT)).to.deep.equal(verdict);
      }),
    );
  });

  it("proposes a binding that allows the request, and nothing for the anonymous", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        const verdict = evaluate(createPolicy(declared, GRANTABLE), request, AT);
        if (verdict.allowed) return;
        if (request.principal === "anonymous" || request.permission === HELD_BY_NONE) {
          expect(verdict.missing).to.equal(undefined);
          return;
        }
        const { missing } = verdict;
        if (missing === undefined) throw new Error("nothing proposed");
        expect(evaluate(createPolicy([missing], GRANTABLE), request, AT)).to.deep.equal({
          allowed: true,
          by: missing,
        });
      }),
    );
  });

  it("allows exactly what one of the bindings allows alone", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        expect(evaluate(createPolicy(declared, GRANTABLE), request, AT).allowed).to.equal(
          declared.some((one) => evaluate(createPolicy([one], GRANTABLE), request, AT).allowed),
        );
      }),
    );
  });

  const EXPRESSIONS = [
    `resource.name.startsWith("projects/_/buckets/b/objects/a/")`,
    `!resource.name.startsWith("projects/_/buckets/b/objects/a/")`,
    `resource.type == "storage.googleapis.com/Bucket"`,
    `request.time.getHours("Europe/Berlin") < 12`,
    `resource.name == "x" || true`,
    `resource.service != "storage.googleapis.com"`,
  ];
  const attributes = fc.option(
    fc.record({
      name: fc.constantFrom(...RESOURCES),
      type: fc.constantFrom("storage.googleapis.com/Bucket", "storage.googleapis.com/Object"),
      service: fc.constant("storage.googleapis.com"),
    }),
    { nil: undefined },
  );
  const shown = fc
    .tuple(requests, attributes)
    .map(([request, seen]): AccessRequest => ({ ...request, ...(seen && { attributes: seen }) }));
  const times = fc.integer({ min: AT, max: AT + 24 * 3600 * 1000 });
  const conditions = fc.array(fc.option(fc.constantFrom(...EXPRESSIONS), { nil: undefined }), {
    minLength: 12,
    maxLength: 12,
  });
  const on = (declared: readonly Binding[], expressions: readonly (string | undefined)[]) =>
    declared.map((each, n): Binding => {
      const expression = expressions[n];
      return {
        ...each,
        ...(expression !== undefined && { condition: { title: "t", expression } }),
      };
    });

  it("is never widened by a condition", () => {
    fc.assert(
      fc.property(bindings, conditions, shown, times, (declared, expressions, request, at) => {
        const policy = createPolicy(on(declared, expressions), GRANTABLE);
        if (!evaluate(policy, request, at).allowed) return;
        expect(evaluate(createPolicy(declared, GRANTABLE), request, at).allowed).to.equal(true);
      }),
      { numRuns: 1000 },
    );
  });

  it("names what would allow a request, were its condition met", () => {
    fc.assert(
      fc.property(bindings, conditions, shown, times, (declared, expressions, request, at) => {
        const verdict = evaluate(createPolicy(on(declared, expressions), GRANTABLE), request, at);
        if (verdict.allowed) return;
        for (const { binding } of verdict.unmet ?? []) {
          const { condition, ...plain } = binding;
          expect(condition).not.to.equal(undefined);
          expect(evaluate(createPolicy([plain], GRANTABLE), request, at).allowed).to.equal(true);
        }
      }),
      { numRuns: 1000 },
    );
  });

  const rules = fc.array(
    fc.record({
      availableResource: fc.constantFrom(
        "//storage.googleapis.com/projects/_/buckets/b",
        "//storage.googleapis.com/projects/_/buckets/c",
      ),
      availablePermissions: fc
        .subarray(["storage.objectViewer", "storage.objectUser", "storage.admin"])
        .map((roles) => roles.map((role) => `inRole:roles/${role}`)),
      availabilityCondition: fc.option(
        fc.constantFrom(...EXPRESSIONS).map((expression) => ({ expression })),
        { nil: undefined },
      ),
    }),
    { maxLength: 4 },
  );

  const [first = "anonymous", second = "anonymous"] = PRINCIPALS;
  const BUCKET = "projects/_/buckets/b";
  const inBucket = fc.constantFrom(BUCKET, `${BUCKET}/objects/a/queues/b`);
  /** What boundaries are about: chance alone hardly ever allows anything of it. */
  const ofBucket = fc.tuple(
    fc.array(
      fc.record<Binding>({
        member: fc.constantFrom(first, second).filter((each) => each !== "anonymous"),
        role: fc.constantFrom(
          "roles/storage.objectViewer",
          "roles/storage.objectUser",
          "roles/storage.admin",
        ),
        resource: fc.constant(BUCKET),
        kind: fc.constant("role"),
      }),
      { maxLength: 4 },
    ),
    fc.record<AccessRequest>({
      principal: fc.constantFrom(first, second),
      permission: fc.constantFrom("storage.objects.get", "storage.objects.create"),
      resource: inBucket,
      attributes: fc.record({
        name: inBucket,
        type: fc.constantFrom("storage.googleapis.com/Bucket", "storage.googleapis.com/Object"),
        service: fc.constant("storage.googleapis.com"),
      }),
    }),
  );

  it("is never narrowed by taking a token's boundary away, and never widened by one", () => {
    const asked = fc.oneof(fc.tuple(bindings, shown), ofBucket);
    let both = 0;
    fc.assert(
      fc.property(asked, rules, times, ([declared, request], given, at) => {
        const boundary = given.map(({ availabilityCondition, ...rule }) => ({
          ...rule,
          ...(availabilityCondition && { availabilityCondition }),
        }));
        const policy = createPolicy(declared, GRANTABLE);
        const within = evaluate(policy, { ...request, boundary }, at).allowed;
        if (within) both++;
        if (within) expect(evaluate(policy, request, at).allowed).to.equal(true);
      }),
      { numRuns: 3000 },
    );
    expect(both, "requests that policy and boundary both allow").to.be.above(0);
  });
});
