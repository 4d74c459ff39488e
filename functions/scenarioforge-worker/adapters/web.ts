import dns from "node:dns";
import http from "node:http";
import https from "node:https";
import type { LookupFunction } from "node:net";
import { timers } from "../../runtime/timers.ts";
import type { WebPorts, WebResponse } from "../web/fetch-page.ts";
import { isInside } from "./public-address.ts";
import { publicLookup } from "./public-lookup.ts";

/** The web as it is. */
export const web: WebPorts = {
  isInside,
  after: timers.after,
  get: getBy(publicLookup(dns.lookup), process.env),
};

/**
 * Asks by Node's own client. A connection of its own for each request, so that each is looked up: one from a pool would go
 * to wherever whoever opened it went. Behind a proxy it is the proxy that looks names up and connects.
 */
export function getBy(lookup: LookupFunction, proxyEnv: NodeJS.ProcessEnv): WebPorts["get"] {
  // By this, `lookup` is asked for all addresses at once.
  const options = { proxyEnv, autoSelectFamily: true };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  return (url, signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<WebResponse>();
    const [client, agent] = url.protocol === "https:" ? [https, agents.https] : [http, agents.http];
    const request = client.get(url, {
      agent,
      signal,
      lookup,
      headers: {
        accept: "text/html, text/plain, application/json;q=0.5",
        "accept-encoding": "identity",
        "user-agent": "ScenarioOps",
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
  };
}

function single(headers: http.IncomingHttpHeaders): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : value,
    ]),
  );
}
