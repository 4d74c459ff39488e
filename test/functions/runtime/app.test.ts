import { expect } from "chai";
import fc from "fast-check";
import { cors } from "hono/cors";
import { html } from "hono/html";
import { stream } from "hono/streaming";
import { EventEmitter, once } from "node:events";
import http from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { streamBody } from "../../../functions/runtime/door/body.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { readForm } from "../../../functions/runtime/door/form.ts";
import { createListener, postJson } from "../../../functions/runtime/door/http-handler.ts";
import type { App } from "../../../functions/runtime/door/http-handler.ts";
import { respond } from "../../../functions/runtime/door/reply.ts";
import { ask } from "../../support/ask.ts";

async function* upper(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk.toString().toUpperCase());
}

/** What a role may do with Hono. */
function routes(app: App): void {
  app.use("/shared/*", cors({ origin: "https://friend.example" }));
  app.get("/shared/thing", ({ env }) =>
    respond(env, { status: 200, body: { ok: true }, reason: "shared" }),
  );
  app.get("/shared/refused", () => {
    throw new HttpError(403, "no", "No.");
  });
  app.get("/runs/:id", (c) =>
    respond(c.env, {
      status: 200,
      body: { id: c.req.param("id"), limit: c.req.query("limit") ?? null },
    }),
  );
  app.delete("/runs/:id", (c) => c.body(null, 204));
  app.post(
    "/runs/:id",
    postJson({
      maxBodyBytes: 20,
      handle: ({ body }) => Promise.resolve({ status: 202, body: { got: body.toString() } }),
    }),
  );
  app.get("/page", (c) =>
    c.html(html`<p>${"<script>"}</p>`, 200, { "set-cookie": ["a=1", "b=2"] }),
  );
  app.post("/form", async ({ env }) => {
    const form = await readForm(env.source, { maxBytes: 1_000, maxParts: 3 });
    const parts = await Promise.all(
      [...form].map(async ([name, value]) =>
        typeof value === "string" ? [name, value] : [name, value.name, await value.text()],
      ),
    );
    return respond(env, { status: 200, body: { parts } });
  });
  app.all("/any/*", (c) =>
    respond(c.env, {
      status: 200,
      body: { method: c.env.method, agent: c.req.header("x-agent") ?? null, path: c.env.path },
    }),
  );
  app.post("/upper", (c) => c.body(ReadableStream.from(upper(streamBody(c.env.source, 10)))));
  app.post("/hono-body", async (c) => c.json(await c.req.json()));
  app.get("/stamped", async (c, next) => {
    await next();
    c.res.headers.set("x-stamp", "1");
  });
  app.get("/stamped", ({ env }) => respond(env, { status: 200, body: { ok: true } }));
  app.get("/patient", async (c) => {
    await once(c.req.raw.signal, "abort");
    return c.body(null, 204);
  });
  app.post("/first", async ({ env }) => {
    for await (const chunk of streamBody(env.source, 10)) {
      return respond(env, { status: 200, body: { first: chunk.toString() } });
    }
    return respond(env, { status: 200, body: {} });
  });
  app.post("/deaf", (c) => c.html("no"));
  app.get("/broken", (c) =>
    c.body(new ReadableStream({ pull: () => Promise.reject(new Error("no more")) })),
  );
  app.get("/endless", (c) =>
    stream(c, async (out) => {
      const gone = new Promise((resolve) => out.onAbort(() => resolve(undefined)));
      await out.write("first");
      await gone;
      c.env.log("NOTICE", "nobody listens any more");
    }),
  );
}

const SERVICE = { role: "test", routes };

async function answer(url: string, init: RequestInit = {}) {
  const response = await ask(SERVICE, url, init);
  const body = await response.text();
  const type = response.headers.get("content-type") ?? "";
  return {
    status: response.status,
    headers: response.headers,
    body: type.startsWith("application/json") ? (JSON.parse(body) as unknown) : body,
  };
}

function refusal(code: string, message: string, field?: string) {
  const error = field === undefined ? { code, message } : { code, message, field };
  return { ok: false, error, request_id: "r-1" };
}

