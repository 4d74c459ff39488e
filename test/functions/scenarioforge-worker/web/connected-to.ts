import { isIP } from "node:net";
import { publicLookup } from "../../../../functions/scenarioforge-worker/adapters/public-lookup.ts";

/** Where Node would connect to for a URL, if names had those addresses. An address is not looked up. */
export async function connectedTo(
  { hostname }: URL,
  resolve: (host: string) => Promise<readonly string[]>,
): Promise<string> {
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  if (isIP(host) !== 0) return host;
  const { promise, resolve: connect, reject } = Promise.withResolvers<string>();
  // None: there is no such name.
  const addresses = await resolve(host).catch(() => []);
  const lookup = publicLookup((_, __, found) => {
    found(
      null,
      addresses.map((address) => ({ address, family: isIP(address) })),
    );
  });
  lookup(host, { all: true }, (error, found) => {
    if (error !== null) reject(error);
    else connect(typeof found === "string" ? found : (found[0]?.address ?? ""));
  });
  return promise;
}
