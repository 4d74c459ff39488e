/** What nobody should send to the real processes of the producer's roles, without anything behind them. */
import { expect } from "chai";
import fc from "fast-check";
import type * as v from "valibot";
import { BridgeRun, RUN_PATH } from "../../../functions/messages/bridge-run.ts";
import * as requests from "../../../functions/producer-control/requests.ts";
import { declared } from "../../../local/declared/declared.ts";
import type { ServiceSpec } from "../../../local/host/spec.ts";
import { stripSignature } from "../../../local/identity/issuer.ts";
import { distorted, malformedBodies, noise, statusesOf } from "../../support/malformed.ts";
import { recorded } from "../../support/recorded.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { idToken } from "../../support/runtime-tokens.ts";

/** What sending one and looking at its answer takes at most. */
const MS_EACH = 24;
const AUTH_TOKEN = "shared-by-the-two-of-them";
const TENANT = { user_id: "user-1", project_id: "project-1", workspace_id: "workspace-1" };
const RUN = {
  tenant: TENANT,
  run_id: "run-1",
  started_at: "2026-01-01T00:00:00.000Z",
  since_time: "2026-01-01T00:00:00.000Z",
  deadline_s: 1_800,
};
const WHO = { userId: "user-1", projectId: "project-1", workspaceId: "workspace-1" };

/** Route of producer-control → what it takes, and a request that it would take. */
const ROUTES: Readonly<Record<string, readonly [v.GenericSchema, object]>> = {
  "/producer/start": [requests.StartRequest, { ...WHO, leaseMs: 60_000 }],
  "/producer/stop": [requests.StopRequest, { ...WHO, force: true }],
  "/producer/status": [requests.StatusRequest, WHO],
  "/producer/dead-letters": [requests.DeadLettersRequest, WHO],
  "/producer/dead-letters/resend": [requests.ResendRequest, { ...WHO, eventIds: ["event-1"] }],
};

const EVENT = {
  id: "event-1",
  tool_call: { function: { name: "READ_FILE", arguments: { filepath: "a.txt" } } },
};

/** Declares that the roles survive so many at each entry. */
export function survivesMalformed(count: number): void {
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

  async function start(name: string): Promise<ServiceSpec["env"]> {
    const spec = services.find((each) => each.name === name);
    if (spec === undefined) throw new Error(`The dev stack has no ${name}.`);
    const env = { ...spec.env, SERVICE_AUTH_TOKEN: AUTH_TOKEN };
    role = await RoleProcess.start(spec.folder, spec.role, env);
    return spec.env;
  }

  async function bearer({ AUDIENCE: aud, CALLER_SA: email }: ServiceSpec["env"]) {
    return `Bearer ${stripSignature(await idToken({ aud, email }))}`;
  }

  it(`the bridge survives ${count} tasks`, async () => {
    const authorization = await bearer(await start("producer"));
    const bodies = malformedBodies(BridgeRun, RUN, { seed: 1, count });
    const counts = await statusesOf(`${role.url}${RUN_PATH}`, bodies, () => ({ authorization }));
    expect(Object.keys(counts).filter((status) => Number(status) >= 500)).to.deep.equal([]);
  }).timeout(count * MS_EACH);

  for (const [path, [schema, genuine]] of Object.entries(ROUTES)) {
    it(`producer-control survives ${count} requests to ${path}`, async () => {
      await start("producer-control");
      const bodies = malformedBodies(schema, genuine, { seed: 2, count });
      const counts = await statusesOf(`${role.url}${path}`, bodies);
      expect(Object.keys(counts).filter((status) => !status.startsWith("4"))).to.deep.equal([]);
    }).timeout(count * MS_EACH);
  }

  it(`the consumer survives ${count} streams`, async () => {
    const authorization = await bearer(await start("consumer"));
    const lines = fc.array(
      fc.oneof(
        distorted(fc.constant(EVENT)).map((e) => JSON.stringify(e)),
        noise,
      ),
      {
        maxLength: 5,
      },
    );
    const bodies = fc
      .sample(lines, { seed: 3, numRuns: count })
      .map((each) => Buffer.concat(each.flatMap((line) => [Buffer.from(line), Buffer.from("\n")])));
    const counts = await statusesOf(`${role.url}/sessions/stream`, bodies, () => ({
      authorization,
      "x-service-auth": AUTH_TOKEN,
      "x-user-id": TENANT.user_id,
      "x-project-id": TENANT.project_id,
      "x-workspace-id": TENANT.workspace_id,
    }));
    expect(Object.keys(counts).filter((status) => Number(status) >= 500)).to.deep.equal([]);
  }).timeout(2 * count * MS_EACH);
}
