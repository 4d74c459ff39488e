import { expect } from "chai";
import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createAuthority, type Authority } from "../../../local/gateway/authority.ts";
import type { HostHandler } from "../../../local/gateway/host-handler.ts";
import { startGateway, type Gateway } from "../../../local/gateway/proxy.ts";
import type { LogEntry } from "../../../local/log.ts";
import { ask, connectThrough, tlsThrough } from "./through.ts";

const saying = (words: string): HostHandler => ({
  http: (_request, response) => void response.end(words),
});

describe("gateway", () => {
  const hosts = new Map<string, HostHandler>();
  let logs: LogEntry[];
  let authority: Authority;
  let gateway: Gateway;
  let neighbour: Server;
  let neighbourPort: number;

  before(async () => {
    authority = await createAuthority();
    neighbour = createServer((request, response) => {
      response.end(
        `${request.method ?? ""} ${request.url ?? ""} ${request.headers["x-a"]?.toString() ?? ""}`,
      );
    });
    neighbour.listen(0, "127.0.0.1");
    await once(neighbour, "listening");
    neighbourPort = (neighbour.address() as AddressInfo).port;
  });
  after(() => {
    neighbour.closeAllConnections();
    neighbour.close();
  });
  beforeEach(async () => {
    logs = [];
    hosts.clear();
    hosts.set("plain.test", saying("hello"));
    gateway = await startGateway({
      authority,
      route: (host) => hosts.get(host),
      log: (entry) => void logs.push(entry),
    });
  });
  afterEach(() => gateway.stop());

  const tls = (host: string, alpn?: readonly string[]) =>
    tlsThrough(gateway.url, host, { caPem: authority.caPem, ...(alpn && { alpn }) });

  const REFUSED = [
    ...["example.com:443", "plain.test:80", "[::2]:443", "", "a\u00e9:443"],
    ...["127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:99999", "localhost:-1", "localhost:1e3"],
    ...["127.0.0.1", "127.0.0.1:", "127.0.0.999:80"],
  ];
  for (const target of REFUSED) {
    it(`refuses CONNECT to ${JSON.stringify(target)} with its name`, async () => {
      const { answer, body } = await connectThrough(gateway.url, encodeURI(target) || "?");
      const name = (encodeURI(target) || "?").replaceAll(/[^\w.:[\]-]/g, "?");

      expect(answer.statusCode).to.equal(403);
      expect(answer.statusMessage).to.equal(`${name} is not part of the local cloud`);
      expect(body).to.equal(
        `${name} is not part of the local cloud, and nothing leaves this machine but to hosts that --allow names.\n`,
      );
      expect(logs).to.deep.equal([
        { source: "gateway", severity: "WARNING", message: `Refused a connection to ${name}` },
      ]);
    });
  }

  it("takes a host name in any case, with or without the root's dot", async () => {
    const { answer, socket } = await connectThrough(gateway.url, "PLAIN.test.:443");
    socket.destroy();

    expect(answer.statusCode).to.equal(200);
  });

  it("chooses http/1.1 wherever it is offered, and h2 only for a handler of gRPC", async () => {
    hosts.set("grpc.test", {
      ...saying("rest"),
      grpc: (socket) => void socket.end("taken over"),
    });
    const both = await tls("grpc.test", ["h2", "http/1.1"]);
    const onlyH2 = await tls("grpc.test", ["h2"]);
    const neither = await tls("grpc.test");

    expect([both.alpnProtocol, onlyH2.alpnProtocol, neither.alpnProtocol]).to.deep.equal([
      "http/1.1",
      "h2",
      false,
    ]);
    expect((await ask(both, { path: "/" })).body).to.equal("rest");
    expect(await text(onlyH2)).to.equal("taken over");
    expect((await ask(neither, { path: "/" })).body).to.equal("rest");
  });

  it("refuses h2 in the handshake where only HTTP/1.1 is spoken", async () => {
    const error = await tls("plain.test", ["h2"]).catch((thrown: unknown) => thrown);

    expect(String(error)).to.include("no application protocol");
  });

  it("asks for the handler at each request, so that a kept connection meets the new one", async () => {
    const socket = await tls("plain.test");
    const before = await ask(socket, { path: "/", headers: { connection: "keep-alive" } });
    hosts.set("plain.test", saying("hello again"));
    const later = await ask(socket, { path: "/", headers: { connection: "keep-alive" } });
    hosts.delete("plain.test");
    const last = await ask(socket, { path: "/" });

    expect([before.body, later.body, last.body]).to.deep.equal([
      "hello",
      "hello again",
      "plain.test is no longer part of the local cloud.\n",
    ]);
    expect(last.status).to.equal(502);
  });

  it("tunnels CONNECT to loopback", async () => {
    const { socket } = await connectThrough(gateway.url, `127.0.0.1:${neighbourPort}`);
    socket.end("GET /tunnelled HTTP/1.0\r\n\r\n");

    expect(await text(socket)).to.match(/\r\n\r\nGET \/tunnelled $/);
  });

  it("says that nobody listens where a tunnel should lead, to the client and in the log", async () => {
    const { answer, body } = await connectThrough(gateway.url, "127.0.0.1:1");

    expect([answer.statusCode, body]).to.deep.equal([502, "Nobody listens at 127.0.0.1:1.\n"]);
    expect(logs.map(({ message }) => message)).to.deep.equal([
      "A tunnel to 127.0.0.1:1 ended: connect ECONNREFUSED 127.0.0.1:1",
    ]);
  });

  for (const host of ["other.test", "plain.test@other.test", "plain.test/x", "plain.test:80"]) {
    it(`answers 421 to a request for ${host} on another host's connection`, async () => {
      const { status, body } = await ask(await tls("plain.test"), { path: "/", headers: { host } });

      expect(status).to.equal(421);
      expect(body).to.equal(`This connection is one with plain.test, not ${host}.\n`);
      expect(logs.map(({ message }) => message)).to.deep.equal([
        `HTTPS: Answered 421: This connection is one with plain.test, not ${host}.`,
      ]);
    });
  }

  for (const host of ["PLAIN.test", "plain.test:443", "plain.test."]) {
    it(`knows its host as ${host}`, async () => {
      expect(await ask(await tls("plain.test"), { path: "/", headers: { host } })).to.include({
        status: 200,
      });
    });
  }

  it("lets go of whoever begins TLS, or a request in it, and does not end it", async () => {
    await gateway.stop();
    const limits = { headersMs: 50, requestMs: 100, checkMs: 10 };
    const route = (host: string) => hosts.get(host);
    const log = (entry: LogEntry) => void logs.push(entry);
    gateway = await startGateway({ authority, route, log, limits });
    const heads = await Promise.all([tls("plain.test"), tls("plain.test"), tls("plain.test")]);
    heads[1].write("GET / HTTP/1.1\r\nHost: plain.test\r\nX-A:");
    heads[2].write("POST / HTTP/1.1\r\nHost: plain.test\r\nContent-Length: 9\r\n\r\nabc");
    hosts.set("plain.test", { http: () => undefined });
    const answers = await Promise.all(heads.map((socket) => text(socket)));

    expect(answers.map((answer) => answer.split("\r\n")[0])).to.deep.equal(
      Array.from({ length: 3 }, () => "HTTP/1.1 408 Request Timeout"),
    );
    expect(logs.map(({ message }) => message)).to.deep.equal([
      "HTTPS: Answered 408: The request did not arrive in time.",
    ]);
  });

  it("forwards plain HTTP to loopback, and nowhere else", async () => {
    const there = await plain(`http://localhost:${neighbourPort}/a?b=1`, { "x-a": "1" });
    const away = await plain("http://metadata.google.internal/computeMetadata/v1/");
    const here = await plain("/");

    expect(there).to.deep.equal({ status: 200, body: "GET /a?b=1 1" });
    expect(away).to.deep.equal({
      status: 403,
      body: "The local cloud answers for metadata.google.internal by HTTPS only, if at all.\n",
    });
    expect(here.status).to.equal(404);
  });

  it("refuses plain HTTP to what is no port, and to anything but http", async () => {
    const paths = [
      "http://127.0.0.1:0/",
      "http://127.0.0.1:99999/",
      "http://[",
      "ftp://localhost/",
    ];
    const answers = await Promise.all(paths.map((path) => plain(path)));

    expect(answers.map(({ status }) => status)).to.deep.equal([403, 404, 404, 403]);
  });

  it("forwards what Node's client and server would not write", async () => {
    const there = `http://localhost:${neighbourPort}/a`;
    const announced = await raw(
      `GET ${there} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTrailer: x-a\r\n\r\n`,
    );
    const odd = await rawNeighbour("HTTP/1.1 42 What\r\nContent-Length: 0\r\n\r\n");
    const status = await plain(odd.url);
    odd.close();
    const trailing = await rawNeighbour(
      "HTTP/1.1 200 OK\r\nTrailer: x-a\r\nContent-Length: 2\r\n\r\nhi",
    );
    const answer = await plain(trailing.url);
    trailing.close();

    expect(announced).to.match(/^HTTP\/1.1 200 OK\r\n[^]*GET \/a /);
    expect(status.status).to.equal(502);
    expect(answer).to.deep.equal({ status: 200, body: "hi" });
  });

  it("says where nobody listens for plain HTTP", async () => {
    expect(await plain("http://localhost:1/")).to.deep.equal({
      status: 502,
      body: "Nobody listens at localhost:1.\n",
    });
  });

  it("closes a connection whose client hangs up before TLS", async () => {
    const { socket } = await connectThrough(gateway.url, "plain.test:443");
    socket.end();
    await once(socket.resume(), "close");

    expect(logs).to.deep.equal([]);
  });

  it("survives a client that is gone before its certificate is made", async () => {
    const request = httpRequest(gateway.url, { method: "CONNECT", path: "plain.test:443" });
    request.end();
    const [, socket] = (await once(request, "connect")) as [IncomingMessage, Socket];
    socket.resetAndDestroy();
    await once(socket, "close");

    expect((await ask(await tls("plain.test"), { path: "/" })).body).to.equal("hello");
  });

  it("ends every connection when it stops", async () => {
    const secure = await tls("plain.test");
    const { socket } = await connectThrough(gateway.url, `127.0.0.1:${neighbourPort}`);
    const closed = [secure, socket].map((each) => {
      each.on("error", () => undefined);
      return new Promise((resolve) => each.once("close", resolve));
    });
    await gateway.stop();

    await Promise.all(closed);
  });

  it("says that its port is taken", async () => {
    const port = Number(new URL(gateway.url).port);
    const options = { authority, route: () => undefined, log: () => undefined, port };
    const error = await startGateway(options).catch((thrown: unknown) => thrown);

    expect((error as NodeJS.ErrnoException).code).to.equal("EADDRINUSE");
  });

  /** What the gateway answers to bytes that Node's client would not send. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    socket.write(bytes);
    return text(socket);
  }

  /** A program that answers every connection with the same bytes. */
  async function rawNeighbour(bytes: string): Promise<{ url: string; close: () => void }> {
    const server = createTcpServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(bytes));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
  }

  async function plain(path: string, headers = {}): Promise<{ status: number; body: string }> {
    const request = httpRequest(gateway.url, { path, headers, agent: false });
    request.end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, body: await text(response) };
  }
});
