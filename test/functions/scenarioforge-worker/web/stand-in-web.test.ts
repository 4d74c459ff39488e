import { expect } from "chai";
import { isInside } from "../../../../functions/scenarioforge-worker/adapters/public-address.ts";
import { NodeFailure } from "../../../../functions/scenarioforge-worker/failure.ts";
import { fetchPage } from "../../../../functions/scenarioforge-worker/web/fetch-page.ts";
import type { WebPorts } from "../../../../functions/scenarioforge-worker/web/fetch-page.ts";
import { bodyOf, header } from "../../../../local/http/message.ts";
import {
  ADDRESSES,
  INSIDE_ADDRESSES,
  PUBLIC_HOSTS,
} from "../../../../local/outside/web/addresses.ts";
import { SmallWeb } from "../../../local/outside/web/small-web.ts";
import { connectedTo } from "./connected-to.ts";

const signal = new AbortController().signal;
const NOT_PUBLIC = "The host is not on the public internet.";

describe("fetchPage in the stand-in web", () => {
  let small: SmallWeb;
  let ports: WebPorts;

  beforeEach(() => {
    small = new SmallWeb();
    ports = {
      isInside,
      after: () => () => undefined,
      get: async (url) => {
        await connectedTo(url, small.web.resolve);
        const answer = await small.open(url.href);
        const bytes = await bodyOf(answer);
        const names = ["location", "content-type", "content-encoding"];
        return {
          status: answer.status,
          headers: Object.fromEntries(names.map((name) => [name, header(answer.headers, name)])),
          body: (async function* () {
            yield await Promise.resolve(bytes);
          })(),
          close: () => undefined,
        };
      },
    };
  });

  async function outcomeOf(url: string): Promise<string> {
    try {
      return (await fetchPage(url, signal, ports)).title;
    } catch (error) {
      if (error instanceof NodeFailure) return error.message;
      throw error;
    }
  }

  it("reads what there is to read", async () => {
    expect(await outcomeOf("https://redirects.example.net/chain/5")).to.equal(
      await outcomeOf("https://news.example.com/articles/grid-storage"),
    );
  });

  it("goes inside by no name and no address", async () => {
    // One that says something else the next time is up to who connects: see the test of `getBy`.
    const readable: readonly string[] = [...PUBLIC_HOSTS, "rebinding.example.net"];
    const names = Object.keys(ADDRESSES).filter((host) => !readable.includes(host));
    for (const host of [...names, ...INSIDE_ADDRESSES]) {
      expect([host, await outcomeOf(`https://${host}/`)]).to.deep.equal([host, NOT_PUBLIC]);
    }
    expect(small.web.requests).to.deep.equal([]);
  });

  const INWARD = [
    ..."private private-172 private-192 loopback loopback-name loopback-6 mapped".split(" "),
    ..."unique-local link-local any shared decimal octal hex metadata metadata-name".split(" "),
    ..."metadata-6 name-private name-mixed".split(" "),
  ];
  for (const path of INWARD) {
    it(`is not led inside by /${path}`, async () => {
      expect(await outcomeOf(`https://redirects.example.net/${path}`)).to.equal(NOT_PUBLIC);
      expect(small.web.requests.some(({ isInside }) => isInside)).to.equal(false);
    });
  }
});
