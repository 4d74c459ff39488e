import { expect } from "chai";
import { createAuthorize } from "../../../../local/iam/authorize.ts";
import { createPolicy } from "../../../../local/iam/evaluate.ts";
import { Feed } from "../../../../local/iam/feed.ts";
import type { Binding } from "../../../../local/iam/types.ts";
import {
  API,
  BUCKET,
  INSERT,
  OBJECTS,
  SETTINGS,
  StorageFixture,
  WRITER,
  refusalIn,
} from "./bucket.ts";
import { GRANTABLE } from "../../../../local/google/grantable.ts";

const ON_BUCKET = `projects/_/buckets/${BUCKET}`;
const ON_PROJECT = "projects/switchyard-dev";
const A = `${ON_BUCKET}/objects/x/queues/a`;
const NAMED = "x%2Fqueues%2Fa";
const OTHER = `${BUCKET}-2`;
const THERE = `${ON_BUCKET}/objects/there`;

/** A fixture under the given rows, all for one account. */
function under(...rows: [role: string, resource: string][]): StorageFixture {
  const fixture = new StorageFixture();
  const { clock, log } = fixture.cloud;
  const bindings = rows.map(([role, resource]): Binding => ({
    member: WRITER,
    role,
    resource,
    kind: "role",
  }));
  const policy = createPolicy(bindings, GRANTABLE);
  fixture.cloud.authorize = createAuthorize({
    policy: () => policy,
    mode: "enforce",
    feed: new Feed(),
    clock,
    log,
  });
  return fixture;
}

