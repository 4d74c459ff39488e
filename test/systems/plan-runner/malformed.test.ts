import { expect } from "chai";
import { declared } from "../../../local/declared/declared.ts";
import type { ServiceSpec } from "../../../local/host/spec.ts";
import { stripSignature } from "../../../local/identity/issuer.ts";
import { statusesOf } from "../../support/malformed.ts";
import { malformedEnvelopes, malformedWebhooks } from "../../support/plan-runner-malformed.ts";
import { recorded } from "../../support/recorded.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { idToken } from "../../support/runtime-tokens.ts";
import { headersOf, signatureOf } from "../../support/webhooks.ts";

const WEBHOOKS = 5_000;
const ENVELOPES = { "plan-runner": 2_500, "plan-deadletter": 1_500, "plan-executor": 1_000 };

/** The real processes of the plan runner's roles, without anything behind them. */
describe("the plan runner's roles, sent what nobody should send", () => {
  let services: readonly ServiceSpec[];
  let role: RoleProcess;

  before(async () => {
    ({ services } = declared(await recorded()));
  });

  afterEach(async () => {
    expect((await fetch(`${role.url}/health`)).status).to.equal(200);
    const bugs = role.entries.filter(({ status }) => Number(status) >= 500);
    await role.stop("SIGKILL");
    expect(bugs).to.deep.equal([]);
  });

  async function start(name: string, secrets: Readonly<Record<string, string>> = {}) {
    const spec = services.find((each) => each.name === name);
    if (spec === undefined) throw new Error(`The dev stack has no ${name}.`);
    role = await RoleProcess.start(spec.folder, spec.role, { ...spec.env, ...secrets });
    return spec.env;
  }

  const WEBHOOK_SECRET = { GITHUB_WEBHOOK_SECRET: "It's a Secret to Everybody" };

  it(`plan-app survives ${WEBHOOKS} webhooks`, async () => {
    await start("plan-app", WEBHOOK_SECRET);
    const webhooks = malformedWebhooks(WEBHOOKS, { seed: 4 });
    const bodies = webhooks.map(({ body }) => body);
    const counts = await statusesOf(`${role.url}/webhook`, bodies, (body, index) => ({
      ...headersOf(webhooks[index]?.event ?? "ping", body),
      "x-hub-signature-256": signatureOf(body, WEBHOOK_SECRET.GITHUB_WEBHOOK_SECRET),
    }));
    expect(counts).to.have.all.keys("200", "400", "422");
  }).timeout(60_000);

  it("plan-app asks for the signature before anything else of a body", async () => {
    await start("plan-app", WEBHOOK_SECRET);
    const webhooks = malformedWebhooks(WEBHOOKS, { seed: 5 });
    const bodies = webhooks.map(({ body }) => body);
    const counts = await statusesOf(`${role.url}/webhook`, bodies, (body, index) => ({
      ...headersOf(webhooks[index]?.event ?? "ping", body),
      "x-hub-signature-256": signatureOf(body, "a guess"),
    }));
    // What is wrong with a body would be said by 400 or 422.
    expect(counts).to.deep.equal({ 401: WEBHOOKS });
  }).timeout(60_000);

  for (const [name, count] of Object.entries(ENVELOPES)) {
    it(`${name} survives ${count} bodies of its caller`, async () => {
      const { AUDIENCE: audience, PUSH_SA, CALLER_SA } = await start(name);
      const token = await idToken({ aud: audience, email: PUSH_SA ?? CALLER_SA });
      const authorization = `Bearer ${stripSignature(token)}`;
      const bodies = malformedEnvelopes(count, { seed: 6 }).map(({ body }) => body);
      const path = name === "plan-executor" ? "/plan" : "/pubsub/push";
      const counts = await statusesOf(`${role.url}${path}`, bodies, () => ({ authorization }));
      // Pub/Sub would bring again whatever is not acknowledged.
      const expected = name === "plan-executor" ? ["400", "422"] : ["204"];
      expect(counts).to.have.all.keys(...expected);
    }).timeout(60_000);
  }
});
