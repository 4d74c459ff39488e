import { expect } from "chai";
import { once } from "node:events";
import {
  createServer as createHttpServer,
  request as httpRequest,
  type IncomingMessage,
  type Server as HttpServer,
} from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import {
  bodyOf,
  jsonResponse,
  type LocalRequest,
  type LocalResponse,
  type Send,
} from "../../../local/http/message.ts";
import type { LogEntry } from "../../../local/log.ts";
import { exchange, forward, listener } from "../../../local/http/node.ts";
import { urlOf } from "../../../local/http/request-target.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const REQUEST: LocalRequest = {
  method: "GET",
  url: new URL("https://brain-123.us-central1.run.app/process"),
  headers: [],
  body: Buffer.alloc(0),
};

const CHUNK = Buffer.alloc(64 * 1024);
const CHUNKS = 500;
const ALL = Array.from({ length: CHUNKS }, () => CHUNK);

describe("node-http", () => {
  const servers: (Server | HttpServer)[] = [];
  const sockets: Socket[] = [];
  const lines: LogEntry[] = [];
  beforeEach(() => void (lines.length = 0));
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  async function listening(server: Server | HttpServer): Promise<URL> {
    server.on("connection", (socket) => void sockets.push(socket));
    servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  /** A program that answers any request with these bytes. */
  function program(bytes: string): Promise<URL> {
    return listening(
      createServer((socket) => {
        socket.on("error", () => socket.destroy());
        socket.once("data", () => socket.end(bytes));
      }),
    );
  }

  async function serving(send: Send, lingerMs?: number): Promise<URL> {
    const { origin } = REQUEST.url;
    const log = (entry: LogEntry): void => void lines.push(entry);
    return listening(
      createHttpServer(listener((incoming) => urlOf(incoming, origin), send, log, lingerMs)),
    );
  }

  describe("an answer of a program that is none", () => {
    for (const [what, bytes] of [
      [
        "a switch of protocols",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
      ],
      ["a status below all", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n"],
      ["a status above all", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"],
      ["a connection that closes", ""],
      ["no HTTP", "hello\r\n\r\n"],
    ] as const) {
      it(`is an error: ${what}`, async () => {
        const base = await program(bytes);
        expect(await thrownBy(() => forward(REQUEST, base))).to.be.an("error");
      });
    }
  });

  describe("an answer before the end of the request's body", () => {
    const EARLY =
      "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlong";

    /** A program that reads a little, answers and does that with the connection; `left`: when it has done it. */
    async function refusing(end: (socket: Socket) => void) {
      const left = Promise.withResolvers<unknown>();
      const base = await listening(
        createServer((socket) => {
          socket.on("error", () => socket.destroy());
          socket.once("close", left.resolve);
          socket.once("data", () => {
            socket.pause();
            socket.write(EARLY, () => end(socket));
          });
        }),
      );
      return { base, left: left.promise };
    }

    function upload(chunks: Iterable<Buffer> | AsyncIterable<Buffer>): LocalRequest {
      const headers = [["Content-Length", String(CHUNK.length * CHUNKS)]] as const;
      return { ...REQUEST, method: "POST", headers, body: Readable.from(chunks) };
    }

    async function answerTo(request: LocalRequest, base: URL): Promise<[number, string]> {
      const response = await forward(request, base);
      return [response.status, (await bodyOf(response)).toString()];
    }

    for (const [how, end] of [
      ["closes", (socket: Socket) => socket.destroySoon()],
      ["breaks", (socket: Socket) => socket.resetAndDestroy()],
    ] as const) {
      it(`is delivered where the program ${how} the connection before more is written`, async () => {
        const { base, left } = await refusing(end);
        const chunks = (async function* () {
          yield CHUNK;
          await left;
          for (let i = 1; i < CHUNKS; i++) yield CHUNK;
        })();
        expect(await answerTo(upload(chunks), base)).to.deep.equal([413, "long"]);
      });
    }

    it("is delivered where the program reads no more and waits, and nothing is left open", async () => {
      const { base } = await refusing(() => undefined);
      const answer = await exchange(upload(ALL), { host: base.hostname, port: base.port });
      const { socket } = answer;
      expect([answer.statusCode, await text(answer)]).to.deep.equal([413, "long"]);
      expect(socket.destroyed).to.equal(true);
    });

    it("reaches a client that goes on sending", async () => {
      const { base } = await refusing((socket) => socket.destroySoon());
      const served = await serving((request) => forward(request, base));
      const response = await fetch(served, {
        method: "POST",
        body: Buffer.alloc(CHUNK.length * CHUNKS),
      });
      expect([response.status, await response.text()]).to.deep.equal([413, "long"]);
    });

    it("is an error where the connection broke without one", async () => {
      const base = await listening(
        createServer((socket) => {
          socket.on("error", () => socket.destroy());
          socket.once("data", () => socket.resetAndDestroy());
        }),
      );
      expect(await thrownBy(() => answerTo(upload(ALL), base))).to.be.an("error");
    });
  });

  describe("a connection that was kept", () => {
    const HELLO = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    const POST: LocalRequest = { ...REQUEST, method: "POST", body: Buffer.from("once") };

    /** A program that answers one request on each connection, and does that at the first byte of a second. */
    async function answeringOnce(second: (socket: Socket) => void) {
      const received: string[] = [];
      const base = await listening(
        createServer((socket) => {
          socket.on("error", () => socket.destroy());
          socket.once("data", (bytes) => {
            received.push(bytes.toString());
            socket.write(HELLO, () => socket.once("data", () => second(socket)));
          });
        }),
      );
      return { base, received };
    }

    async function answerOf(request: LocalRequest, base: URL): Promise<string> {
      return (await bodyOf(await forward(request, base))).toString();
    }

    for (const [how, end] of [
      ["closes", (socket: Socket) => socket.destroySoon()],
      ["breaks", (socket: Socket) => socket.resetAndDestroy()],
    ] as const) {
      it(`is replaced where the server ${how} it under a request, which is sent again`, async () => {
        const { base, received } = await answeringOnce(end);
        expect(await answerOf(POST, base)).to.equal("hello");
        expect(await answerOf(POST, base)).to.equal("hello");
        expect(received).to.have.length(2);
        expect(received[1]).to.match(/^POST \/process HTTP\/1.1\r\n[^]*\r\n\r\nonce$/);
      });
    }

    it("is replaced once, and not for ever", async () => {
      let connections = 0;
      const base = await listening(
        createServer((socket) => {
          connections++;
          socket.on("error", () => socket.destroy());
          socket.once("data", () => {
            if (connections > 1) socket.destroy();
            else socket.write(HELLO, () => socket.once("data", () => socket.destroy()));
          });
        }),
      );
      expect(await answerOf(POST, base)).to.equal("hello");
      expect(await thrownBy(() => answerOf(POST, base))).to.be.an("error");
      expect(connections).to.equal(2);
    });

    it("ends with its request where that may have been read", async () => {
      const { base, received } = await answeringOnce((socket) => socket.destroy());
      const to = { host: base.hostname, port: base.port };
      const never = (): Promise<boolean> => Promise.resolve(false);
      expect(await text(await exchange(POST, to, never))).to.equal("hello");
      expect(await thrownBy(() => exchange(POST, to, never))).to.be.an("error");
      expect(received).to.have.length(1);
    });

    it("ends with its request where an answer had begun", async () => {
      const { base, received } = await answeringOnce((socket) => socket.end("HTTP/1.1 200 OK\r\n"));
      expect(await answerOf(POST, base)).to.equal("hello");
      expect(await thrownBy(() => answerOf(POST, base))).to.be.an("error");
      expect(received).to.have.length(1);
    });

    it("is not used for a body that streams, which could not be sent again", async () => {
      let used = 0;
      const { base } = await answeringOnce((socket) => {
        used++;
        socket.destroy();
      });
      expect(await answerOf(POST, base)).to.equal("hello");
      const streamed = { ...POST, body: Readable.from([Buffer.from("streamed")]) };
      expect(await answerOf(streamed, base)).to.equal("hello");
      expect(used).to.equal(0);
    });
  });

  it("passes on no header that belongs to one connection", async () => {
    const base = await program(
      "HTTP/1.1 200 OK\r\nTrailer: Expires\r\nKeep-Alive: timeout=5\r\nX-Kept: yes\r\nContent-Length: 0\r\n\r\n",
    );
    const { status, headers } = await forward(REQUEST, base);
    expect({ status, headers }).to.deep.equal({
      status: 200,
      headers: [
        ["X-Kept", "yes"],
        ["Content-Length", "0"],
      ],
    });
  });

  it("breaks the connection where an answer cannot be written down, and serves the next request", async () => {
    const answers: LocalResponse[] = [
      { ...jsonResponse(200, {}), headers: [["no name", "\n"]] },
      jsonResponse(200, { ok: true }),
    ];
    const base = await serving(() => Promise.resolve(answers.shift() ?? jsonResponse(500, {})));
    expect(await thrownBy(() => fetch(base))).to.be.an("error");
    expect((await fetch(base)).status).to.equal(200);
    expect(lines.map(({ message }) => message)).to.deep.equal([
      `HTTP: Cut off GET ${REQUEST.url.origin}/: Header name must be a valid HTTP token ["no name"]`,
    ]);
  });

  it("lets go of whoever has its answer and does not end its request", async () => {
    const base = await serving(() => Promise.resolve(jsonResponse(401, {})), 20);
    const socket = connect(Number(base.port), "127.0.0.1");
    socket.write("POST /a HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nabc");
    expect(await text(socket)).to.match(/^HTTP\/1.1 401 Unauthorized\r\n/);
    expect(lines.map(({ message }) => message)).to.deep.equal([
      `HTTP: Cut off POST ${REQUEST.url.origin}/a: it was answered, and did not end`,
    ]);
  });

  it("cuts off whoever cannot be answered, with the reason in the log", async () => {
    const base = await serving(() => Promise.reject(new Error("it is no more")));
    expect(await thrownBy(() => fetch(new URL("/a?b=secret", base)))).to.be.an("error");
    expect(lines).to.deep.equal([
      {
        source: "gateway",
        severity: "WARNING",
        message: `HTTP: Cut off GET ${REQUEST.url.origin}/a: it is no more`,
      },
    ]);
  });

  it("answers 400 to a target that is none, with a line in the log", async () => {
    const base = await serving(() => Promise.reject(new Error("never")));
    const outgoing = httpRequest(base, { method: "OPTIONS", path: "*" }).end();
    const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
    const sentence = '"*" is no target of a request.';
    expect([incoming.statusCode, await text(incoming)]).to.deep.equal([400, `${sentence}\n`]);
    expect(lines.map(({ message }) => message)).to.deep.equal([`HTTP: Answered 400: ${sentence}`]);
  });
});
