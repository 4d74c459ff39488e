import { expect } from "chai";
import { health, healthWithKey } from "../../../../infra/systems/scenarioforge/verify/health.ts";
import { launched } from "../../../../infra/systems/scenarioforge/verify/launched.ts";
import { retried } from "../../../../infra/systems/scenarioforge/verify/retried.ts";
import {
  hiddenBeside,
  writtenBeside,
} from "../../../../infra/systems/scenarioforge/verify/written-beside.ts";
import { ConfigError } from "../../../../infra/config/errors.ts";
import type { KeyedScene } from "../../../../infra/systems/scenarioforge/verify/scene.ts";
import type { Ask } from "../../../../infra/systems/scenarioforge/verify/service.ts";
import { ACME_KEY } from "../../../functions/scenarioforge/api.ts";
import { thrownBy } from "../../../support/thrown-by.ts";
import { VerifiedService } from "./verified-service.ts";

describe("verify", () => {
  let service: VerifiedService;
  beforeEach(async () => {
    service = await VerifiedService.start();
  });
  afterEach(() => service.stop());

  async function all(scene: KeyedScene): Promise<void> {
    const { report } = service;
    await report.story(async () => {
      await health(scene);
      await healthWithKey(scene);
    });
    await report.story(async () => hiddenBeside(scene, await writtenBeside(scene)));
    await report.story(() => launched(scene));
    await report.story(() => retried(scene));
  }

  it("finds nothing wrong with the service, and leaves no run in its list", async () => {
    await all(service.scene);
    expect(service.lines.filter((line) => !line.startsWith("ok"))).to.deep.equal([]);
    expect(service.report.right).to.equal(28);
    expect((await service.api.get("/runs")).body.runs).to.deep.equal([]);
  });

  it("finds everything wrong with a service that answers {} to all, which the original's script passes", async () => {
    const empty: Ask = (method, path) =>
      Promise.resolve({
        asked: `${method} ${path}`,
        status: 200,
        type: "application/json",
        text: "{}",
        body: {},
      });
    await all({ ...service.scene, ask: empty, keyed: empty });
    expect(service.wrong).to.deep.equal([
      "WRONG  GET /health names the bucket of this stack",
      "WRONG  GET /runs lists it at once, with its label",
      "WRONG  nobody launches a run without a key",
      "WRONG  a run with too little evidence fails at that node",
    ]);
  });

  /** What a service does wrong, and the rule that it breaks. */
  const faults: [what: string, broken: (scene: KeyedScene) => KeyedScene, rule: string][] = [
    [
      "another bucket",
      (scene) => ({ ...scene, bucket: { ...scene.bucket, location: "gs://other/runs" } }),
      "GET /health names the bucket of this stack",
    ],
    [
      "a key in /health",
      (scene) => ({ ...scene, keyed: instead(scene.keyed, "/health", "user", `user ${ACME_KEY}`) }),
      "it says that a request brings a key, and does not show it",
    ],
    [
      "a list that comes from a cache",
      (scene) => ({ ...scene, ask: instead(scene.ask, "/runs", /"runs":\[[^\]]*\]/, '"runs":[]') }),
      "GET /runs lists it at once, with its label",
    ],
    [
      "a run.json with more in it than was written",
      (scene) => ({
        ...scene,
        ask: instead(scene.ask, "/runs/verify-", '"meta":{', '"meta":{"more":true,'),
      }),
      "GET /runs/{run_id} shows it as it was written, without a key",
    ],
    [
      "no page for a browser",
      (scene) => ({ ...scene, ask: withoutPages(scene.ask) }),
      "its page opens without a key",
    ],
    [
      "all runs shown to everybody",
      (scene) => ({ ...scene, ask: at(/-running$/, scene.keyed, scene.ask) }),
      "one that has not ended is shown to holders of a key only",
    ],
    [
      "runs deleted by everybody",
      (scene) => ({ ...scene, ask: at(/^DELETE \/runs\/verify-/, scene.keyed, scene.ask) }),
      "nobody deletes it without a key",
    ],
    [
      "a deletion that takes away what a run was",
      (scene) => ({
        ...scene,
        bucket: {
          ...scene.bucket,
          read: async (path) => (await scene.bucket.read(path))?.replace("verify", ""),
        },
      }),
      "its run.json says when and by whom, and keeps all it said",
    ],
    [
      "a deletion that deletes",
      (scene) => ({
        ...scene,
        bucket: {
          ...scene.bucket,
          read: async (path) =>
            path.endsWith("run.json") ? scene.bucket.read(path) : Promise.resolve(undefined),
        },
      }),
      "its other objects are there as before",
    ],
    [
      "artifacts that are named and not there",
      (scene) => ({
        ...scene,
        ask: instead(scene.ask, "/runs/2026", "/forces.json", "/none.json"),
      }),
      "all its artifacts are read without a key",
    ],
    [
      "a view model that says something else than run.json",
      (scene) => ({
        ...scene,
        ask: instead(scene.ask, "/view_model.json", '"status":"COMPLETED"', '"status":"OK"'),
      }),
      "its view model and its events say what run.json does",
    ],
    [
      "a run launched twice",
      (scene) => ({ ...scene, keyed: withBody(scene.keyed, { force: true }) }),
      "launched again with the same parameters, it is that run",
    ],
    [
      "a run shared by force",
      (scene) => ({ ...scene, keyed: withBody(scene.keyed, { force: false }) }),
      "launched by force, it is another, whose parent it is",
    ],
    [
      "a first attempt shown in place of the last",
      (scene) => ({
        ...scene,
        keyed: instead(scene.keyed, "/runs/2026", '"attempt":2', '"attempt":1'),
      }),
      "is resumed there, and run.json shows the second attempt",
    ],
    [
      "events that hide the first attempt",
      (scene) => ({ ...scene, ask: instead(scene.ask, "/node_events", '"FAIL"', '"OK"') }),
      "the view model shows the same, and the events show all attempts",
    ],
  ];
  for (const [what, broken, rule] of faults) {
    it(`finds ${what}`, async () => {
      await all(broken(service.scene));
      expect(service.wrong.map((line) => line.includes(rule))).to.deep.equal([true]);
      expect(service.lines.join("\n")).not.to.include(ACME_KEY);
    });
  }

  it("says after how long a run has not ended", async () => {
    const { scene, api } = service;
    await all({ ...scene, wait: api.wait });
    expect(service.wrong.length).to.equal(2);
    expect(service.lines.join("\n")).to.match(
      /2026\d+-\w+ is RUNNING after 180 s, with 0 nodes begun/,
    );
  });

  it("ends with one sentence where nobody answers", async () => {
    service.stop();
    const { ask } = service.scene;
    const error = await thrownBy(() => ask("GET", "/health"));
    expect(error).to.be.instanceOf(ConfigError);
    expect(String(error)).to.match(/does not answer to GET \/health: .*ECONNREFUSED/);
  });
});

/** Answers to paths that contain the text, with something else in them. */
function instead(ask: Ask, path: string, found: string | RegExp, text: string): Ask {
  return async (...asked) => {
    const answer = await ask(...asked);
    if (!answer.asked.includes(path) || answer.body === undefined) return answer;
    const changed = answer.text.replaceAll(
      typeof found === "string" ? found : new RegExp(found, "g"),
      text,
    );
    return { ...answer, text: changed, body: JSON.parse(changed) as unknown };
  };
}

/** Shows browsers what programs see of runs that were written beside the service. */
function withoutPages(ask: Ask): Ask {
  return (method, path, asked) =>
    ask(
      method,
      path,
      path.startsWith("/runs/verify-") ? { ...asked, accept: "application/json" } : asked,
    );
}

/** Asks one for what matches, and the other for the rest. */
function at(what: RegExp, one: Ask, other: Ask): Ask {
  return (method, path, asked) =>
    (what.test(`${method} ${path}`) ? one : other)(method, path, asked);
}

function withBody(ask: Ask, more: object): Ask {
  return (method, path, asked) => {
    const isBuild = path === "/build" && asked?.body !== undefined;
    return ask(method, path, isBuild ? { ...asked, body: { ...asked.body, ...more } } : asked);
  };
}
