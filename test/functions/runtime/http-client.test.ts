import { expect } from "chai";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { send } from "../../../functions/runtime/http-client.ts";
import type { HttpRequest, HttpResponse } from "../../../functions/runtime/http-client.ts";

describe("send", () => {
  let server: http.Server;
  let url: string;
  /** Local ports of the connections over which requests came. */
  let ports: (number | undefined)[];
  let sent: { readonly headers: http.IncomingHttpHeaders; readonly body: string }[];
  let answer: (response: http.ServerResponse) => void;

  beforeEach(async () => {
    ports = [];
    sent = [];
    server = http.createServer((request, response) => {
      ports.push(request.socket.remotePort);
      void text(request).then((body) => {
        sent.push({ headers: request.headers, body });
        answer(response);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  const ask = (more: Partial<HttpRequest> = {}): Promise<HttpResponse> =>
    send({
      method: "POST",
      url,
      headers: {},
      body: "héllo",
      signal: new AbortController().signal,
      ...more,
    });

  it("sends text with its length, or in one chunk without it", async () => {
    answer = (response) => response.end();
    await ask();
    await ask({ isChunked: true });
    expect(
      sent.map(({ headers, body }) => [
        body,
        headers["content-length"],
        headers["transfer-encoding"],
      ]),
    ).to.deep.equal([
      ["héllo", "6", undefined],
      ["héllo", undefined, "chunked"],
    ]);
  });

  it("uses the connection of a released response again, if that ends by itself", async () => {
    answer = (response) => {
      response.write("answer\n");
      setImmediate(() => response.end("the rest\n"));
    };
    for (let requests = 0; requests < 2; requests += 1) {
      const response = await ask();
      const { body } = response;
      await body[Symbol.asyncIterator]().next();
      const ended = once(body as unknown as http.IncomingMessage, "close");
      response.release();
      await ended;
    }
    expect(ports[1]).to.equal(ports[0]);
  });

  it("closes the connection of a released response that does not end", async () => {
    const closed = Promise.withResolvers<undefined>();
    answer = (response) => {
      response.on("close", () => closed.resolve(undefined));
      response.write("answer\n");
    };
    const response = await ask();
    await response.body[Symbol.asyncIterator]().next();
    response.release();
    await closed.promise;
  });
});
