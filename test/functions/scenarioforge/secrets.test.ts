import { expect } from "chai";
import { ScenarioNode } from "../../../functions/messages/scenario-node.ts";
import { taskHandler } from "../../../functions/runtime/door/task-handler.ts";
import type { Posted, PostRequest } from "../../../functions/scenarios/gemini/call.ts";
import { runNode } from "../../../functions/scenarioforge-worker/run-node.ts";
import { bodyOf, header } from "../../../local/http/message.ts";
import { Gemini } from "../../../local/outside/gemini/index.ts";
import { WorkerByHand } from "../scenarioforge-worker/worker-by-hand.ts";
import { ACME_KEY, Api, BUILD, SCENARIOFORGE_ENV } from "./api.ts";

const LLM_KEY = "AIza-canary-0123456789";
const PAGE = `Energy prices and trade in the United States. ${"Prices rise and rules change. ".repeat(20)}`;
const LIVE = {
  ...BUILD,
  mock: false,
  sources: Array.from({ length: 15 }, (_, index) => `https://example.com/${index}`),
  settings_overrides: { allow_web: false, image_model: "off" },
};
const HEADERS = { "x-gemini-api-key": LLM_KEY };

describe("the keys of a caller", () => {
  let api: Api;
  beforeEach(async () => {
    api = await Api.start();
  });
  afterEach(() => api.stop());

  const launch = (body: object) =>
    api.ask("POST", "/build", { key: ACME_KEY, headers: HEADERS, body });

  /** Works on what the API queued, to its end, with that Gemini. All that a worker says, and all addresses it asks. */
  async function work(post: (request: PostRequest) => Promise<Posted>): Promise<string[]> {
    const said: string[] = [];
    const worker = new WorkerByHand();
    worker.time.now = api.time;
    worker.settings = { ...worker.settings, sealKey: SCENARIOFORGE_ENV.SEAL_KEY };
    worker.gemini.post = (request) => {
      said.push(request.url, request.body);
      return post(request);
    };
    worker.fetchPage = (url) =>
      Promise.resolve({ title: url, text: PAGE, contentType: "text/plain", httpStatus: 200 });
    const handle = taskHandler(ScenarioNode, (task) => runNode(task, worker.ports(api.stores)));
    worker.queue.push(...api.nodes);
    for (let task = worker.queue.shift(); task !== undefined; task = worker.queue.shift()) {
      const answer = await worker.time.until(
        handle({
          headers: { "x-idempotency-key": "key" },
          body: Buffer.from(JSON.stringify(task)),
          requestId: "request",
          log: (...line) => void said.push(JSON.stringify(line)),
          signal: new AbortController().signal,
        }),
      );
      said.push(JSON.stringify(answer));
      if (answer.status !== 200) worker.queue.unshift(task);
    }
    return said;
  }

  /** All that is kept, logged, and shown of a run. */
  async function left(runId: string): Promise<string[]> {
    const paths = [`/runs/${runId}`, `/artifact/${runId}/view_model.json`, "/runs", "/latest"];
    const pages = ["/", `/runs/${runId}`];
    const asked = [
      ...paths.map((path) => api.get(path, ACME_KEY)),
      ...pages.map((path) =>
        api.ask("GET", path, { key: ACME_KEY, headers: { accept: "text/html" } }),
      ),
    ];
    const shown = await Promise.all(asked);
    expect(shown.map(({ status }) => status)).to.deep.equal(shown.map(() => 200));
    const kept = [...api.stores.objects].map(
      ([name, { bytes, metadata = {} }]) =>
        name + bytes.toString("latin1") + JSON.stringify(metadata),
    );
    const answers = shown.map(({ headers, text }) => JSON.stringify([...headers]) + text);
    return [...kept, ...answers, ...api.lines];
  }

  const holding = (texts: readonly string[]) =>
    texts.filter((text) => [LLM_KEY, ACME_KEY, "sealed_key"].some((key) => text.includes(key)));

  it("are nowhere after a whole live run, whose Gemini fails now and then and repeats them", async () => {
    const gemini = new Gemini({ log: () => undefined, keys: [LLM_KEY] });
    let asked = 0;
    const { body } = await launch(LIVE);
    const said = await work(async ({ url, headers, body: text, signal }) => {
      asked += 1;
      if (asked % 7 === 1) return { status: 503, retryAfter: undefined, body: LLM_KEY };
      const answer = await gemini.send({
        method: "POST",
        url: new URL(url),
        headers: Object.entries(headers),
        body: Buffer.from(text),
        signal,
      });
      const answered = (await bodyOf(answer)).toString();
      return {
        status: answer.status,
        retryAfter: header(answer.headers, "retry-after"),
        body: answered,
      };
    });
    const runId = String(body.run_id);
    expect(api.stores.json(`public/${runId}/run.json`)).to.deep.include({ is_final: true });
    expect(api.stores.names(`public/${runId}/artifacts/`)).to.include(
      `public/${runId}/artifacts/audit_report.json`,
    );
    expect(holding([...said, ...(await left(runId))])).to.deep.equal([]);
  });

  it("are nowhere after a run that Gemini refuses, repeating them", async () => {
    const { body } = await launch(LIVE);
    const error = { code: 400, message: `API key not valid: ${LLM_KEY}`, status: LLM_KEY };
    const refusal = { status: 400, retryAfter: undefined, body: JSON.stringify({ error }) };
    const said = await work(() => Promise.resolve(refusal));
    const runId = String(body.run_id);
    expect(api.stores.json(`public/${runId}/run.json`)).to.deep.include({ status: "FAILED" });
    expect(holding([...said, ...(await left(runId))])).to.deep.equal([]);
  });

  it("go along with no mock run, not even sealed", async () => {
    await launch(BUILD);
    expect(api.nodes.map((node) => Object.keys(node))).to.deep.equal([
      ["tenant", "run_id", "node", "execution"],
    ]);
  });
});
