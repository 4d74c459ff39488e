import { expect } from "chai";
import { once } from "node:events";
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { createServer, type AddressInfo, type Server } from "node:net";
import {
  jsonResponse,
  type LocalRequest,
  type LocalResponse,
  type Send,
} from "../../local/http.ts";
import { forward, listener } from "../../local/node-http.ts";
import { thrownBy } from "../support/thrown-by.ts";

const REQUEST: LocalRequest = {
  method: "GET",
  url: new URL("https://brain-123.us-central1.run.app/process"),
  headers: [],
  body: Buffer.alloc(0),
};

describe("node-http", () => {
  const servers: (Server | HttpServer)[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function listening(server: Server | HttpServer): Promise<URL> {
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

  async function serving(send: Send): Promise<URL> {
    return listening(createHttpServer(listener(() => REQUEST.url.origin, send)));
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
  });
});
