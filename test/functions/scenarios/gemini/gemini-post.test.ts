import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import { postToGemini } from "../../../../functions/scenarios/adapters/gemini-post.ts";
import { thrownBy } from "../../../support/thrown-by.ts";
import { KEY } from "./scripted-gemini.ts";

const signal = new AbortController().signal;

describe("postToGemini", () => {
  const asked: unknown[] = [];
  let answer: RequestListener;
  let server: Server;
  let url: string;

  before(async () => {
    server = createServer((request, response) => {
      void buffer(request).then((body) => {
        const { method, url: path, headers } = request;
        asked.push([method, path, headers["x-goog-api-key"], body.toString()]);
        answer(request, response);
      });
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    asked.length = 0;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const post = (timeoutSeconds = 20, ending: AbortSignal = signal) =>
    postToGemini({
      url: `${url}/v1beta/models/m:generateContent`,
      headers: { "x-goog-api-key": KEY },
      body: "{}",
      timeoutSeconds,
      signal: ending,
    });

  it("says what came, whatever the status", async () => {
    answer = (_, response) => {
      response.writeHead(429, { "retry-after": "7" }).end("é".repeat(3));
    };
    expect(await post()).to.deep.equal({ status: 429, retryAfter: "7", body: "ééé" });
    expect(asked).to.deep.equal([["POST", "/v1beta/models/m:generateContent", KEY, "{}"]]);
  });

  it("takes the key to nowhere else", async () => {
    answer = (_, response) => {
      response.writeHead(307, { location: `${url}/elsewhere` }).end();
    };
    const error = await thrownBy(post);
    expect(error).to.be.an("error");
    expect([String(error).includes(KEY), asked.length]).to.deep.equal([false, 1]);
  });

  it("takes no more of an answer than 16 MiB", async () => {
    const part = Buffer.alloc(1_048_576, 97);
    answer = (_, response) => {
      let left = 20;
      const more = () => {
        left -= 1;
        if (left > 0) response.write(part, more);
        else response.end();
      };
      response.on("error", () => undefined);
      more();
    };
    expect(String(await thrownBy(post))).to.equal("Error: The answer is too large.");
  });

  it("waits no longer than it may, for the end of the answer too", async () => {
    answer = (_, response) => {
      response.write("{");
    };
    const error = await thrownBy(() => post(0.05));
    expect(error).to.have.property("name", "TimeoutError");
  });

  it("ends with whoever asks", async () => {
    answer = () => undefined;
    const ending = new AbortController();
    const failing = thrownBy(() => post(20, ending.signal));
    ending.abort(new Error("The worker stops."));
    expect(String(await failing)).to.equal("Error: The worker stops.");
  });
});
