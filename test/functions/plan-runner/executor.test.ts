import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { executorAt } from "../../../functions/plan-runner/adapters/executor.ts";
import { planRequest, planned } from "./builders.ts";

interface Got {
  readonly line: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

describe("executorAt", () => {
  let server: http.Server;
  let origin: string;
  let got: Got[];
  let answer: (response: http.ServerResponse) => void;
  const execution = { request: planRequest(), archive: "archive-a", budget_ms: 1_000 };
  const patience = new AbortController().signal;

  before(async () => {
    server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        got.push({
          line: `${request.method ?? ""} ${request.url ?? ""}`,
          authorization: request.headers.authorization,
          body: JSON.parse(Buffer.concat(chunks).toString()),
        });
        answer(response);
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => {
    got = [];
  });

  const authorize = () => Promise.resolve(new Headers({ authorization: "Bearer id-token" }));
  const execute = (signal = patience) => executorAt(origin, authorize).execute(execution, signal);
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => "answered",
      (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?"),
    );

  it("posts the execution with an ID token, and reads the result", async () => {
    answer = (response) => response.end(JSON.stringify(planned()));
    expect(await execute()).to.deep.equal(planned());
    expect(got).to.deep.equal([
      { line: "POST /plan", authorization: "Bearer id-token", body: execution },
    ]);
  });

  for (const [status, name] of [
    [429, "Unavailable"],
    [500, "Unavailable"],
    [503, "Unavailable"],
    [403, "Unavailable"],
    [422, "Unavailable"],
    [404, "Error"],
  ] as const) {
    it(`takes ${status} for ${name === "Error" ? "a bug" : "a passing fault"}`, async () => {
      answer = (response) => response.writeHead(status).end("why");
      expect(await failure(execute())).to.equal(`${name}: The executor answered ${status}: why`);
    });
  }

  it("takes a connection that breaks for a passing fault, before the answer and within it", async () => {
    answer = (response) => void response.destroy();
    expect(await failure(execute())).to.match(/^Unavailable: The executor did not answer: /);
    answer = (response) => {
      response.writeHead(200, { "content-length": 1_000 });
      response.write("{", () => response.destroy());
    };
    expect(await failure(execute())).to.match(/^Unavailable: The executor did not answer: /);
  });

  it("takes an answer that ends too early for no result", async () => {
    answer = (response) => response.end("{}");
    expect(await failure(execute())).to.match(/^ValiError/);
  });

  it("hangs up when it is told to stop", async () => {
    const arrived = Promise.withResolvers<http.ServerResponse>();
    answer = (response) => arrived.resolve(response);
    const stop = new AbortController();
    const outcome = failure(execute(stop.signal));
    const response = await arrived.promise;
    const closed = once(response, "close");
    stop.abort();
    await closed;
    expect(await outcome).to.match(/^Unavailable: /);
  });

  it("waits for an ID token no longer than for anything else", async () => {
    const stop = new AbortController();
    const executor = executorAt(origin, () => Promise.withResolvers<Headers>().promise);
    const outcome = failure(executor.execute(execution, stop.signal));
    stop.abort();
    expect(await outcome).to.match(/^Unavailable: No ID token could be had: /);
  });

  it("has a passing fault where no ID token can be had", async () => {
    const executor = executorAt(origin, () => Promise.reject(new Error("no metadata server")));
    expect(await failure(executor.execute(execution, patience))).to.equal(
      "Unavailable: No ID token could be had: Error: no metadata server",
    );
    expect(got).to.deep.equal([]);
  });
});