describe("appOf", () => {
  it("hands a role's handlers parameters, decoded once, and the query", async () => {
    const { body } = await answer("/runs/a%20b%252Fc?limit=3");
    expect(body).to.deep.equal({ id: "a b%2Fc", limit: "3" });
  });

  it("takes a parameter with a broken escape as it is", async () => {
    expect((await answer("/runs/%ff%")).body).to.deep.equal({ id: "%ff%", limit: null });
  });

  it("hands a path on as it was sent", async () => {
    const path = "/any/../runs/./x//y%2e";
    expect((await answer(path)).body).to.deep.include({ path });
  });

  it("answers 405 with all that is allowed", async () => {
    const { status, headers, body } = await answer("/runs/1", { method: "PUT" });
    const allow = "GET, HEAD, DELETE, POST";
    expect([status, headers.get("allow")]).to.deep.equal([405, allow]);
    expect(body).to.deep.equal(refusal("method_not_allowed", `/runs/1 answers ${allow}, not PUT.`));
  });

  it("answers 404 beside its routes, also below a middleware", async () => {
    for (const path of ["/runs", "/runs/", "/runs/1/", "/runs/1/x", "/shared/other"]) {
      const { status, body } = await answer(path);
      expect([status, body]).to.deep.equal([
        404,
        refusal("not_found", `There is nothing at GET ${path}.`),
      ]);
    }
  });

  it("shares nothing with other origins, unless the role does", async () => {
    const preflight = { method: "OPTIONS", headers: { origin: "https://friend.example" } };
    const refused = await answer("/runs/1", preflight);
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).to.deep.equal([
      405,
      null,
    ]);
    const granted = await answer("/shared/thing", preflight);
    expect([granted.status, granted.headers.get("access-control-allow-origin")]).to.deep.equal([
      204,
      "https://friend.example",
    ]);
  });

  it("lets a middleware add headers to whatever a handler answers or throws", async () => {
    for (const [path, status, body] of [
      ["/shared/thing", 200, { ok: true }],
      ["/shared/refused", 403, refusal("no", "No.")],
    ] as const) {
      const got = await answer(path, { headers: { origin: "https://friend.example" } });
      expect([got.status, got.body, got.headers.get("access-control-allow-origin")]).to.deep.equal([
        status,
        body,
        "https://friend.example",
      ]);
    }
  });

  it("escapes what a page holds", async () => {
    const { headers, body } = await answer("/page");
    expect(body).to.equal("<p>&lt;script&gt;</p>");
    expect(headers.get("content-type")).to.equal("text/html; charset=UTF-8");
  });

  it("takes JSON at a path with parameters, within its limit", async () => {
    const post = (body: string) =>
      answer("/runs/1", { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(await post('{"n":1.0}')).to.deep.include({ status: 202, body: { got: '{"n":1.0}' } });
    expect((await post(`"${"x".repeat(19)}"`)).status).to.equal(413);
  });

  it("lets a role answer /health in its own words", async () => {
    const own = (app: App) =>
      void app.get("/health", ({ env }) => respond(env, { status: 200, body: "mine" }));
    expect(await (await ask({ role: "test", routes: own }, "/health")).text()).to.equal("mine");
    expect((await answer("/health")).body).to.deep.equal({ ok: true, role: "test" });
  });
});

describe("a role with many routes", () => {
  const path = fc.oneof(
    fc.constantFrom(
      "/runs/1",
      "/runs/%",
      "/form",
      "/any/",
      "/page",
      "/shared/thing",
      "/health",
      "*",
    ),
    fc.webPath(),
    fc.string().map((text) => `/${text}`),
  );
  const header = fc.constantFrom(
    ["content-type", "application/json"],
    ["content-type", "multipart/form-data; boundary=b"],
    ["content-type", "application/x-www-form-urlencoded"],
    ["content-length", "-1"],
    ["content-encoding", "gzip"],
    ["origin", "null"],
  );
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .array(
        fc.constantFrom(
          "--b",
          "--",
          "\r\n",
          'content-disposition: form-data; name="',
          '"',
          "a",
          ":",
          "&",
          "%",
        ),
      )
      .map((parts) => parts.join("")),
  );

  it("answers nothing malformed with 5xx", async () => {
    const methods = fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
    await fc.assert(
      fc.asyncProperty(
        methods,
        path,
        fc.array(header),
        body,
        async (method, url, headers, sent) => {
          const init = method === "GET" || method === "HEAD" ? { method } : { method, body: sent };
          const response = await ask(SERVICE, url, {
            ...init,
            headers: Object.fromEntries(headers) as Record<string, string>,
          });
          expect(response.status).to.be.below(500);
          await response.text();
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe("readForm", () => {
  const post = (body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) =>
    answer("/form", { method: "POST", body, headers });

  it("reads fields and files, their names as they were sent", async () => {
    const form = new FormData();
    form.append("a", "1");
    form.append("f", new File(["text"], "../x.txt"));
    expect(await post(form)).to.deep.include({
      status: 200,
      body: {
        parts: [
          ["a", "1"],
          ["f", "../x.txt", "text"],
        ],
      },
    });
    const fields = new URLSearchParams([
      ["a", "1 2"],
      ["a", "&"],
    ]);
    expect((await post(fields)).body).to.deep.equal({
      parts: [
        ["a", "1 2"],
        ["a", "&"],
      ],
    });
  });

  it("takes so many parts and no more", async () => {
    for (const [count, status] of [
      [3, 200],
      [4, 413],
    ] as const) {
      const form = new FormData();
      const fields = new URLSearchParams();
      for (let at = 0; at < count; at += 1) {
        form.append("a", "");
        fields.append("a", "");
      }
      expect([(await post(form)).status, (await post(fields)).status]).to.deep.equal([
        status,
        status,
      ]);
    }
  });

  it("refuses a form that is too large", async () => {
    const form = new FormData();
    form.append("a", "x".repeat(1_000));
    const message = "The body is larger than 1000 bytes.";
    expect(await post(form)).to.deep.include({
      status: 413,
      body: refusal("body_too_large", message),
    });
  });

  const multipart = "multipart/form-data; boundary=b";
  for (const [what, type, body, status] of [
    ["no form", "application/json", "{}", 415],
    ["no boundary", "multipart/form-data", "--b--", 415],
    ["no part", multipart, "x", 400],
    [
      "a part that is cut off",
      multipart,
      '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx',
      400,
    ],
    ["a part without a name", multipart, "--b\r\n\r\nx\r\n--b--\r\n", 400],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      expect((await post(body, { "content-type": type })).status).to.equal(status);
    });
  }

  it("counts the parts that the parser will see, whatever else looks like a boundary", async () => {
    const body = ["a", "b", "c", "d"]
      .map((name) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n\r\n`)
      .join("");
    for (const type of [
      'multipart/form-data; x="; boundary=z;"; boundary=b',
      "multipart/form-data; boundary=b; boundary=z",
      'multipart/form-data; boundary="b"',
    ]) {
      const { status } = await post(`${body}--b--\r\n`, { "content-type": type });
      expect(status, type).to.be.oneOf([400, 413, 415]);
    }
  });

  it("answers 415 to a compressed form", async () => {
    const encoded = { "content-type": multipart, "content-encoding": "gzip" };
    expect((await post("--b--", encoded)).status).to.equal(415);
  });
});

describe("a role with many routes, over HTTP", () => {
  const lines: Record<string, unknown>[] = [];
  const log = new EventEmitter();
  const agent = new http.Agent({ keepAlive: true });
  let server: http.Server;
  let port: number;

  before(async () => {
    const write = (line: string): void => {
      lines.push(JSON.parse(line) as Record<string, unknown>);
      log.emit("line");
    };
    server = http.createServer(createListener({ ...SERVICE, write }));
    await once(server.listen(0, "127.0.0.1"), "listening");
    port = (server.address() as AddressInfo).port;
  });

  after(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });

  beforeEach(() => void lines.splice(0));

  function request(
    method: string,
    path: string,
    headers: http.OutgoingHttpHeaders = {},
    by: http.Agent | false = false,
  ) {
    return http.request({ host: "127.0.0.1", port, method, path, headers, agent: by });
  }

  async function responseTo(sent: http.ClientRequest): Promise<IncomingMessage> {
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return response;
  }

  async function logged(count: number): Promise<void> {
    while (lines.length < count) await once(log, "line");
  }

  /** How a body that is cut off ends. */
  const ended = (response: IncomingMessage) =>
    text(response).catch((error: unknown) => (error as Error).message);

  const said = () => lines.map(({ severity, message }) => [severity, message]);

  for (const method of ["GET", "TRACE", "OPTIONS", "PROPFIND"]) {
    it(`answers ${method} with a body, which no Request may have`, async () => {
      const sent = request(method, "/any/x", { "x-agent": "a", "content-length": 2 });
      sent.end("{}");
      const response = await responseTo(sent);
      expect(JSON.parse(await text(response))).to.deep.equal({
        method,
        agent: "a",
        path: "/any/x",
      });
      expect(said()).to.deep.equal([["INFO", `${method} /any/x 200`]]);
    });
  }

  it("answers HEAD with the headers of GET", async () => {
    for (const path of ["/page", "/runs/1", "/endless", "/nowhere"]) {
      const got = await responseTo(request("GET", path).end());
      const head = await responseTo(request("HEAD", path).end());
      const { date, ...headers } = got.headers;
      // Node leaves out how a body that is not there would be sent.
      delete headers["transfer-encoding"];
      got.destroy();
      expect([head.statusCode, await text(head)]).to.deep.equal([got.statusCode, ""]);
      if (path === "/nowhere") continue;
      expect({ ...head.headers, date }).to.deep.equal({
        ...headers,
        date,
        "x-request-id": head.headers["x-request-id"],
      });
    }
  });

  it("lets nobody read a body without a limit, and says how it is read", async () => {
    const response = await responseTo(request("POST", "/hono-body").end("{}"));
    expect(response.resume().statusCode).to.equal(500);
    await logged(1);
    expect(lines[0]?.stack_trace).to.match(/^Error: A body is read by readJson/);
  });

  it("sends what a middleware changed of an answer", async () => {
    const response = await responseTo(request("GET", "/stamped").end());
    const { "x-stamp": stamp, "content-length": length } = response.headers;
    expect([stamp, length, await text(response)]).to.deep.equal(["1", "11", '{"ok":true}']);
  });

  it("ends the stream that a HEAD would be told of", async () => {
    await responseTo(request("HEAD", "/endless", {}, agent).end());
    await logged(2);
    expect(said().sort()).to.deep.equal([
      ["INFO", "HEAD /endless 200"],
      ["NOTICE", "nobody listens any more"],
    ]);
  });

  it("tells a handler that its client went away", async () => {
    for (const sent of [request("GET", "/patient").end(), request("POST", "/first")]) {
      const seen = once(server, "request");
      sent.on("error", () => undefined).flushHeaders();
      await seen;
      sent.destroy();
    }
    await logged(2);
    expect(said().sort()).to.deep.equal([
      ["INFO", "GET /patient 204"],
      ["INFO", "POST /first: the client went away"],
    ]);
  });

  it("lets a client read the answer to a body that is not read to its end", async () => {
    const sent = request("POST", "/first");
    sent.write("one");
    const response = await responseTo(sent);
    expect(await text(response)).to.equal('{"first":"one"}');
    sent.end();
  });

  it("keeps several cookies apart, and says what a reply notes", async () => {
    const page = await responseTo(request("GET", "/page").end());
    expect([page.headers["set-cookie"], await text(page)]).to.deep.equal([
      ["a=1", "b=2"],
      "<p>&lt;script&gt;</p>",
    ]);
    await text(await responseTo(request("GET", "/shared/thing").end()));
    expect(said()).to.deep.equal([
      ["INFO", "GET /page 200"],
      ["INFO", "GET /shared/thing 200: shared"],
    ]);
  });

  it("streams in both directions at once", async () => {
    const sent = request("POST", "/upper");
    sent.flushHeaders();
    const response = await responseTo(sent);
    const chunks = response.setEncoding("utf8").iterator({ destroyOnReturn: false });
    for (const word of ["one", "two"]) {
      sent.write(word);
      expect((await chunks.next()).value).to.equal(word.toUpperCase());
    }
    sent.end();
    expect(await chunks.next()).to.deep.equal({ done: true, value: undefined });
  });

  it("cuts off a sender that never ends and is not listened to, and still lets it read its answer", async () => {
    const sent = request("POST", "/deaf", {}, agent);
    const closed = new Promise((resolve) => sent.once("close", resolve));
    sent.on("error", () => undefined);
    const write = (): void => {
      while (!sent.destroyed && sent.write("x".repeat(65_536)));
    };
    sent.on("drain", write);
    write();
    expect(await text(await responseTo(sent))).to.equal("no");
    await closed;
    expect(said()).to.deep.equal([["INFO", "POST /deaf 200"]]);
  });

  it("cuts off a stream that reads more than the limit", async () => {
    const sent = request("POST", "/upper");
    sent.write("x".repeat(10));
    const response = await responseTo(sent);
    await once(response, "data");
    sent.on("error", () => undefined);
    sent.write("x");
    expect(await ended(response)).to.equal("aborted");
    await logged(1);
    expect(said()).to.deep.equal([["ERROR", "POST /upper: the answer broke off"]]);
  });

  it("tells a stream that its client went away", async () => {
    const response = await responseTo(request("GET", "/endless").end());
    await once(response, "data");
    response.destroy();
    await logged(2);
    expect(said().sort()).to.deep.equal([
      ["INFO", "GET /endless: the client went away"],
      ["NOTICE", "nobody listens any more"],
    ]);
  });

  it("cuts an answer off that breaks, and says why in the log only", async () => {
    const response = await responseTo(request("GET", "/broken").end());
    expect(response.statusCode).to.equal(200);
    expect(await ended(response)).to.equal("aborted");
    await logged(1);
    expect(said()).to.deep.equal([["ERROR", "GET /broken: the answer broke off"]]);
    expect(lines[0]?.stack_trace).to.match(/^Error: no more/);
  });
});
