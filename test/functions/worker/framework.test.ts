import { expect } from "chai";
import { bundle } from "../../../infra/bundle.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { AUDIENCE, CALLER, idToken } from "../../support/runtime-tokens.ts";

async function removed(claims: object = {}): Promise<string> {
  return (await idToken(claims)).replace(/[^.]*$/, "SIGNATURE_REMOVED_BY_GOOGLE");
}

describe("the worker's bundle, under Functions Framework", () => {
  let role: RoleProcess;

  before(async () => {
    const { folder } = await bundle("worker");
    role = await RoleProcess.start(folder, "worker", {
      WORKER_NAME: "brain",
      WORKER_PATH: "/process",
      AUDIENCE,
      CALLER_SA: CALLER,
      PRIVATE: "true",
    });
  });

  after(() => role.stop("SIGKILL"));

  async function deliver(payload: object, headers: Record<string, string>) {
    const response = await fetch(`${role.url}/process`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-idempotency-key": "k", ...headers },
      body: JSON.stringify(payload),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it("works for the caller that Cloud Run let through", async () => {
    const headers = { authorization: `Bearer ${await removed()}` };
    expect(await deliver({}, headers)).to.deep.equal({
      status: 200,
      body: { ok: true, worker: "brain", idempotency_key: "k", repeated: false },
    });
  });

  it("refuses no token with 401 and another caller with 403", async () => {
    expect((await deliver({}, {})).status).to.equal(401);
    const authorization = `Bearer ${await removed({ email: "x@p.iam.gserviceaccount.com" })}`;
    expect((await deliver({}, { authorization })).status).to.equal(403);
  });

  it("loads google-auth-library for a token with a signature, and waits for Google's certificates", async () => {
    const answer = await deliver({}, { authorization: `Bearer ${await idToken()}` });
    expect(answer.status).to.equal(503);
    expect(answer.body).to.have.nested.property("error.code", "certificates_unavailable");
  });

  it("finishes on SIGTERM what it has begun, and ends with 0", async () => {
    const headers = { authorization: `Bearer ${await removed()}`, "x-idempotency-key": "slow" };
    // Of two deliveries with one key the second is refused at once; by then the other is being worked on.
    const deliveries = [1, 2].map(() => deliver({ simulate: { take_s: 0.5 } }, headers));
    expect((await Promise.race(deliveries)).status).to.equal(502);
    const ended = role.stop("SIGTERM");
    const statuses = (await Promise.all(deliveries)).map(({ status }) => status);
    expect(statuses.sort()).to.deep.equal([200, 502]);
    expect(await ended).to.equal(0);
  });
});
