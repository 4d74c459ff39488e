import { expect } from "chai";
import type { Binding } from "../../../local/iam/types.ts";
import { onPlatform } from "../../support/platform.ts";

const BUCKET = "switchyard-dev-worker-deliveries";
const ACCOUNT = "enqueuer-api@switchyard-dev.iam.gserviceaccount.com";
const GOOGLE = "https://www.googleapis.com";
const OBJECTS = `${GOOGLE}/storage/v1/b/${BUCKET}/o`;
const UPLOAD = `${GOOGLE}/upload/storage/v1/b/${BUCKET}/o?uploadType=media`;
const CREDENTIALS = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${ACCOUNT}`;
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

onPlatform("Google's services together, in the whole local cloud", (p) => {
  before(async () => {
    const present = p.cloud.declared();
    const member = present.developer;
    const added: Binding[] = [
      { role: "roles/storage.objectUser", resource: `projects/_/buckets/${BUCKET}` },
      {
        role: "roles/iam.serviceAccountTokenCreator",
        resource: `projects/switchyard-dev/serviceAccounts/${ACCOUNT}`,
      },
    ].map((granted) => ({ member, kind: "role", ...granted }));
    await p.cloud.apply({ ...present, bindings: [...present.bindings, ...added] });
  });

  interface Tokens {
    readonly access_token?: string;
    readonly accessToken?: string;
    readonly error?: string;
  }

  it("answer for Cloud Storage on the host of Google's keys, which stay where they are", async () => {
    const put = { method: "POST", body: "1" };
    expect((await p.as("developer", `${UPLOAD}&name=t1/a`, put)).status).to.equal(200);
    expect((await p.as("developer", `${OBJECTS}/t1%2Fa?alt=media`)).body).to.equal(1);
    const keys = await p.through(`${GOOGLE}/oauth2/v3/certs`);
    expect(keys.body).to.have.property("keys");
    const account = await p.through(`${GOOGLE}/service_accounts/v1/jwk/${ACCOUNT}`);
    expect(account.body).to.have.property("keys");
    expect(account.body).not.to.deep.equal(keys.body);
    const nobody = `${GOOGLE}/service_accounts/v1/jwk/nobody@switchyard-dev.iam.gserviceaccount.com`;
    expect((await p.through(nobody)).status).not.to.equal(200);
  });

  it("give a token of an account to who may have it, which may then what the account may", async () => {
    const method = "POST";
    const body = { scope: ["https://www.googleapis.com/auth/cloud-platform"] };
    const answer = await p.as("developer", `${CREDENTIALS}:generateAccessToken`, { method, body });
    const { accessToken = "" } = answer.body as Tokens;
    const headers = { authorization: `Bearer ${accessToken}` };
    const denied = await p.through(`${OBJECTS}/t1%2Fa`, { headers });
    expect(denied.status).to.equal(403);
    expect(JSON.stringify(denied.body)).to.include(`${ACCOUNT} does not have`);
    const other = await p.as("tasks-dispatcher", `${CREDENTIALS}:generateAccessToken`, {
      method,
      body,
    });
    expect(other.status).to.equal(403);
  });

  it("cut a token down to one prefix, and name the boundary where it is not enough", async () => {
    const { accessToken = "" } = (
      await p.as("developer", `${CREDENTIALS}:generateAccessToken`, {
        method: "POST",
        body: { scope: ["https://www.googleapis.com/auth/cloud-platform"] },
      })
    ).body as Tokens;
    const present = p.cloud.declared();
    const granted: Binding = {
      member: `serviceAccount:${ACCOUNT}`,
      role: "roles/storage.objectUser",
      resource: `projects/_/buckets/${BUCKET}`,
      kind: "role",
    };
    await p.cloud.apply({ ...present, bindings: [...present.bindings, granted] });
    const options = {
      accessBoundary: {
        accessBoundaryRules: [
          {
            availableResource: `//storage.googleapis.com/projects/_/buckets/${BUCKET}`,
            availablePermissions: ["inRole:roles/storage.objectViewer"],
            availabilityCondition: {
              expression: `resource.name.startsWith('projects/_/buckets/${BUCKET}/objects/t1/')`,
            },
          },
        ],
      },
    };
    const exchanged = await p.through("https://sts.googleapis.com/v1/token", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        requested_token_type: ACCESS_TOKEN,
        subject_token_type: ACCESS_TOKEN,
        subject_token: accessToken,
        options: JSON.stringify(options),
      }).toString(),
    });
    const { access_token: token = "" } = exchanged.body as Tokens;
    const headers = { authorization: `Bearer ${token}` };
    expect((await p.through(`${OBJECTS}/t1%2Fa`, { headers })).status).to.equal(200);
    const beyond = await p.through(`${OBJECTS}/t2%2Fa`, { headers });
    expect(beyond.status).to.equal(403);
    expect(JSON.stringify(beyond.body)).to.include(
      "the boundary of its token does not make storage.objects.get available",
    );
    const writing = { method: "POST", headers, body: "2" };
    expect((await p.through(`${UPLOAD}&name=t1/a`, writing)).status).to.equal(403);
    const tested = "permissions=storage.objects.list&permissions=storage.objects.get";
    const url = `${GOOGLE}/storage/v1/b/${BUCKET}/iam/testPermissions?${tested}`;
    expect((await p.through(url, { headers })).body).to.deep.equal({
      kind: "storage#testIamPermissionsResponse",
      permissions: [],
    });
    const whole = { authorization: `Bearer ${accessToken}` };
    expect((await p.through(url, { headers: whole })).body).to.have.deep.property("permissions", [
      "storage.objects.list",
      "storage.objects.get",
    ]);
  });
});
