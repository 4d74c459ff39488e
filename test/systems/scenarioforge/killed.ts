/** Builds that are alike, all at once, and workers that die while the run is made. */
import { expect } from "chai";
import fc from "fast-check";
import { setTimeout as delay } from "node:timers/promises";
import type { PlatformOptions, TestPlatform } from "../../support/platform.ts";
import { instancesOf, killInstances } from "../../support/role-instances.ts";
import { BUCKET, FOLDER, ask, parameters, runOf, type Launched } from "./runs.ts";

const WORKER = "scenarioforge-worker";

/** A dead worker costs its lease; a node may be begun as often as workers are killed. */
export const SHORT_LEASES: PlatformOptions = {
  env: {
    [WORKER]: { NODE_LEASE_SECONDS: "2", NODE_LEASE_RENEW_SECONDS: "1", NODE_MAX_ATTEMPTS: "10" },
  },
};

/** As long as the queue waits before it tries again. */
const STEP = { seconds: 5 };
const POLL_MS = 50;
const MAX_MILLISECONDS = 120_000;
const MAX_START_MILLISECONDS = 20_000;

export interface Storm {
  readonly builds: number;
  /** Milliseconds before each kill. */
  readonly kills: readonly number[];
}

export function stormsOf(builds: number, kills: number): fc.Arbitrary<Storm> {
  const pause = fc.integer({ min: 0, max: 700 });
  return fc.record({
    builds: fc.constant(builds),
    kills: fc.array(pause, { minLength: kills, maxLength: kills }),
  });
}

/** One run comes of all builds, and it completes. */
export async function weather({ builds, kills }: Storm, p: TestPlatform): Promise<void> {
  const body = parameters();
  const before = await runsInBucket(p);
  const until = Date.now() + MAX_MILLISECONDS;
  const asked = Promise.all(Array.from({ length: builds }, () => ask(p, "/build", { body })));
  const [, killed] = await Promise.all([asked, killing(kills, p)]);
  expect(killed, "killed workers").to.be.greaterThan(0);

  const answers = await asked;
  expect(answers.filter(({ status }) => status >= 400)).to.deep.equal([]);
  const launched = answers.map((answer) => answer.body as Launched);
  const [runId = "", ...others] = new Set(launched.map(({ run_id }) => run_id));
  expect(others).to.deep.equal([]);
  expect(launched.filter(({ reused }) => reused).length).to.equal(builds - 1);

  while (!(await runOf(p, runId)).is_final && Date.now() < until) await p.advance(STEP);
  const { status, node_status: nodes } = await runOf(p, runId);
  expect(status, JSON.stringify(nodes)).to.equal("COMPLETED");
  const ends = new Set(Object.values(nodes).map((node) => node.status));
  expect(ends).to.have.keys("OK", "SKIPPED");
  expect((await runsInBucket(p)) - before).to.equal(1);
}

/** How many times there was a worker to kill. */
async function killing(kills: readonly number[], p: TestPlatform): Promise<number> {
  let killed = 0;
  for (const pause of kills) {
    const until = Date.now() + MAX_START_MILLISECONDS;
    const isNone = async () => (await instancesOf(WORKER)).length === 0;
    while ((await isNone()) && Date.now() < until) await passing(0, p);
    await passing(pause, p);
    if (await isNone()) continue;
    await killInstances(WORKER);
    killed += 1;
  }
  return killed;
}

/** Lets so many milliseconds go by, in which the queue may try again whatever failed. */
async function passing(milliseconds: number, p: TestPlatform): Promise<void> {
  const until = Date.now() + milliseconds;
  do {
    // Not awaited: that ends with the requests which are to be cut off.
    void p.advance(STEP);
    await delay(POLL_MS);
  } while (Date.now() < until);
}

/** How many folders of the tenant hold a run. */
async function runsInBucket(p: TestPlatform): Promise<number> {
  const query = new URLSearchParams({ prefix: `${FOLDER}/`, delimiter: "/" });
  const url = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o?${query.toString()}`;
  const { body } = await p.as("scenarioforge", url);
  const { prefixes = [] } = body as { prefixes?: readonly string[] };
  return prefixes.filter((folder) => !folder.slice(FOLDER.length + 1).startsWith("_")).length;
}
