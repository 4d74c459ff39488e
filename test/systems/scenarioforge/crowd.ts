/** Many runs at once on several workers, whose tasks come twice, while somebody lists and reads. */
import { expect } from "chai";
import { declaredFor } from "../../support/recorded.ts";
import { TestPlatform } from "../../support/platform.ts";
import { instancesOf, needsProc } from "../../support/role-instances.ts";
import { ask, parameters, runOf, type Launched } from "./runs.ts";

const WORKER = "scenarioforge-worker";
const WORKER_ORIGIN = `https://${WORKER}-223080314602.us-central1.run.app`;
const PAGE = 20;
const MAX_MILLISECONDS_EACH = 15_000;

export interface CrowdSize {
  readonly runs: number;
  /** Nodes that one worker takes at a time: the fewer, the more workers there are. */
  readonly concurrency: number;
}

interface Event {
  readonly node: string;
  readonly status: string;
  readonly attempt: number;
}

/** Declares the suite. */
export function describeCrowd(title: string, { runs, concurrency }: CrowdSize): void {
  describe(title, function () {
    needsProc(this);
    let p: TestPlatform;
    before(async () => {
      const all = await declaredFor();
      const services = all.services.map((spec) =>
        spec.name === WORKER ? { ...spec, concurrency } : spec,
      );
      p = new TestPlatform({ declared: { ...all, services } });
      await p.start();
    });
    after(() => p.stop());

    it(`runs no node of ${runs} runs twice at a time, and lists and shows each as it is`, async () => {
      const ids = await launchAll(p, runs);
      const workers = await watch(p, ids);
      expect(workers, "workers at once").to.be.greaterThan(1);
      for (const id of ids) {
        expect((await runOf(p, id)).status, id).to.equal("COMPLETED");
        const rows = (await eventsOf(p, id)).map((event) =>
          [event.node, event.status, event.attempt].join(" "),
        );
        // Begun twice, a node would have had a second attempt.
        expect(rows.filter((row) => !/ (?:RUNNING|OK|SKIPPED) 1$/.test(row))).to.deep.equal([]);
        expect(rows).to.have.lengthOf(new Set(rows).size);
      }
    }).timeout(runs * MAX_MILLISECONDS_EACH + 60_000);
  });
}

async function launchAll(p: TestPlatform, runs: number): Promise<string[]> {
  const answers = await Promise.all(
    Array.from({ length: runs }, () => ask(p, "/build", { body: parameters() })),
  );
  expect(answers.filter(({ status }) => status !== 202)).to.deep.equal([]);
  return answers.map(({ body }) => (body as Launched).run_id);
}

/** Looks at everything until all have ended. How many workers there were at once. */
async function watch(p: TestPlatform, ids: readonly string[]): Promise<number> {
  const done = new Map<string, number>();
  let workers = 0;
  let running = [...ids];
  while (running.length > 0) {
    const again = Promise.all(running.map((id) => deliverAgain(p, id)));
    expect((await listed(p)).toSorted()).to.deep.equal(ids.toSorted());
    const runs = await Promise.all(running.map(async (id) => ({ id, ...(await runOf(p, id)) })));
    for (const { id, node_status: nodes } of runs) {
      const made = Object.values(nodes).filter(({ status }) => status === "OK").length;
      expect(made, `nodes of ${id}`).to.be.at.least(done.get(id) ?? 0);
      done.set(id, made);
    }
    running = runs.filter(({ is_final: isFinal }) => !isFinal).map(({ id }) => id);
    workers = Math.max(workers, (await instancesOf(WORKER)).length);
    await again;
    await p.advance({ seconds: 1 });
  }
  return workers;
}

/** All pages of the list. */
async function listed(p: TestPlatform): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = "";
  do {
    const query: string = cursor === "" ? "" : `&cursor=${cursor}`;
    const { body } = await ask(p, `/runs?limit=${PAGE}${query}`);
    const page = body as { runs: string[]; next_cursor: string | null };
    ids.push(...page.runs);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}

async function eventsOf(p: TestPlatform, id: string): Promise<readonly Event[]> {
  const { status, body } = await ask(p, `/run/${id}/node_events`);
  expect(status).to.equal(200);
  return (body as { entries: readonly Event[] }).entries;
}

/** The task of the node that runs, once more, as Cloud Tasks may. */
async function deliverAgain(p: TestPlatform, id: string): Promise<void> {
  const node = (await eventsOf(p, id)).findLast(({ status }) => status === "RUNNING")?.node;
  if (node === undefined) return;
  const token = await p.idToken("scenarioforge-tasks", WORKER_ORIGIN);
  const { status } = await p.through(`${WORKER_ORIGIN}/node`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      "x-idempotency-key": `again-${id}`,
    },
    body: { tenant: "public", run_id: id, node, execution: 1 },
  });
  expect(status, `${node} of ${id}`).to.be.oneOf([200, 502]);
}
