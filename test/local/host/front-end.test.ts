import { expect } from "chai";
import { ManualClock } from "../../../local/clock.ts";
import { admit } from "../../../local/host/front-end.ts";
import { bodyOf, type Headers, type LocalResponse } from "../../../local/http/message.ts";
import { createAuthorize, type IamMode } from "../../../local/iam/authorize.ts";
import { createPolicy, evaluate } from "../../../local/iam/evaluate.ts";
import { Feed } from "../../../local/iam/feed.ts";
import type { Authorize, Binding, Member } from "../../../local/iam/types.ts";
import { createIssuer, REMOVED_SIGNATURE } from "../../../local/identity/issuer.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const URL_OF_BRAIN = "https://brain-123.us-central1.run.app";
const BRAIN = "projects/demo/locations/us-central1/services/brain";
const DISPATCHER = "tasks-dispatcher@demo.iam.gserviceaccount.com";
const STRANGER = "stranger@demo.iam.gserviceaccount.com";
const DEVELOPER = "developer@example.com";

const issuer = createIssuer();

function invoker(member: Member): Binding {
  return { member, role: "roles/run.invoker", resource: BRAIN, kind: "role" };
}

/** Brain's front end: its dispatcher and a person may call it. */
async function admission(
  headers: Headers,
  {
    mode = "enforce",
    isPublic = false,
    path = "/process",
    authorize,
  }: { mode?: IamMode; isPublic?: boolean; path?: string; authorize?: Authorize } = {},
) {
  const members = [`serviceAccount:${DISPATCHER}`, `user:${DEVELOPER}`];
  const policy = createPolicy(
    [...members, ...(isPublic ? ["allUsers"] : [])].map(invoker),
    GRANTABLE,
  );
  const feed = new Feed();
  const clock = new ManualClock();
  const log = (): void => undefined;
  const heard: string[] = [];
  const outcome = await admit(
    { method: "POST", url: new URL(path, URL_OF_BRAIN), headers, body: Buffer.alloc(0) },
    {
      url: URL_OF_BRAIN,
      resource: BRAIN,
      isPublic: () => evaluate(policy, { ...ANYBODY, resource: BRAIN }, clock.now()).allowed,
      authorize: authorize ?? createAuthorize({ policy: () => policy, mode, feed, clock, log }),
      issuer,
      onUnauthorized: (reason) => void heard.push(reason),
    },
  );
  return { ...outcome, heard };
}

async function sent(headers: Headers, options: Parameters<typeof admission>[1] = {}) {
  const outcome = await admission(headers, options);
  return "admitted" in outcome ? outcome.admitted.headers : shown(outcome.refused);
}

const ANYBODY = { principal: "anonymous", permission: "run.routes.invoke" } as const;

async function shown(refused: LocalResponse): Promise<[number, string]> {
  return [refused.status, (await bodyOf(refused)).toString()];
}

async function bearer(email: string, audience = URL_OF_BRAIN): Promise<string> {
  return `Bearer ${await issuer.idToken({ email, audience })}`;
}

async function withoutSignature(email: string): Promise<string> {
  const [header, payload] = (await bearer(email)).split(".");
  return [header, payload, REMOVED_SIGNATURE].join(".");
}

const NOT_ALLOWED =
  "Your client does not have permission to get URL /process from this server.\n" +
  `Permission 'run.routes.invoke' denied on resource '${BRAIN}' (or resource may not exist). Switchyard: `;
const REFUSED = "Your client does not have permission to the requested URL.";
const UNAUTHORIZED = `${REFUSED}\nSwitchyard: the token`;

