import http from "node:http";
import https from "node:https";
import { isIPv6 } from "node:net";
import * as v from "valibot";
import { timers } from "../../runtime/timers.ts";
import type { WebPorts, WebResponse } from "../web/fetch-page.ts";
import { isPublicAddress } from "./public-address.ts";

// https://developers.google.com/speed/public-dns/docs/doh/json
const RESOLVER = "https://dns.google/resolve";
const Resolved = v.object({
  Answer: v.optional(v.array(v.object({ type: v.number(), data: v.string() })), []),
});
/** Record types (https://www.iana.org/assignments/dns-parameters). */
const ADDRESS_TYPES = [1, 28];
const MAX_ANSWER_CHARACTERS = 65_536;
const MAX_HEADER_BYTES = 16_384;

/** The web as it is. Names are asked of Google's public resolver, which knows none that is inside. */
export const web: WebPorts = {
  isPublic: isPublicAddress,
  after: timers.after,
  resolve: async (host, signal) => {
    const both = await Promise.all(ADDRESS_TYPES.map((type) => lookUp(host, type, signal)));
    return both.flat();
  },
  get: (url, address, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<WebResponse>();
    const client = url.protocol === "https:" ? https : http;
    const request = client.get(url, {
      signal,
      maxHeaderSize: MAX_HEADER_BYTES,
      headers: {
        accept: "text/html, text/plain, application/json;q=0.5",
        "accept-encoding": "identity",
        "user-agent": "ScenarioOps",
      },
      // Nobody is asked for the address a second time. Behind a proxy it is the proxy that connects.
      lookup: (_, options, found) => {
        const family = isIPv6(address) ? 6 : 4;
        if (options.all === true) found(null, [{ address, family }]);
        else found(null, address, family);
      },
    });
    request.on("error", reject).on("response", (response) => {
      response.on("error", () => undefined);
      resolve({
        status: response.statusCode ?? 0,
        headers: single(response.headers),
        body: response as AsyncIterable<Uint8Array>,
        close: () => void response.destroy(),
      });
    });
    return promise;
  },
};

async function lookUp(host: string, type: number, signal: AbortSignal): Promise<string[]> {
  const query = new URLSearchParams({ name: host, type: String(type) });
  const response = await fetch(`${RESOLVER}?${query.toString()}`, { redirect: "error", signal });
  if (!response.ok) throw new Error(`The resolver answered ${response.status}.`);
  const text = await response.text();
  const { Answer } = v.parse(Resolved, JSON.parse(text.slice(0, MAX_ANSWER_CHARACTERS)));
  return Answer.filter((each) => each.type === type).map(({ data }) => data);
}

function single(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}
