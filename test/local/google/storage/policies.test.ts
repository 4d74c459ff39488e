import { expect } from "chai";
import { API, BUCKET, refusalIn, StorageFixture, WRITER } from "./bucket.ts";

const RESOURCE = `projects/_/buckets/${BUCKET}`;
const IAM = `${API}/b/${BUCKET}/iam`;
const CONDITION = { title: "leases", expression: 'resource.name.endsWith("/lease")' };
const ROLE = "roles/storage.objectViewer";

describe("the policy of a bucket", () => {
  let fixture: StorageFixture;
  beforeEach(() => {
    fixture = new StorageFixture();
  });

  function grant(more: object = {}): void {
    fixture.cloud.bindings.push({
      member: WRITER,
      role: ROLE,
      resource: RESOURCE,
      kind: "role",
      ...more,
    });
  }

  it("is shown as the JSON API writes it, and needs its permission on the bucket", async () => {
    grant();
    const { etag, ...policy } = (await fixture.ask("GET", IAM)).body;
    expect(policy).to.deep.equal({
      kind: "storage#policy",
      resourceId: RESOURCE,
      version: 1,
      bindings: [{ role: ROLE, members: [WRITER] }],
    });
    expect(etag).to.be.a("string");
    expect(fixture.cloud.questions).to.deep.equal([
      {
        principal: WRITER,
        permission: "storage.buckets.getIamPolicy",
        resource: RESOURCE,
        parent: "projects/switchyard-dev",
        attributes: {
          name: RESOURCE,
          type: "storage.googleapis.com/Bucket",
          service: "storage.googleapis.com",
        },
      },
    ]);
    fixture.cloud.refused.add("storage.buckets.getIamPolicy");
    expect((await fixture.ask("GET", IAM)).status).to.equal(403);
  });

  it("is not shown in a version that has no conditions where it has some", async () => {
    grant({ condition: CONDITION });
    const older = await fixture.ask("GET", `${IAM}?optionsRequestedPolicyVersion=1`);
    const message = "The policy has conditions, which only policy version 3 can show.";
    expect(refusalIn(older)).to.deep.equal({
      status: 400,
      code: 400,
      message,
      errors: [{ message, domain: "global", reason: "invalid" }],
    });
    expect((await fixture.ask("GET", IAM)).status).to.equal(400);
    const { body } = await fixture.ask("GET", `${IAM}?optionsRequestedPolicyVersion=3`);
    expect([body.version, body.bindings]).to.deep.equal([
      3,
      [{ role: ROLE, members: [WRITER], condition: CONDITION }],
    ]);
  });

  it("tells which permissions are held, asking IAM without a trace", async () => {
    fixture.cloud.refused.add("storage.objects.get");
    const query = "permissions=storage.objects.get&permissions=storage.objects.list";
    const { body } = await fixture.ask("GET", `${IAM}/testPermissions?${query}`);
    expect(body).to.deep.equal({
      kind: "storage#testIamPermissionsResponse",
      permissions: ["storage.objects.list"],
    });
    expect(fixture.cloud.questions).to.deep.equal([]);
  });

  it("cannot be set", async () => {
    const answer = await fixture.ask("PUT", IAM, { body: { bindings: [] } });
    const message = `The policy of ${RESOURCE} is what the program declares. Change its rows in infra/systems/<system>/access.ts, and save.`;
    expect(refusalIn(answer)).to.deep.equal({
      status: 400,
      code: 400,
      message,
      errors: [{ message, domain: "global", reason: "failedPrecondition" }],
    });
  });

  it("is that of a bucket that exists", async () => {
    for (const [method, rest] of [
      ["GET", ""],
      ["PUT", ""],
      ["GET", "/testPermissions?permissions=storage.objects.get"],
    ] as const) {
      const url = `${API}/b/no-such-bucket/iam${rest}`;
      expect((await fixture.ask(method, url)).status, `${method} ${rest}`).to.equal(404);
    }
  });
});