describe("access to Cloud Storage", () => {
  const insert = `${INSERT}?name=${NAMED}&uploadType=`;
  const asked: [
    method: string,
    url: string,
    body: object | undefined,
    ...questions: [string, string][],
  ][] = [
    ["GET", `${API}/b?project=switchyard-dev`, undefined, ["buckets.list", ON_PROJECT]],
    ["POST", `${API}/b?project=switchyard-dev`, { name: "new" }, ["buckets.create", ON_PROJECT]],
    ["GET", `${API}/b/${BUCKET}`, undefined, ["buckets.get", ON_BUCKET]],
    ["PATCH", `${API}/b/${BUCKET}`, {}, ["buckets.update", ON_BUCKET]],
    ["DELETE", `${API}/b/${BUCKET}`, undefined, ["buckets.delete", ON_BUCKET]],
    ["GET", OBJECTS, undefined, ["objects.list", ON_BUCKET]],
    ["GET", `${OBJECTS}/${NAMED}`, undefined, ["objects.get", A]],
    ["GET", `${OBJECTS}/${NAMED}?alt=media`, undefined, ["objects.get", A]],
    ["DELETE", `${OBJECTS}/${NAMED}`, undefined, ["objects.delete", A]],
    ["PATCH", `${OBJECTS}/${NAMED}`, {}, ["objects.get", A], ["objects.update", A]],
    ["PUT", `${OBJECTS}/${NAMED}`, {}, ["objects.update", A]],
    [
      "POST",
      `${OBJECTS}/${NAMED}/copyTo/b/${OTHER}/o/new`,
      undefined,
      ["objects.get", A],
      ["objects.create", `projects/_/buckets/${OTHER}/objects/new`],
    ],
    [
      "POST",
      `${OBJECTS}/${NAMED}/rewriteTo/b/${BUCKET}/o/there`,
      undefined,
      ["objects.get", A],
      ["objects.create", THERE],
      ["objects.delete", THERE],
    ],
    [
      "POST",
      `${OBJECTS}/${NAMED}/moveTo/o/there`,
      undefined,
      ["objects.move", A],
      ["objects.create", THERE],
      ["objects.delete", THERE],
    ],
    [
      "POST",
      `${OBJECTS}/there/compose`,
      { sourceObjects: [{ name: "x/queues/a" }, { name: "there" }] },
      ["objects.get", A],
      ["objects.get", THERE],
      ["objects.create", THERE],
      ["objects.delete", THERE],
    ],
    [
      "POST",
      `${OBJECTS}/${NAMED}/restore?generation=1`,
      undefined,
      ["objects.restore", A],
      ["objects.list", ON_BUCKET],
    ],
    [
      "GET",
      `${OBJECTS}/${NAMED}?softDeleted=true&generation=1`,
      undefined,
      ["objects.get", A],
      ["objects.list", ON_BUCKET],
    ],
    ["POST", `${insert}media`, {}, ["objects.create", A], ["objects.delete", A]],
    ["POST", `${insert}resumable`, {}, ["objects.create", A], ["objects.delete", A]],
    [
      "GET",
      `${OBJECTS}/missing`,
      undefined,
      ["objects.get", `${ON_BUCKET}/objects/missing`],
      ["objects.list", ON_BUCKET],
    ],
    [
      "POST",
      `${INSERT}?name=new&uploadType=media`,
      {},
      ["objects.create", `${ON_BUCKET}/objects/new`],
    ],
  ];
  for (const [method, url, body, ...questions] of asked) {
    const needed = questions.map(([permission]) => permission).join(" and ");
    it(`of ${method} ${url.replace(/^.*?v1/, "")} needs ${needed}`, async () => {
      const fixture = new StorageFixture();
      fixture.storage.declareBucket({ name: OTHER, ...SETTINGS });
      for (const name of ["x/queues/a", "there"]) {
        fixture.storage.putObject(BUCKET, name, Buffer.from("1"), "text/plain");
      }
      await fixture.ask(method, url, body && { body });
      expect(
        fixture.cloud.questions.map(({ principal, permission, resource }) => [
          principal,
          permission,
          resource,
        ]),
      ).to.deep.equal(
        questions.map(([permission, resource]) => [WRITER, `storage.${permission}`, resource]),
      );
    });
  }

  it("shows conditions an object, a bucket and the prefix of a list, or the project", async () => {
    const fixture = new StorageFixture();
    fixture.storage.putObject(BUCKET, "x/a", Buffer.from("1"), "text/plain");
    await fixture.ask("GET", `${OBJECTS}/x%2Fa`);
    await fixture.ask("GET", `${OBJECTS}?prefix=x%2F`);
    await fixture.ask("GET", OBJECTS);
    await fixture.ask("GET", `${API}/b/${BUCKET}`);
    await fixture.ask("GET", `${API}/b?project=switchyard-dev`);
    const service = "storage.googleapis.com";
    const bucket = { name: ON_BUCKET, type: `${service}/Bucket`, service };
    const listed = (prefix: string) => ({
      ...bucket,
      api: { "storage.googleapis.com/objectListPrefix": prefix },
    });
    expect(fixture.cloud.questions.map(({ attributes }) => attributes)).to.deep.equal([
      { name: `${ON_BUCKET}/objects/x/a`, type: `${service}/Object`, service },
      listed("x/"),
      listed(""),
      bucket,
      {
        type: "cloudresourcemanager.googleapis.com/Project",
        service: "cloudresourcemanager.googleapis.com",
      },
    ]);
  });

  it("is given on the bucket, and on the project that the bucket's name does not say", async () => {
    for (const resource of [ON_BUCKET, ON_PROJECT]) {
      const fixture = under(["roles/storage.objectUser", resource]);
      expect((await fixture.put("x/queues/a", "1")).status, resource).to.equal(200);
      expect(await fixture.read("x/queues/a"), resource).to.equal("1");
    }
    for (const resource of [`${ON_BUCKET}-2`, "projects/another"]) {
      const fixture = under(["roles/storage.objectUser", resource]);
      expect((await fixture.put("x/queues/a", "1")).status, resource).to.equal(403);
    }
  });

  it("is denied in Google's words and with the row that would allow it", async () => {
    const message =
      "plan-app@switchyard-dev.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object. " +
      "Permission 'storage.objects.create' denied on resource (or it may not exist). " +
      `Switchyard: ${WRITER} needs roles/storage.objectCreator on ${ON_BUCKET}; name callers and operators in the stack's config, add any other row in infra/.`;
    expect(refusalIn(await under().put("x/queues/a", "1"))).to.deep.equal({
      status: 403,
      code: 403,
      message,
      errors: [{ message, domain: "global", reason: "forbidden" }],
    });
  });

  it("names the bucket or the project where it is about them", async () => {
    const fixture = under();
    const denials: [url: string, what: string, row: string][] = [
      [OBJECTS, "Google Cloud Storage bucket", `roles/storage.objectViewer on ${ON_BUCKET}`],
      [
        `${API}/b?project=switchyard-dev`,
        "Google Cloud project",
        `roles/storage.bucketViewer on ${ON_PROJECT}`,
      ],
    ];
    for (const [url, what, row] of denials) {
      const { body } = await fixture.ask("GET", url);
      expect(body.error?.message)
        .to.include(` access to the ${what}. Permission`)
        .and.to.include(` needs ${row};`);
    }
  });

  it("of who may create lets them create and not replace", async () => {
    const fixture = under(["roles/storage.objectCreator", ON_BUCKET]);
    expect((await fixture.put("a", "1")).status).to.equal(200);
    const refused = await fixture.put("a", "2");
    expect(refused.status).to.equal(403);
    expect(refused.body.error?.message).to.include("storage.objects.delete");
    expect((await fixture.put("a", "2", "&ifGenerationMatch=0")).status).to.equal(412);
    expect(await fixture.read("a")).to.equal(403);
  });

  it("of who may not list does not tell that an object is missing", async () => {
    const fixture = new StorageFixture();
    expect(await fixture.read("missing")).to.equal(404);
    fixture.cloud.refused.add("storage.objects.list");
    expect(await fixture.read("missing")).to.equal(403);
  });

  it("goes on in the name of who began an upload, whoever sends its bytes", async () => {
    const fixture = under(["roles/storage.objectCreator", ON_BUCKET]);
    const { headers } = await fixture.ask("POST", `${INSERT}?uploadType=resumable&name=a`);
    fixture.storage.putObject(BUCKET, "a", Buffer.from("faster"), "text/plain");
    expect((await fixture.ask("PUT", headers.location ?? "", { body: "late" })).status).to.equal(
      403,
    );
  });

  it("needs a token", async () => {
    const fixture = new StorageFixture();
    const answer = await fixture.ask("GET", OBJECTS, { headers: { authorization: "" } });
    expect([answer.status, answer.body.error?.errors]).to.deep.equal([
      401,
      [
        {
          message: answer.body.error?.message,
          domain: "global",
          reason: "required",
          locationType: "header",
          location: "Authorization",
        },
      ],
    ]);
  });

  it("by a token with a boundary needs a bucket whose access is uniform", async () => {
    const fixture = new StorageFixture();
    fixture.storage.declareBucket({ name: OTHER, ...SETTINGS, uniformBucketLevelAccess: false });
    fixture.caller = { principal: WRITER, boundary: [] };
    expect((await fixture.ask("GET", OBJECTS)).status).to.equal(200);
    for (const answer of [
      await fixture.ask("GET", OBJECTS.replace(BUCKET, OTHER)),
      await fixture.ask("POST", `${OBJECTS}/a/copyTo/b/${OTHER}/o/a`),
    ]) {
      expect([answer.status, answer.body.error?.message]).to.deep.equal([
        403,
        `A token with a boundary needs uniform bucket-level access, which ${OTHER} does not have.`,
      ]);
    }
  });
});
