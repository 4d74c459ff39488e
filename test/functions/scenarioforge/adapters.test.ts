import { expect } from "chai";
import { geminiEmbeddings } from "../../../functions/scenarioforge/adapters/gemini-embeddings.ts";
import { ScenarioforgeEnv } from "../../../functions/scenarioforge/env.ts";
import { nodeTasks } from "../../../functions/scenarios/adapters/node-tasks.ts";
import { readEnv } from "../../../functions/runtime/env.ts";
import type { Posted, PostRequest } from "../../../functions/scenarios/gemini/call.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { posted } from "../scenarios/gemini/scripted-gemini.ts";
import { SCENARIOFORGE_ENV } from "./api.ts";

const node = { tenant: "public", run_id: "r1", node: "charter", execution: 1 } as const;

describe("nodeTasks of the run API", () => {
  interface Created {
    readonly task: {
      readonly name: string;
      readonly httpRequest: {
        readonly url: string;
        readonly body: Buffer;
        readonly oidcToken: object;
      };
      readonly dispatchDeadline: { readonly seconds: number };
    };
  }
  const created: Created[] = [];
  let failure: Error | undefined;
  const tasks = nodeTasks(readEnv(ScenarioforgeEnv, SCENARIOFORGE_ENV), () =>
    Promise.resolve({
      createTask: (request: Created) => {
        created.push(request);
        return failure === undefined ? Promise.resolve([{}]) : Promise.reject(failure);
      },
    } as never),
  );
  beforeEach(() => {
    created.length = 0;
    failure = undefined;
  });

  it("adds a node's task with the worker's token, under a name of its own", async () => {
    await tasks.addNode(node);
    await tasks.addNode({ ...node, execution: 2 });
    await tasks.addNode({ ...node, sealed_key: "another" });
    const [first, second, third] = created.map(({ task }) => task);
    expect(first?.httpRequest.url).to.equal(`${SCENARIOFORGE_ENV.WORKER_URL}/node`);
    expect(JSON.parse(first?.httpRequest.body.toString() ?? "")).to.deep.equal(node);
    expect(first?.httpRequest.oidcToken).to.deep.equal({
      serviceAccountEmail: SCENARIOFORGE_ENV.CALLER_SA,
      audience: SCENARIOFORGE_ENV.WORKER_URL,
    });
    expect(first?.dispatchDeadline).to.deep.equal({ seconds: 600 });
    expect(first?.name).to.match(
      /^projects\/p\/locations\/us-central1\/queues\/scenario-nodes\/tasks\/[0-9a-f]{64}$/,
    );
    expect(second?.name).not.to.equal(first?.name);
    expect(third?.name).to.equal(first?.name);
  });

  it("adds one sweep for each time span", async () => {
    await tasks.addSweep({ tenant: "public" }, 1);
    await tasks.addSweep({ tenant: "public" }, 1);
    await tasks.addSweep({ tenant: "public" }, 2);
    expect(new Set(created.map(({ task }) => task.name)).size).to.equal(2);
    expect(created[0]?.task.httpRequest.url).to.equal(`${SCENARIOFORGE_ENV.WORKER_URL}/sweep`);
  });

  it("takes a task that exists for one that was added, and no other failure", async () => {
    failure = Object.assign(new Error("exists"), { code: 6 });
    await tasks.addNode(node);
    failure = Object.assign(new Error("unavailable"), { code: 14 });
    expect(await thrownBy(() => tasks.addNode(node))).to.equal(failure);
  });
});

describe("geminiEmbeddings", () => {
  const answering = (...answers: Posted[]) => {
    const asked: PostRequest[] = [];
    const embed = geminiEmbeddings((request) => {
      asked.push(request);
      const answer = answers[Math.min(asked.length, answers.length) - 1];
      return answer === undefined ? Promise.reject(new Error("none")) : Promise.resolve(answer);
    });
    return { asked, embed };
  };
  const vectors = (count: number): Posted =>
    posted(200, { embeddings: Array.from({ length: count }, () => ({ values: [3, 4] })) });

  it("asks with the key in a header, in groups, and makes the vectors of length 1", async () => {
    const { asked, embed } = answering(vectors(100), vectors(50));
    const made = await embed(Array<string>(150).fill("x"), "gemini-embedding-001", "own");
    const url =
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents";
    expect(
      asked.map(({ url: to, headers, body, timeoutSeconds }) => [
        to,
        headers["x-goog-api-key"],
        (JSON.parse(body) as { requests: object[] }).requests.length,
        timeoutSeconds,
      ]),
    ).to.deep.equal([
      [url, "own", 100, 20],
      [url, "own", 50, 20],
    ]);
    expect([made.length, made[149]]).to.deep.equal([150, [0.6, 0.8]]);
  });

  it("fails without the key or the answer in its error", async () => {
    const errors: string[] = [];
    for (const answer of [posted(400, "API key own not valid"), posted(200, "own"), vectors(2)]) {
      const { embed } = answering(answer);
      errors.push(String(await thrownBy(() => embed(["x"], "gemini-embedding-001", "own"))));
    }
    expect(errors).to.deep.equal([
      "Error: Gemini answered 400.",
      "ValiError: Invalid type: Expected Object but received undefined",
      "Error: Gemini left out embeddings.",
    ]);
  });
});
