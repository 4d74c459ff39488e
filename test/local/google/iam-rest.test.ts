import { expect } from "chai";
import { accountPolicies } from "../../../local/google/iam/account-policies.ts";
import { resourceManager } from "../../../local/google/project/index.ts";
import type { RestSimulator } from "../../../local/google/api.ts";
import { bodyOf } from "../../../local/http/message.ts";
import { FakeCloud, refusalOf } from "../../support/fake-cloud.ts";

const EMAIL = "a@switchyard-dev.iam.gserviceaccount.com";
const URL_OF_ACCOUNT = `https://iam.googleapis.com/v1/projects/-/serviceAccounts/${EMAIL}`;
const ACCOUNT = `projects/switchyard-dev/serviceAccounts/${EMAIL}`;
const PRINCIPAL = "user:developer@example.com";

function world() {
  const cloud = new FakeCloud();
  cloud.accounts.add(EMAIL);
  cloud.bindings.push({
    member: "allUsers",
    role: "roles/iam.serviceAccountUser",
    resource: ACCOUNT,
    kind: "role",
  });
  const ask = async (api: RestSimulator, url: string, body = "", method = "POST") => {
    const request = { method, url: new URL(url), headers: [], body: Buffer.from(body) };
    const answer = await api.handle(request, { principal: PRINCIPAL });
    return JSON.parse((await bodyOf(answer)).toString()) as Record<string, unknown>;
  };
  const iam = accountPolicies(cloud);
  return {
    cloud,
    account: (rest: string, body?: string, method?: string) =>
      ask(iam, `${URL_OF_ACCOUNT}${rest}`, body, method),
    elsewhere: (url: string) => ask(iam, url),
    project: (rest: string) =>
      ask(resourceManager(cloud), `https://cloudresourcemanager.googleapis.com/${rest}`),
  };
}

describe("the IAM methods over REST", () => {
  it("take the version from the query or from the body", async () => {
    const { account } = world();
    const bindings = [{ role: "roles/iam.serviceAccountUser", members: ["allUsers"] }];
    const asked: [rest: string, body: string][] = [
      [":getIamPolicy", ""],
      [":getIamPolicy?options.requestedPolicyVersion=3&alt=json", ""],
      [":getIamPolicy", '{"options":{"requestedPolicyVersion":3}}'],
    ];
    for (const [rest, body] of asked) {
      const { etag, ...policy } = await account(rest, body);
      expect(policy).to.deep.equal({ version: 1, bindings });
      expect(etag).to.match(/^[A-Za-z0-9+/]{11}=$/);
    }
  });

  it("ask for the permission before they say whether the resource is there", async () => {
    const { cloud, elsewhere } = world();
    const url = "https://iam.googleapis.com/v1/projects/-/serviceAccounts/nobody:getIamPolicy";
    expect((await refusalOf(elsewhere(url))).code).to.equal("NOT_FOUND");
    expect(cloud.questions).to.deep.equal([
      {
        principal: PRINCIPAL,
        permission: "iam.serviceAccounts.getIamPolicy",
        resource: "projects/switchyard-dev/serviceAccounts/nobody",
      },
    ]);
    cloud.refused.add("iam.serviceAccounts.getIamPolicy");
    expect((await refusalOf(elsewhere(url))).code).to.equal("PERMISSION_DENIED");
  });

  it("know the project by its id and its number, and no other", async () => {
    const { project } = world();
    const none = { etag: "ACAB" };
    expect(await project("v1/projects/switchyard-dev:getIamPolicy")).to.deep.equal(none);
    expect(await project("v3/projects/223080314602:getIamPolicy")).to.deep.equal(none);
    expect((await refusalOf(project("v1/projects/other:getIamPolicy"))).code).to.equal("NOT_FOUND");
  });

  it("ask nothing where permissions are tested, and answer nothing where none is held", async () => {
    const { cloud, account } = world();
    cloud.refused.add("iam.serviceAccounts.actAs");
    const tested = await account(
      ":testIamPermissions",
      '{"permissions":["iam.serviceAccounts.actAs"]}',
    );
    expect([tested, cloud.questions]).to.deep.equal([{}, []]);
  });

  const malformed: [what: string, rest: string, body: string, method: string, code: string][] = [
    [
      "a version that is no number",
      ":getIamPolicy?options.requestedPolicyVersion=x",
      "",
      "POST",
      "INVALID_ARGUMENT",
    ],
    ["a body that is no JSON", ":getIamPolicy", "{", "POST", "INVALID_ARGUMENT"],
    ["a body that is no object", ":testIamPermissions", "[]", "POST", "INVALID_ARGUMENT"],
    [
      "permissions that are no list",
      ":testIamPermissions",
      '{"permissions":"a"}',
      "POST",
      "INVALID_ARGUMENT",
    ],
    ["a field that is not honoured", ":getIamPolicy", '{"etag":"a"}', "POST", "INVALID_ARGUMENT"],
    ["a parameter that is not honoured", ":getIamPolicy?fields=etag", "", "POST", "UNIMPLEMENTED"],
    ["another HTTP method", ":getIamPolicy", "", "GET", "UNIMPLEMENTED"],
    ["another method", ":signJwt", "", "POST", "UNIMPLEMENTED"],
    ["a broken escape", "%zz:getIamPolicy", "", "POST", "INVALID_ARGUMENT"],
    ["a policy to set", ":setIamPolicy", '{"policy":{}}', "POST", "FAILED_PRECONDITION"],
  ];
  for (const [what, rest, body, method, code] of malformed) {
    it(`refuse ${what}`, async () => {
      const { account } = world();
      expect((await refusalOf(account(rest, body, method))).code).to.equal(code);
    });
  }
});
