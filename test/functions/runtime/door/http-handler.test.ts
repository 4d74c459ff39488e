import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { text } from "node:stream/consumers";
import { HttpError } from "../../../../functions/runtime/errors.ts";
import { createListener } from "../../../../functions/runtime/door/http-handler.ts";
import type { Route } from "../../../../functions/runtime/door/http-handler.ts";

const JSON_TYPE = "application/json";

describe("createListener", () => {
  const lines: Record<string, unknown>[] = [];
  let server: http.Server;
  let origin: string;
  let port: number;

  const echo: Route = {
    maxBodyBytes: 1_000,
    handle: ({ body }) =>
      Promise.resolve({ status: 200, body: { ok: true, got: body.toString() } }),
  };
  const routes: Record<string, Route> = {
    "/echo": echo,
    "/closed": { ...echo, admit: () => Promise.reject(new HttpError(401, "no", "No.")) },
    "/busy": {
      ...echo,
      handle: () => {
        throw new HttpError(429, "busy", "Busy.", { retryAfterSeconds: 7, beside: { task: "t" } });
      },
    },
    "/bug": { ...echo, handle: () => Promise.reject(new Error("the secret of a bug")) },
  };

  before(async () => {
    const write = (line: string): void => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
    };
    server = http.createServer(createListener({ role: "test", project: "p", routes, write }));
    await once(server.listen(0, "127.0.0.1"), "listening");
    port = (server.address() as net.AddressInfo).port;
    origin = `http://127.0.0.1:${port}`;
  });

  after(() => {
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => void lines.splice(0));

  async function send(path: string, init: RequestInit = {}) {
    const response = await fetch(`${origin}${path}`, {
      ...init,
      headers: { "x-request-id": "r-1", ...(init.headers as Record<string, string>) },
    });
    const body = (await response.json()) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, body };
  }

  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    send(path, { method: "POST", body, headers: { "content-type": JSON_TYPE, ...headers } });

  function refusal(code: string, message: string, field?: string) {
    const error = field === undefined ? { code, message } : { code, message, field };
    return { ok: false, error, request_id: "r-1" };
  }

  it("answers health by GET and HEAD, without a log line", async () => {
    const { status, body } = await send("/health?probe=1");
    expect({ status, body }).to.deep.equal({ status: 200, body: { ok: true, role: "test" } });
    expect((await fetch(`${origin}/health`, { method: "HEAD" })).status).to.equal(200);
    expect(lines).to.deep.equal([]);
  });

  it("hands a complete body to the route", async () => {
    const { status, headers, body } = await post("/echo?x=%", '{"a":1}');
    expect({ status, body }).to.deep.equal({ status: 200, body: { ok: true, got: '{"a":1}' } });
    expect(headers.get("content-type")).to.equal("application/json; charset=utf-8");
    expect(headers.get("x-request-id")).to.equal("r-1");
    expect(lines.map(({ severity, message }) => [severity, message])).to.deep.equal([
      ["INFO", "POST /echo 200"],
    ]);
  });

  it("counts an answer in bytes", async () => {
    const { headers, body } = await post("/echo", '"ñ€"');
    expect(body).to.deep.equal({ ok: true, got: '"ñ€"' });
    expect(headers.get("content-length")).to.equal(String(Buffer.byteLength(JSON.stringify(body))));
  });

  for (const path of [
    "/",
    "/favicon.ico",
    "/robots.txt",
    "/echo/",
    "/Echo",
    "/%",
    "/%ff",
    "/__proto__",
    "//echo",
  ]) {
    it(`answers 404 at ${path}`, async () => {
      const { status, body } = await send(path);
      expect(status).to.equal(404);
      expect(body).to.deep.equal(refusal("not_found", `There is nothing at GET ${path}.`));
    });
  }

  for (const method of ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    it(`answers 405 to ${method}, and says what is allowed`, async () => {
      const { status, headers } = await send("/echo", { method });
      expect([status, headers.get("allow")]).to.deep.equal([405, "POST"]);
    });
  }

  it("answers 405 to POST at /health", async () => {
    const { status, headers } = await post("/health", "{}");
    expect([status, headers.get("allow")]).to.deep.equal([405, "GET, HEAD"]);
  });

  const types: Record<string, Record<string, string>> = {
    "text/plain": { "content-type": "text/plain" },
    "a form": { "content-type": "application/x-www-form-urlencoded" },
    "a JSON dialect": { "content-type": "application/cloudevents+json" },
    "another charset": { "content-type": "application/json; charset=latin1" },
    "a compressed body": { "content-encoding": "gzip" },
  };
  for (const [what, headers] of Object.entries(types)) {
    it(`answers 415 to ${what}`, async () => {
      const answer = await post("/echo", "{}", headers);
      expect([answer.status, answer.headers.get("accept")]).to.deep.equal([415, JSON_TYPE]);
    });
  }

  it("takes application/json with a charset of utf-8 in any spelling", async () => {
    for (const type of ['application/json; charset="UTF-8"', "Application/JSON;charset=utf8"]) {
      expect((await post("/echo", "{}", { "content-type": type })).status).to.equal(200);
    }
  });

  it("refuses by the headers alone before it reads a body", async () => {
    const { status, body } = await post("/closed", "x".repeat(5_000));
    expect({ status, body }).to.deep.equal({ status: 401, body: refusal("no", "No.") });
  });

  it("puts what an error carries into headers and envelope", async () => {
    const { status, headers, body } = await post("/busy", "{}");
    expect([status, headers.get("retry-after")]).to.deep.equal([429, "7"]);
    expect(body).to.deep.equal({ ...refusal("busy", "Busy."), task: "t" });
  });

  it("answers 500 with a fixed text to a bug, and logs its stack", async () => {
    const { status, body } = await post("/bug", "{}");
    expect(status).to.equal(500);
    expect(body).to.deep.equal(refusal("internal", "Something went wrong on our side."));
    expect(lines[0]).to.have.property("severity", "ERROR");
    expect(lines[0]?.stack_trace).to.match(/^Error: the secret of a bug\n/);
  });

  it("takes a body of exactly the limit and refuses one byte more", async () => {
    expect((await post("/echo", "x".repeat(1_000))).status).to.equal(200);
    const { status, headers } = await post("/echo", "x".repeat(1_001));
    expect([status, headers.get("connection")]).to.deep.equal([413, "close"]);
  });

  it("refuses a body that grows beyond the limit without having announced it", async () => {
    const chunks = new Blob(Array.from({ length: 50 }, () => "x".repeat(100))).stream();
    const init = {
      method: "POST",
      body: chunks,
      duplex: "half",
      headers: { "content-type": JSON_TYPE },
    };
    expect((await send("/echo", init as RequestInit)).status).to.equal(413);
  });

  /** The head of a POST to /echo. */
  const headOf = (...headers: string[]): string =>
    ["POST /echo HTTP/1.1", "Host: x", `Content-Type: ${JSON_TYPE}`, ...headers, "\r\n"].join(
      "\r\n",
    );

  /** The whole answer to a connection that the server closes. */
  function answerIn(text: string) {
    const [head = "", body = ""] = text.split("\r\n\r\n");
    return {
      status: Number(/^HTTP\/1\.1 (\d+) /.exec(head)?.[1]),
      body: JSON.parse(body) as object,
    };
  }

  const TOO_LARGE = refusal("body_too_large", "The body is larger than 1000 bytes.");

  it("lets a client that sends everything first read its 413", async () => {
    const socket = net.connect(port, "127.0.0.1");
    socket.write(headOf("X-Request-Id: r-1", "Content-Length: 900000"));
    // What is handed to the system is on its way; nothing is read before all of it is.
    await new Promise((resolve) => socket.write("x".repeat(900_000), resolve));
    expect(answerIn(await text(socket))).to.deep.equal({ status: 413, body: TOO_LARGE });
  });

  for (const [how, header, chunk] of [
    ["announced", "Content-Length: 1000000000", "x".repeat(65_536)],
    ["chunked", "Transfer-Encoding: chunked", `10000\r\n${"x".repeat(65_536)}\r\n`],
  ] as const) {
    it(`cuts off a refused sender that never ends, ${how}, and still lets it read its 413`, async () => {
      const socket = net.connect(port, "127.0.0.1");
      const received: Buffer[] = [];
      socket.on("data", (data) => received.push(data));
      // The end of a connection that is cut off while it sends.
      socket.on("error", () => undefined);
      const closed = new Promise((resolve) => socket.once("close", resolve));
      socket.write(headOf("X-Request-Id: r-1", header));
      const send = (): void => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", send);
      send();
      await closed;
      const answer = answerIn(Buffer.concat(received).toString());
      expect(answer).to.deep.equal({ status: 413, body: TOO_LARGE });
    });
  }

  it("answers 400 to a request with two Host headers", async () => {
    const socket = net.connect(port, "127.0.0.1");
    socket.end(headOf("X-Request-Id: r-1", "host: y", "Content-Length: 2") + "{}");
    expect(answerIn(await text(socket))).to.deep.equal({
      status: 400,
      body: refusal("several_hosts", "A request has one Host header.", "Host"),
    });
  });

  it("survives a client that goes away in the middle of its body", async () => {
    const socket = net.connect(port, "127.0.0.1");
    socket.write(
      "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
    );
    const [request] = (await once(server, "request")) as [http.IncomingMessage];
    const closed = new Promise((resolve) => request.on("close", resolve));
    socket.destroy();
    await closed;
    expect((await post("/echo", "{}")).status).to.equal(200);
    expect(lines[0]).to.have.property("message", "POST /echo: the client went away");
  });
});
