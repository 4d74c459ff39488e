import { expect } from "chai";
import fc from "fast-check";
import { ApiError } from "../../../local/errors.ts";
import { permissionsHeld, policyView } from "../../../local/google/iam-policy.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";
import { createPolicy, evaluate } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding, Caller } from "../../../local/iam/types.ts";
import { FakeCloud } from "../../support/fake-cloud.ts";

const QUEUE = "projects/p/locations/l/queues/q";
const GOVERNED = { permissions: "cloudtasks.queues", on: { resource: QUEUE } };
const CONDITION = { title: "mornings", expression: 'request.time.getHours("UTC") < 12' };

const grant = (difference: Partial<Binding> = {}): Binding => ({
  member: "user:a@example.com",
  role: "roles/cloudtasks.viewer",
  resource: QUEUE,
  kind: "role",
  ...difference,
});

function cloudWith(...bindings: Binding[]): FakeCloud {
  const cloud = new FakeCloud();
  cloud.bindings.push(...bindings);
  return cloud;
}

function view(requested: number | undefined, ...bindings: Binding[]) {
  const { version, bindings: shown } = policyView(GOVERNED, requested, cloudWith(...bindings));
  return { version, shown };
}

describe("policyView", () => {
  const admin = "roles/cloudtasks.queueAdmin";
  const always = [
    grant({ member: "user:b@example.com" }),
    grant(),
    grant({ role: admin, kind: "google" }),
    grant({ resource: "projects/p" }),
  ];
  const shown = [
    { role: admin, members: ["user:a@example.com"] },
    { role: "roles/cloudtasks.viewer", members: ["user:a@example.com", "user:b@example.com"] },
  ];

  for (const requested of [undefined, 0, 1, 3]) {
    it(`is of version 1 without conditions, whatever is asked for: ${requested ?? "nothing"}`, () => {
      expect(view(requested, ...always)).to.deep.equal({ version: 1, shown });
    });
  }

  it("shows a condition in version 3, beside the same role without one", () => {
    const conditional = grant({ condition: CONDITION });
    expect(view(3, grant(), conditional)).to.deep.equal({
      version: 3,
      shown: [
        { role: "roles/cloudtasks.viewer", members: ["user:a@example.com"] },
        {
          role: "roles/cloudtasks.viewer",
          members: ["user:a@example.com"],
          condition: CONDITION,
        },
      ],
    });
  });

  for (const requested of [undefined, 0, 1]) {
    it(`tells of a condition by the role's name alone in version ${requested ?? "unsaid"}`, () => {
      const { version, shown: told } = view(requested, grant({ condition: CONDITION }));
      const [only, ...more] = told ?? [];
      expect({ version, keys: Object.keys(only ?? {}), more }).to.deep.equal({
        version: 1,
        keys: ["role", "members"],
        more: [],
      });
      expect(only?.role).to.match(/^roles\/cloudtasks\.viewer_withcond_[0-9a-f]{20}$/);
    });
  }

  it("is Google's empty one where nothing is granted", () => {
    const { etag, ...rest } = policyView(GOVERNED, undefined, cloudWith());
    expect([etag.toString("base64"), rest]).to.deep.equal(["ACAB", {}]);
  });

  it("refuses a version that there is not", () => {
    for (const requested of [2, 4, -1, NaN]) {
      expect(() => view(requested), String(requested))
        .to.throw(ApiError)
        .with.property("code", "INVALID_ARGUMENT");
    }
  });

  it("has an etag that follows what is granted, in whatever order, and nothing else", () => {
    const etagOf = (...bindings: Binding[]) =>
      policyView(GOVERNED, 3, cloudWith(...bindings)).etag.toString("hex");
    const grants = fc.uniqueArray(
      fc.record({
        member: fc.constantFrom("user:a@example.com", "user:b@example.com", "allUsers"),
        role: fc.constantFrom("roles/cloudtasks.viewer", admin),
        condition: fc.option(fc.constant(CONDITION), { nil: undefined }),
      }),
      { selector: (each) => JSON.stringify(each), minLength: 1 },
    );
    fc.assert(
      fc.property(grants, (chosen) => {
        const bindings = chosen.map(({ condition, ...rest }) =>
          grant({ ...rest, ...(condition && { condition }) }),
        );
        expect(etagOf(...bindings.toReversed())).to.equal(etagOf(...bindings));
        expect(etagOf(...bindings.slice(1))).not.to.equal(etagOf(...bindings));
      }),
    );
  });
});

describe("permissionsHeld", () => {
  const caller = { principal: "user:a@example.com" } as const;
  const held = (asked: readonly string[], refused: readonly string[] = []) => {
    const cloud = new FakeCloud();
    for (const permission of refused) cloud.refused.add(permission);
    return permissionsHeld(GOVERNED, asked, { cloud, caller });
  };

  it("answers in the order of the question", () => {
    const asked = ["cloudtasks.queues.pause", "cloudtasks.queues.get", "cloudtasks.queues.delete"];
    expect(held(asked, ["cloudtasks.queues.get"])).to.deep.equal([asked[0], asked[2]]);
  });

  it("asks for the caller with its boundary, on the resource as its service shows it", () => {
    const questions: unknown[] = [];
    const boundary = [{ availableResource: "//x", availablePermissions: ["inRole:roles/y"] }];
    const attributes = { name: QUEUE, type: "t", service: "s" };
    const on = { resource: QUEUE, parent: "projects/p", attributes };
    permissionsHeld({ ...GOVERNED, on }, ["a.b.c"], {
      cloud: { isAllowed: (question) => questions.push(question) > 0 },
      caller: { ...caller, boundary },
    });
    expect(questions).to.deep.equal([
      {
        ...caller,
        boundary,
        resource: QUEUE,
        parent: "projects/p",
        attributes,
        permission: "a.b.c",
      },
    ]);
  });

  it("answers what both the policy and the boundary of the caller's token allow", () => {
    const resource = "projects/_/buckets/b";
    const policy = createPolicy([grant({ role: "roles/storage.objectUser", resource })], GRANTABLE);
    const cloud = { isAllowed: (request: AccessRequest) => evaluate(policy, request, 0).allowed };
    const governed = { permissions: "storage.buckets", on: { resource } };
    const asked = ["storage.objects.list", "storage.objects.create", "storage.buckets.get"];
    const within = (role: string): Caller => ({
      ...caller,
      boundary: [
        {
          availableResource: `//storage.googleapis.com/${resource}`,
          availablePermissions: [`inRole:${role}`],
        },
      ],
    });
    const answers = [
      caller,
      within("roles/storage.admin"),
      within("roles/storage.objectViewer"),
    ].map((each) => permissionsHeld(governed, asked, { cloud, caller: each }));
    expect(answers).to.deep.equal([asked.slice(0, 2), asked.slice(0, 2), asked.slice(0, 1)]);
  });

  it("refuses wildcards, and more than a hundred at once", () => {
    const many = Array.from({ length: 101 }, (_, index) => `a.b.c${index}`);
    for (const asked of [["cloudtasks.*"], many]) {
      expect(() => held(asked))
        .to.throw(ApiError)
        .with.property("code", "INVALID_ARGUMENT");
    }
    expect(held(many.slice(1))).to.have.length(100);
  });
});
