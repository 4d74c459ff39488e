import { createServer, type IncomingMessage } from "node:http";
import { isIP, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { nodeTasks } from "../../../functions/scenarios/adapters/node-tasks.ts";
import { getBy, web } from "../../../functions/scenarioforge-worker/adapters/web.ts";
import { NodeFailure } from "../../../functions/scenarioforge-worker/failure.ts";
import {
  publicLookup,
  type LookUpAll,
} from "../../../functions/scenarioforge-worker/adapters/public-lookup.ts";

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
  const signal = new AbortController().signal;
  const server = createServer((request, response) => {
    hosts.push(request.headers.host ?? "");
    response.setHeader("content-type", "text/plain");
    response.end(request.headers["accept-encoding"]);
  });
  const hosts: string[] = [];
  let port = 0;

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    ({ port } = server.address() as AddressInfo);
  });

  beforeEach(() => {
    hosts.length = 0;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  /** What the names say, turn by turn. */
  function lookUpOf(...answers: readonly (readonly string[])[]): LookUpAll & { asked: string[] } {
    const asked: string[] = [];
    const lookUp: LookUpAll = (host, _, found) => {
      const addresses = answers[asked.length] ?? [];
      asked.push(host);
      found(
        null,
        addresses.map((address) => ({ address, family: isIP(address) })),
      );
    };
    return Object.assign(lookUp, { asked });
  }

  const reasonOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => (error instanceof NodeFailure ? error.message : error),
    );

  it("goes where the name was looked up for this request, and judged", async () => {
    const lookUp = lookUpOf(["127.0.0.1"], ["127.0.0.1", "127.0.0.2"]);
    const get = getBy(
      publicLookup(lookUp, (address) => address === "127.0.0.1"),
      {},
    );
    const url = new URL(`http://localhost:${port}/`);
    const response = await get(url, signal);
    expect([response.status, response.headers["content-type"]]).to.deep.equal([200, "text/plain"]);
    expect(await text(response.body)).to.equal("identity");
    // The connection of before is not taken again.
    expect(await reasonOf(get(url, signal))).to.equal("The host is not on the public internet.");
    expect([hosts, lookUp.asked]).to.deep.equal([
      [`localhost:${port}`],
      ["localhost", "localhost"],
    ]);
  });

  it("takes another of the addresses where the first does not answer", async () => {
    const get = getBy(
      publicLookup(lookUpOf(["::1", "127.0.0.1"]), () => true),
      {},
    );
    const response = await get(new URL(`http://localhost:${port}/`), signal);
    response.close();
    expect(hosts).to.deep.equal([`localhost:${port}`]);
  });

  it("connects to nobody whom the machine's own names lead to inside", async () => {
    for (const scheme of ["http", "https"]) {
      const asked = web.get(new URL(`${scheme}://localhost:${port}/`), signal);
      expect(await reasonOf(asked)).to.equal("The host is not on the public internet.");
    }
    expect(hosts).to.deep.equal([]);
  });

  it("says so where there is no such name, or no address of it", async () => {
    const nowhere: LookUpAll = (_, __, found) => {
      found(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), []);
    };
    for (const lookUp of [nowhere, lookUpOf([])]) {
      const asked = getBy(publicLookup(lookUp), {})(new URL("https://localhost/"), signal);
      expect(await reasonOf(asked)).to.equal("The host has no address.");
    }
  });

  it("does not take a resolver that fails for a name that is not there", async () => {
    const failure = Object.assign(new Error("getaddrinfo"), { code: "EAI_AGAIN" });
    const failing: LookUpAll = (_, __, found) => {
      found(failure, []);
    };
    const asked = getBy(publicLookup(failing), {})(new URL("https://localhost/"), signal);
    expect(await reasonOf(asked)).to.equal(failure);
  });

  it("leaves names to a proxy, where there is one", async () => {
    const asked: unknown[] = [];
    const proxy = createServer().on("connect", (request: IncomingMessage, socket: Socket) => {
      asked.push(request.url);
      socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const { port: proxyPort } = proxy.address() as AddressInfo;
    const lookUp = lookUpOf(["127.0.0.1"]);
    const get = getBy(publicLookup(lookUp), { https_proxy: `http://127.0.0.1:${proxyPort}` });
    expect(await reasonOf(get(new URL("https://news.example.com/"), signal))).to.be.an("error");
    proxy.close();
    expect([asked, lookUp.asked]).to.deep.equal([["news.example.com:443"], []]);
  });
});
