import { expect } from "chai";
import { askerOf } from "../../../functions/scenarioforge-worker/ask.ts";
import { keep } from "../../../functions/scenarioforge-worker/keep.ts";
import type { Made, Work } from "../../../functions/scenarioforge-worker/nodes/node.ts";
import { spendingOf } from "../../../functions/scenarioforge-worker/spending.ts";
import { readLaunched, workOf } from "../../../functions/scenarioforge-worker/work.ts";
import type { SomeSettings } from "../../../functions/scenarios/request.ts";
import type { Run } from "../../../functions/scenarios/run.ts";
import { BRIEF, MockRun } from "./mock-run.ts";
import { RUN, WorkerByHand } from "./worker-by-hand.ts";

describe("workOf", () => {
  async function work(
    overrides: SomeSettings,
    mock: boolean,
    difference: Partial<Run> = {},
  ): Promise<Work> {
    const worker = new WorkerByHand();
    await worker.launch({}, overrides, mock);
    const attempt = {
      store: worker.store,
      runId: RUN,
      run: { ...worker.run, ...difference },
      launched: await readLaunched(worker.store, RUN),
      key: undefined,
      spending: spendingOf([], worker.settings.budget),
      signal: new AbortController().signal,
      repairs: [],
    };
    return workOf("charter", attempt, worker.ports());
  }

  for (const [overrides, mock, simulates] of [
    [{}, true, true],
    [{ simulate_evidence: false }, true, true],
    [{ simulate_evidence: true }, false, true],
    [{}, false, false],
  ] as const) {
    it(`makes evidence up: ${String(simulates)}, where mock is ${String(mock)} with ${JSON.stringify(overrides)}`, async () => {
      expect((await work(overrides, mock)).settings.simulates).to.equal(simulates);
    });
  }

  it("decides by the signature, so that runs that are alike come out alike", async () => {
    expect((await work({}, true)).brief.seed).to.equal("a".repeat(64));
    const other = await work({}, true, { signature: "b".repeat(64) });
    expect(other.brief.seed).to.equal("b".repeat(64));
  });
});

describe("askerOf", () => {
  const charter = new MockRun().work.ask("charter", {});
  const many = Array.from({ length: 30 }, (_, index) => `problem ${index}`);

  /** How many problems each question was asked with. */
  async function told(answer: unknown, check: () => string[]): Promise<number[]> {
    const counts: number[] = [];
    const ask = askerOf(
      (_name, _about, problems) => {
        counts.push(problems.length);
        return Promise.resolve(answer);
      },
      () => undefined,
    );
    const message = await ask("charter", {}, check).catch((error: unknown) => String(error));
    expect(message).to.match(/^NodeFailure: No usable answer to the question charter/);
    return counts;
  }

  it("tells a model of ten problems at most, which a check found", async () => {
    expect(await told(await charter, () => many)).to.deep.equal([0, 10, 10]);
  });

  it("tells a model of ten problems at most, which the schema has", async () => {
    const bad = Object.fromEntries(
      Object.entries(await charter).map(([name, value]) => [
        name,
        Array.isArray(value) ? many.map(() => 1) : value,
      ]),
    );
    expect(await told(bad, () => [])).to.deep.equal([0, 10, 10]);
  });
});

describe("keep", () => {
  it("writes nothing of what a node made where one artifact is not as it should be", async () => {
    const { artifacts } = await new MockRun().make("charter");
    for (const name of Object.keys(artifacts)) {
      const worker = new WorkerByHand();
      const made = { artifacts: { ...artifacts, [name]: { title: 1 } } } as unknown as Made;
      const message = await keep(made, "charter", BRIEF, worker.store, worker.ports()).catch(
        (error: unknown) => String(error),
      );
      expect(message, name).to.include(`NodeFailure: ${name} is not as it should be`);
      expect([...worker.stores.objects.keys()], name).to.deep.equal([]);
    }
  });
});
