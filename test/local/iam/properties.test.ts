import { expect } from "chai";
import fc from "fast-check";
import { createPolicy, evaluate } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding, Principal } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

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
        if (evaluate(createPolicy(declared, GRANTABLE), request).allowed) return;
        const fewer = declared.filter((_, index) => index !== n % Math.max(1, declared.length));
        expect(evaluate(createPolicy(fewer, GRANTABLE), request).allowed).to.equal(false);
      }),
    );
  });

  it("names a declared binding that allows the request by itself", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        const verdict = evaluate(createPolicy(declared, GRANTABLE), request);
        if (!verdict.allowed) return;
        expect(declared).to.include(verdict.by);
        expect(evaluate(createPolicy([verdict.by], GRANTABLE), request)).to.deep.equal(verdict);
      }),
    );
  });

  it("proposes a binding that allows the request, and nothing for the anonymous", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        const verdict = evaluate(createPolicy(declared, GRANTABLE), request);
        if (verdict.allowed) return;
        if (request.principal === "anonymous" || request.permission === HELD_BY_NONE) {
          expect(verdict.missing).to.equal(undefined);
          return;
        }
        const { missing } = verdict;
        if (missing === undefined) throw new Error("nothing proposed");
        expect(evaluate(createPolicy([missing], GRANTABLE), request)).to.deep.equal({
          allowed: true,
          by: missing,
        });
      }),
    );
  });

  it("allows exactly what one of the bindings allows alone", () => {
    fc.assert(
      fc.property(bindings, requests, (declared, request) => {
        expect(evaluate(createPolicy(declared, GRANTABLE), request).allowed).to.equal(
          declared.some((one) => evaluate(createPolicy([one], GRANTABLE), request).allowed),
        );
      }),
    );
  });
});