describe("Cloud Run's front end", () => {
  it("refuses a request without a token: 403", async () => {
    expect(await sent([])).to.deep.equal([
      403,
      `${NOT_ALLOWED}the request carries no identity, and run.routes.invoke on ${BRAIN} is not public; send a token.\n`,
    ]);
  });

  it("refuses what is not an ID token of Google's: 401", async () => {
    const forged = await createIssuer().idToken({ email: DISPATCHER, audience: URL_OF_BRAIN });
    const access = issuer.accessToken({ principal: `serviceAccount:${DISPATCHER}` });
    for (const token of ["garbage", forged, access.token]) {
      expect(await sent([["Authorization", `Bearer ${token}`]])).to.deep.equal([
        401,
        `${UNAUTHORIZED} is not an ID token signed by Google, or has expired.\n`,
      ]);
    }
  });

  for (const [what, audience] of [
    ["the service's URL", URL_OF_BRAIN],
    ["the service's URL with a slash", `${URL_OF_BRAIN}/`],
    ["the called URL", `${URL_OF_BRAIN}/process`],
    ["gcloud's own", "32555940559.apps.googleusercontent.com"],
  ] as const) {
    it(`takes ${what} for the audience, whatever the query`, async () => {
      for (const email of [DISPATCHER, DEVELOPER]) {
        const headers: Headers = [["Authorization", await bearer(email, audience)]];
        expect(await admission(headers, { path: "/process?a=1" })).to.have.property("admitted");
      }
    });
  }

  for (const audience of [
    "https://other-123.us-central1.run.app",
    `${URL_OF_BRAIN}/other`,
    `${URL_OF_BRAIN}/process/`,
    `${URL_OF_BRAIN}/process?a=1`,
    `${URL_OF_BRAIN}/process#a`,
    `${URL_OF_BRAIN}?`,
    URL_OF_BRAIN.replace("https:", "http:"),
    new URL(URL_OF_BRAIN).host,
    "764086051850.apps.googleusercontent.com",
  ]) {
    it(`refuses a token for ${audience}: 401, and says why`, async () => {
      const headers: Headers = [["Authorization", await bearer(DISPATCHER, audience)]];
      const why = `the token's audience is ${audience}, but this service is ${URL_OF_BRAIN}`;
      const outcome = await admission(headers, { path: "/process?a=1" });
      expect(outcome.heard).to.deep.equal([why]);
      const refused = "refused" in outcome ? outcome.refused : undefined;
      expect(refused?.headers).to.deep.include([
        "www-authenticate",
        'Bearer error="invalid_token"',
      ]);
      expect(refused?.why).to.equal(why);
      expect(refused && (await shown(refused))).to.deep.equal([
        401,
        `${REFUSED}\nSwitchyard: ${why}.\n`,
      ]);
    });
  }

  it("hears of every token that is not taken, and of nothing else", async () => {
    const heardOf = async (headers: Headers) => (await admission(headers)).heard;
    expect(await heardOf([["Authorization", "Bearer garbage"]])).to.deep.equal([
      "the token is not an ID token signed by Google, or has expired",
    ]);
    expect(await heardOf([])).to.deep.equal([]);
    expect(await heardOf([["Authorization", await bearer(STRANGER)]])).to.deep.equal([]);
    expect(await heardOf([["Authorization", await bearer(DISPATCHER)]])).to.deep.equal([]);
  });

  it("admits nobody where IAM cannot be asked", async () => {
    const headers: Headers = [["Authorization", await bearer(DISPATCHER)]];
    const broken = new Error("a bug in IAM");
    for (const options of [{}, { isPublic: true }]) {
      const asked = admission(headers, {
        ...options,
        authorize: () => {
          throw broken;
        },
      });
      expect(await asked.catch((error: unknown) => error)).to.equal(broken);
    }
  });

  it("refuses whoever has no invoker binding: 403 in Google's words, then the row to add", async () => {
    expect(await sent([["Authorization", await bearer(STRANGER)]])).to.deep.equal([
      403,
      `${NOT_ALLOWED}serviceAccount:${STRANGER} needs roles/run.invoker on ${BRAIN}; name callers and operators in the stack's config, add any other row in infra/.\n`,
    ]);
  });

  for (const [kind, email] of [
    ["a service account", DISPATCHER],
    ["a user", DEVELOPER],
  ] as const) {
    it(`admits ${kind} with a binding, and takes the signature away`, async () => {
      const headers: Headers = [
        ["X-Idempotency-Key", "k-1"],
        ["authorization", await bearer(email)],
      ];
      expect(await sent(headers)).to.deep.equal([
        ["X-Idempotency-Key", "k-1"],
        ["Authorization", await withoutSignature(email)],
      ]);
    });
  }

  it("reads X-Serverless-Authorization first, and leaves Authorization to the function", async () => {
    const headers: Headers = [
      ["Authorization", "Bearer the function's own"],
      ["X-Serverless-Authorization", await bearer(DISPATCHER)],
    ];
    expect(await sent(headers)).to.deep.equal([
      ["Authorization", "Bearer the function's own"],
      ["X-Serverless-Authorization", await withoutSignature(DISPATCHER)],
    ]);
  });

  it("judges X-Serverless-Authorization alone where both are sent", async () => {
    const headers: Headers = [
      ["Authorization", await bearer(DISPATCHER)],
      ["X-Serverless-Authorization", await bearer(STRANGER)],
    ];
    expect(await sent(headers)).to.have.property("0", 403);
  });

  it("leaves everything as it is on a public service", async () => {
    for (const headers of [[], [["Authorization", "Bearer garbage"]]] satisfies Headers[]) {
      expect(await sent(headers, { isPublic: true })).to.deep.equal(headers);
    }
  });

  it("admits who would be refused when refusals are only reported", async () => {
    expect(await sent([], { mode: "report" })).to.deep.equal([]);
  });
});
