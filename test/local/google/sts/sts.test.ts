import { expect } from "chai";
import fc from "fast-check";
import { answerRest } from "../../../../local/gateway/rest-simulator.ts";
import { securityTokens } from "../../../../local/google/sts/index.ts";
import { bodyOf } from "../../../../local/http/message.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";

const PRINCIPAL = "serviceAccount:producer@switchyard-dev.iam.gserviceaccount.com";
const BUCKET = "//storage.googleapis.com/projects/_/buckets/switchyard-dev-work";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

const RULE = {
  availableResource: BUCKET,
  availablePermissions: ["inRole:roles/storage.objectViewer"],
  availabilityCondition: {
    expression: "resource.name.startsWith('projects/_/buckets/switchyard-dev-work/objects/t1/')",
  },
};

describe("the exchange of access tokens", () => {
  let cloud: FakeCloud;
  let source: string;

  beforeEach(() => {
    cloud = new FakeCloud();
    source = cloud.identity.accessToken({ principal: PRINCIPAL }).token;
  });

  interface Answer {
    readonly status: number;
    readonly body: Readonly<Record<string, unknown>>;
  }

  async function post(body: string, path = "/v1/token"): Promise<Answer> {
    const answer = await answerRest(
      securityTokens(cloud),
      {
        method: "POST",
        url: new URL(`https://sts.googleapis.com${path}`),
        headers: [["content-type", "application/x-www-form-urlencoded"]],
        body: Buffer.from(body),
      },
      { cloud, callerOf: cloud.identity.callerOf },
    );
    const text = (await bodyOf(answer)).toString();
    return { status: answer.status, body: JSON.parse(text) as Answer["body"] };
  }

  function fields(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      requested_token_type: ACCESS_TOKEN,
      subject_token_type: ACCESS_TOKEN,
      subject_token: source,
      options: optionsOf(RULE),
      ...more,
    };
  }

  const exchange = (more?: Readonly<Record<string, string>>): Promise<Answer> =>
    post(new URLSearchParams(fields(more)).toString());

  it("gives the same access within the boundary, without any permission", async () => {
    const { status, body } = await exchange();
    const { access_token: token, ...others } = body;
    expect([status, others]).to.deep.equal([
      200,
      { issued_token_type: ACCESS_TOKEN, token_type: "Bearer", expires_in: 3600 },
    ]);
    expect(cloud.identity.callerOf(String(token))).to.deep.equal({
      principal: PRINCIPAL,
      boundary: [RULE],
    });
    expect(cloud.questions).to.deep.equal([]);
  });

  it("ends with the token that was exchanged", async () => {
    await cloud.clock.advance({ seconds: 3000 });
    const { body } = await exchange();
    expect(body.expires_in).to.equal(600);
    await cloud.clock.advance({ seconds: 600 });
    expect(cloud.identity.callerOf(String(body.access_token))).to.equal(undefined);
  });

  it("does not say when a person's token ends", async () => {
    const person = cloud.identity.accessToken({ principal: "user:dev@example.com" }).token;
    expect((await exchange({ subject_token: person })).body).to.have.all.keys(
      "access_token",
      "issued_token_type",
      "token_type",
    );
  });

  const wrong: [
    what: string,
    fields: Readonly<Record<string, string>>,
    error: string,
    says: string,
  ][] = [
    [
      "another grant",
      { grant_type: "refresh_token" },
      "unsupported_grant_type",
      "grant_type must be",
    ],
    [
      "a token of another kind",
      { subject_token_type: "urn:ietf:params:oauth:token-type:jwt" },
      "invalid_request",
      "subject_token_type must be",
    ],
    ["no token", { subject_token: "" }, "invalid_request", "subject_token is required."],
    [
      "a token that is none",
      { subject_token: "ya29.x" },
      "invalid_grant",
      "The subject token is not good",
    ],
    ["no options", { options: "" }, "invalid_request", "options: JSON"],
    [
      "options that are no boundary",
      { options: "{}" },
      "invalid_request",
      "options: accessBoundary",
    ],
    [
      "a field of another exchange",
      { audience: "//iam" },
      "invalid_request",
      "The field audience is not",
    ],
    ["no rule", { options: optionsOf() }, "invalid_request", "1 to 10 rules"],
    [
      "eleven rules",
      { options: optionsOf(...Array.from({ length: 11 }, () => RULE)) },
      "invalid_request",
      "1 to 10 rules",
    ],
    [
      "a permission by its own name",
      { options: optionsOf({ ...RULE, availablePermissions: ["storage.objects.get"] }) },
      "invalid_request",
      "storage.objects.get is not inRole:",
    ],
    [
      "no permission",
      { options: optionsOf({ ...RULE, availablePermissions: [] }) },
      "invalid_request",
      "rule 1: it makes no permission available",
    ],
    [
      "another service",
      { options: optionsOf({ ...RULE, availableResource: "//pubsub.googleapis.com/projects/p" }) },
      "invalid_request",
      "//pubsub.googleapis.com/projects/p is not a bucket",
    ],
    [
      "an expression that cannot be read",
      { options: optionsOf({ ...RULE, availabilityCondition: { expression: "resource.name.(" } }) },
      "invalid_request",
      "rule 1: ",
    ],
  ];
  for (const [what, more, error, says] of wrong) {
    it(`is refused with ${what}`, async () => {
      const { status, body } = await exchange(more);
      expect([status, body.error]).to.deep.equal([400, error]);
      expect(body.error_description).to.include(says);
    });
  }

  it("is refused for a token that has a boundary already", async () => {
    const { body } = await exchange();
    const again = await exchange({ subject_token: String(body.access_token) });
    expect(again.body).to.deep.equal({
      error: "invalid_request",
      error_description: "The subject token has a boundary already.",
    });
  });

  it("is refused where a field comes twice, and where the request is too large", async () => {
    const twice = `${new URLSearchParams(fields()).toString()}&subject_token=x`;
    expect((await post(twice)).body.error_description).to.include("more than once");
    const large = { options: " ".repeat(200_000) };
    expect((await exchange(large)).body.error_description).to.equal("The request is too large.");
  });

  it("never repeats a token in what it says", async () => {
    for (const [name, value] of [
      ["grant_type", "x"],
      ["options", ""],
      ["audience", "x"],
    ] as const) {
      expect(JSON.stringify((await exchange({ [name]: value })).body)).not.to.include(source);
    }
  });

  it("answers any options with an error of OAuth", async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (options) => {
        const { status, body } = await exchange({ options });
        expect([status, body.error]).to.deep.equal([400, "invalid_request"]);
      }),
      { numRuns: 100 },
    );
  });

  it("is all there is, at its own path", async () => {
    expect((await post("", "/v1/introspect")).status).to.equal(501);
    expect((await post("", "/v1/token?x=1")).status).to.equal(501);
  });
});

function optionsOf(...accessBoundaryRules: object[]): string {
  return JSON.stringify({ accessBoundary: { accessBoundaryRules } });
}
