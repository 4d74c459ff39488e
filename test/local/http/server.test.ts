import { expect } from "chai";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { createHttpServer, type HttpLimits } from "../../../local/http/server.ts";
import type { LogEntry } from "../../../local/log.ts";

const GET = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

describe("a listener of the local cloud", () => {
  const lines: LogEntry[] = [];
  const sockets: Socket[] = [];
  let server: Server | undefined;

  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
    for (const socket of sockets.splice(0)) socket.destroy();
    lines.length = 0;
  });

  async function start(
    limits: HttpLimits = {},
    serve: RequestListener = (_, response) => void response.end("hello"),
  ): Promise<void> {
    const log = (entry: LogEntry): void => void lines.push(entry);
    server = createHttpServer({ name: "here", source: "test", log, serve, limits });
    await once(server.listen(0, "127.0.0.1"), "listening");
  }

  async function opened(bytes = ""): Promise<Socket> {
    const socket = connect((server?.address() as AddressInfo).port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    if (bytes !== "") socket.write(bytes);
    return socket;
  }

  /** Everything that comes until the server lets go. This side never does. */
  async function answerTo(bytes: string): Promise<string> {
    return text(await opened(bytes));
  }

  const messages = (): string[] => lines.map(({ message }) => message);

  it("serves", async () => {
    await start();
    expect(await answerTo(GET)).to.match(/^HTTP\/1.1 200 OK\r\n[^]*\r\n\r\nhello$/);
    expect(lines).to.deep.equal([]);
  });

  for (const [what, bytes, status, sentence] of [
    [
      "two Host headers",
      "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
      "400 Bad Request",
      "A request has one Host header.",
    ],
    ["no Host header", "GET / HTTP/1.1\r\n\r\n", "400 Bad Request", "A request has a Host header."],
    [
      "what is no HTTP",
      "hello\r\n\r\n",
      "400 Bad Request",
      "This is not a valid HTTP request (Parse Error: Invalid method encountered).",
    ],
    [
      "headers without end",
      `GET / HTTP/1.1\r\nX: ${"x".repeat(200_000)}`,
      "431 Request Header Fields Too Large",
      "The headers are too large.",
    ],
    ["CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "405 Method Not Allowed", ""],
  ] as const) {
    it(`refuses ${what}, with a line in the log`, async () => {
      await start();
      const answer = await answerTo(bytes);
      expect(answer.split("\r\n")[0]).to.equal(`HTTP/1.1 ${status}`);
      expect(answer).to.match(/\r\nconnection: close\r\n/i);
      expect(lines.map(({ source, severity }) => [source, severity])).to.deep.equal([
        ["test", "WARNING"],
      ]);
      if (sentence === "") return;
      expect(answer.endsWith(`\r\n\r\n${sentence}\n`) || answer.includes(sentence)).to.equal(true);
      expect(messages()).to.deep.equal([`here: Answered ${status.slice(0, 3)}: ${sentence}`]);
    });
  }

  it("takes a request of HTTP/1.0 without a Host header", async () => {
    await start();
    expect(await answerTo("GET / HTTP/1.0\r\n\r\n")).to.match(/^HTTP\/1.1 200 OK/);
  });

  for (const [what, bytes] of [
    ["says nothing", ""],
    ["does not end its headers", "GET / HTTP/1.1\r\nHost: here\r\nX-A:"],
    ["does not end its body", "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc"],
  ] as const) {
    it(`lets go of 300 clients of which each ${what}, with one line in the log`, async () => {
      await start({ headersMs: 50, requestMs: 100, checkMs: 10 }, () => undefined);
      const answers = await Promise.all(Array.from({ length: 300 }, () => answerTo(bytes)));
      const heads = new Set(answers.map((answer) => answer.split("\r\n")[0]));
      expect([...heads]).to.deep.equal(["HTTP/1.1 408 Request Timeout"]);
      expect(messages()[0]).to.equal("here: Answered 408: The request did not arrive in time.");
      expect(lines.length).to.be.lessThan(5);
    });
  }

  it("takes no more connections than it may have, and says so", async () => {
    await start({ connections: 2 });
    const kept = [await opened(), await opened()];
    expect(await answerTo(GET)).to.equal("");
    expect(messages()).to.deep.equal(["here: Refused a connection: there are 2 already"]);
    const [first] = kept;
    first?.end(GET);
    expect(first && (await text(first))).to.match(/^HTTP\/1.1 200 OK/);
  });

  it("keeps an idle connection longer than any client does", async () => {
    await start();
    const answer = await answerTo("GET / HTTP/1.1\r\nHost: here\r\n\r\n" + GET);
    expect(answer).to.include("Keep-Alive: timeout=610\r\n");
  });
});
