import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { nodeTasks } from "../../../functions/scenarios/adapters/node-tasks.ts";
import { web } from "../../../functions/scenarioforge-worker/adapters/web.ts";

const ENV = {
  GOOGLE_CLOUD_PROJECT: "p",
  TASKS_REGION: "us-central1",
  QUEUE: "scenario-nodes",
  WORKER_URL: "https://worker-1.us-central1.run.app",
  CALLER_SA: "caller@p.iam.gserviceaccount.com",
  NODE_TIMEOUT_SECONDS: 600,
};
const NODE = { tenant: "public", run_id: "r1", node: "forces", execution: 2 } as const;

describe("nodeTasks of the worker", () => {
  const asked: unknown[] = [];
  let failure: Error | undefined;
  const client = {
    createTask: (request: unknown) => {
      asked.push(request);
      return failure === undefined ? Promise.resolve([{}]) : Promise.reject(failure);
    },
  };
  const tasks = nodeTasks(ENV, () => Promise.resolve(client as never));

  beforeEach(() => {
    asked.length = 0;
    failure = undefined;
  });

  it("names a task by its node, so that it is there once", async () => {
    await tasks.addNode(NODE);
    await tasks.addNode({ ...NODE, sealed_key: "another" });
    await tasks.addNode({ ...NODE, execution: 3 });
    const names = asked.map((request) => (request as { task: { name: string } }).task.name);
    expect([names[0] === names[1], names[0] === names[2]]).to.deep.equal([true, false]);
    const parent = "projects/p/locations/us-central1/queues/scenario-nodes";
    const id = names[0]?.slice(`${parent}/tasks/`.length);
    expect(asked[0]).to.deep.equal({
      parent,
      task: {
        name: `${parent}/tasks/${id ?? ""}`,
        httpRequest: {
          url: "https://worker-1.us-central1.run.app/node",
          httpMethod: "POST",
          headers: { "Content-Type": "application/json", "X-Idempotency-Key": id },
          body: Buffer.from(JSON.stringify(NODE)),
          oidcToken: {
            serviceAccountEmail: "caller@p.iam.gserviceaccount.com",
            audience: "https://worker-1.us-central1.run.app",
          },
        },
        dispatchDeadline: { seconds: 600 },
      },
    });
  });

  it("takes a task that is there already for its own, and any other refusal for a fault", async () => {
    failure = Object.assign(new Error("exists"), { code: 6 });
    await tasks.addNode(NODE);
    failure = Object.assign(new Error("denied"), { code: 7 });
    const error = await tasks.addNode(NODE).catch((reason: unknown) => reason);
    expect(error).to.equal(failure);
  });
});

describe("web", () => {
  it("asks the address that it is given, whatever the name says", async () => {
    const server = createServer((request, response) => {
      response.setHeader("content-type", "text/plain");
      response.end(`${request.headers.host ?? ""} ${request.headers["accept-encoding"] ?? ""}`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const url = new URL(`http://localhost:${port}/`);
      // The name leads to the server; the other address does not.
      const elsewhere = web.get(url, "::1", new AbortController().signal);
      const error = await elsewhere.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.an("error");
      const response = await web.get(url, "127.0.0.1", new AbortController().signal);
      expect([response.status, response.headers["content-type"]]).to.deep.equal([
        200,
        "text/plain",
      ]);
      expect(await text(response.body)).to.equal(`localhost:${port} identity`);
      response.close();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
