/** What nobody should send to the real processes of scenarioforge's roles, without anything behind them. */
import { expect } from "chai";
import fc from "fast-check";
import type * as v from "valibot";
import {
  NODE_PATH,
  SWEEP_PATH,
  ScenarioNode,
  ScenarioSweep,
} from "../../../functions/messages/scenario-node.ts";
import { ConsoleRequest } from "../../../functions/scenarioforge/action-console.ts";
import { ChatRequest } from "../../../functions/scenarioforge/chat.ts";
import { ResumeRequest } from "../../../functions/scenarioforge/clone.ts";
import { ConfigRequest } from "../../../functions/scenarioforge/config.ts";
import { OlderRequest } from "../../../functions/scenarioforge/older.ts";
import { BuildRequest } from "../../../functions/scenarios/request.ts";
import { declared } from "../../../local/declared/declared.ts";
import type { ServiceSpec } from "../../../local/host/spec.ts";
import { stripSignature } from "../../../local/identity/issuer.ts";
import { malformedBodies, noise, statusesOf } from "../../support/malformed.ts";
import { recorded } from "../../support/recorded.ts";
import { RoleProcess } from "../../support/role-process.ts";
import { idToken } from "../../support/runtime-tokens.ts";

/** What sending one and looking at its answer takes at most. */
const MS_EACH = 24;
const KEY = "a-key-of-the-default-tenant";
const BOUNDARY = "part";

/** Secrets, which nobody behind the processes has; and no limit, which is not what is looked at. */
const SECRETS = {
  SEAL_KEY: "a-seal-key-of-more-than-32-characters",
  GEMINI_API_KEY: "",
  SCENARIOOPS_API_KEYS: "[]",
  SCENARIOOPS_DEFAULT_API_KEY: KEY,
  RATE_LIMIT_PER_MINUTE: "1000000",
};

type Entry = readonly [v.GenericSchema, object];

const ITEM = { id: "a", priority: "P0", type: "custom", title: "Call", status: "open" };

/** Path of the run API → what it takes, and a request that it would take. */
const API_ENTRIES: Readonly<Record<string, Entry>> = {
  "/build": [
    BuildRequest,
    {
      scope: "country",
      value: "Norway",
      horizon: 60,
      company: "Acme",
      run_id: "r1",
      sources: ["https://example.com/"],
      input_docs: ["0".repeat(32)],
      settings_overrides: { temperature: 1, seed: 7 },
      mock: true,
    },
  ],
  "/chat": [ChatRequest, { run_id: "r1", question: "What of trade?", top_k: 3 }],
  "/action-console/r1": [ConsoleRequest, { items: [ITEM] }],
  "/runs/r1/resume": [ResumeRequest, { resume_from: "forces" }],
  "/config": [ConfigRequest, { settings: { temperature: 1 } }],
  "/strategies": [OlderRequest, { run_id: "r1" }],
  "/daily": [OlderRequest, { run_id: "r1" }],
};

/** The same of the worker. */
const WORKER_ENTRIES: Readonly<Record<string, Entry>> = {
  [NODE_PATH]: [
    ScenarioNode,
    { tenant: "public", run_id: "r1", node: "charter", execution: 1, sealed_key: "a" },
  ],
  [SWEEP_PATH]: [ScenarioSweep, { tenant: "public" }],
};

/** A form of nothing that is a file. */
const form = fc.oneof(
  noise.map((body) => Buffer.from(body)),
  fc
    .array(
      fc.record({
        head: fc.oneof(
          fc.constantFrom(
            'Content-Disposition: form-data; name="other"; filename="a.txt"',
            'Content-Disposition: form-data; name="files"',
            'Content-Disposition: form-data; name="files"; filename="a.exe"',
            "Content-Disposition: attachment",
          ),
          fc.string(),
        ),
        body: noise.map((each) => Buffer.from(each)),
      }),
      { maxLength: 20 },
    )
    .map((parts) =>
      Buffer.concat([
        ...parts.flatMap(({ head, body }) => [
          Buffer.from(`--${BOUNDARY}\r\n${head}\r\n\r\n`),
          body,
          Buffer.from("\r\n"),
        ]),
        Buffer.from(`--${BOUNDARY}--\r\n`),
      ]),
    ),
);

/** Declares that the roles survive so many at each entry that takes a body. */
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
    expect(role.lines.filter((line) => line.includes(KEY))).to.deep.equal([]);
  });

  async function start(name: string): Promise<ServiceSpec["env"]> {
    const spec = services.find((each) => each.name === name);
    if (spec === undefined) throw new Error(`The dev stack has no ${name}.`);
    role = await RoleProcess.start(spec.folder, spec.role, { ...spec.env, ...SECRETS });
    return spec.env;
  }

  /** All of them are refused as what they are. */
  async function refuses(
    path: string,
    bodies: readonly Buffer[],
    headers: Readonly<Record<string, string>>,
  ): Promise<void> {
    const counts = await statusesOf(`${role.url}${path}`, bodies, () => headers);
    const statuses = Object.keys(counts).map(Number);
    expect(statuses.filter((status) => ![400, 413, 415, 422].includes(status))).to.deep.equal([]);
  }

  for (const [path, [schema, genuine]] of Object.entries(API_ENTRIES)) {
    it(`scenarioforge survives ${count} requests to ${path}`, async () => {
      await start("scenarioforge");
      const bodies = malformedBodies(schema, genuine, { seed: 12, count });
      await refuses(path, bodies, { "x-api-key": KEY });
    }).timeout(count * MS_EACH);
  }

  it(`scenarioforge survives ${count} uploads`, async () => {
    await start("scenarioforge");
    const bodies = fc.sample(form, { seed: 12, numRuns: count });
    const type = `multipart/form-data; boundary=${BOUNDARY}`;
    await refuses("/upload", bodies, { "x-api-key": KEY, "content-type": type });
  }).timeout(count * MS_EACH);

  for (const [path, [schema, genuine]] of Object.entries(WORKER_ENTRIES)) {
    it(`scenarioforge-worker survives ${count} tasks of ${path}`, async () => {
      const { AUDIENCE: aud, CALLER_SA: email } = await start("scenarioforge-worker");
      const token = stripSignature(await idToken({ aud, email }));
      const bodies = malformedBodies(schema, genuine, { seed: 12, count });
      await refuses(path, bodies, { authorization: `Bearer ${token}` });
    }).timeout(count * MS_EACH);
  }
}
