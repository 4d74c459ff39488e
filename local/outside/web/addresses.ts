/**
 * What names resolve to, for who asks before they fetch: hosts of this web, hosts whose addresses are inside, and one that
 * says something else each time.
 */
import { isIP } from "node:net";

/** Those of example.com: nobody connects to them, and no range for documentation or tests is as public as they. */
const PUBLIC = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"] as const;

/** Hosts of which all is public. */
export const PUBLIC_HOSTS = [
  "example.com",
  "www.example.com",
  "news.example.com",
  "papers.example.org",
  "redirects.example.net",
  "trouble.example.net",
  "hostile.example.org",
  "vertexaisearch.cloud.google.com",
] as const;

export type PublicHost = (typeof PUBLIC_HOSTS)[number];

/** Host → its addresses, by turns where there is more than one answer. */
export const ADDRESSES: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ...Object.fromEntries(PUBLIC_HOSTS.map((host) => [host, [PUBLIC]])),
  localhost: [["127.0.0.1", "::1"]],
  "metadata.google.internal": [["169.254.169.254"]],
  "private.example.net": [["10.0.0.7"]],
  "private-172.example.net": [["172.31.255.255"]],
  "private-192.example.net": [["192.168.0.10"]],
  "loopback.example.net": [["127.0.0.2"]],
  "loopback-6.example.net": [["::1"]],
  "metadata.example.net": [["169.254.169.254"]],
  "link-local-6.example.net": [["fe80::1"]],
  "unique-local.example.net": [["fd12:3456:789a::1"]],
  "mapped.example.net": [["::ffff:10.0.0.7"]],
  "mapped-hex.example.net": [["::ffff:7f00:1"]],
  "nat64.example.net": [["64:ff9b::a9fe:a9fe"]],
  "six-to-four.example.net": [["2002:a00:7::1"]],
  "shared.example.net": [["100.64.0.1"]],
  "any.example.net": [["0.0.0.0"]],
  "any-6.example.net": [["::"]],
  "benchmark.example.net": [["198.18.0.1"]],
  "multicast.example.net": [["224.0.0.1"]],
  "reserved.example.net": [["240.0.0.1"]],
  "broadcast.example.net": [["255.255.255.255"]],
  // One of them is enough to be refused.
  "mixed.example.net": [[PUBLIC[0], "10.0.0.7"]],
  // Public for who checks, inside for who connects.
  "rebinding.example.net": [[PUBLIC[0]], ["127.0.0.1"]],
};

/** Addresses that are inside and answer as hosts, too. */
export const INSIDE_ADDRESSES = [
  "10.0.0.7",
  "172.16.5.4",
  "192.168.1.1",
  "127.0.0.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "[::1]",
  "[::ffff:7f00:1]",
  "[fd00::7]",
  "[fe80::1]",
  "[fd00:ec2::254]",
] as const;

/** Names that are asked for, of which turns are remembered. */
export class Resolver {
  readonly #asked = new Map<string, number>();

  /** As `dns.lookup` with `all`: an address is its own. Rejects with ENOTFOUND for a name that there is not. */
  readonly resolve = (host: string): Promise<readonly string[]> => {
    const name = host.toLowerCase().replace(/\.$/, "");
    const address = name.replace(/^\[(.*)\]$/, "$1");
    if (isIP(address) !== 0) return Promise.resolve([address]);
    const answers = Object.hasOwn(ADDRESSES, name) ? ADDRESSES[name] : undefined;
    if (answers === undefined) {
      const shown = name.slice(0, 253);
      const error = new Error(`getaddrinfo ENOTFOUND ${shown}`);
      return Promise.reject(Object.assign(error, { code: "ENOTFOUND", hostname: shown }));
    }
    const turn = this.#asked.get(name) ?? 0;
    this.#asked.set(name, turn + 1);
    return Promise.resolve(answers[turn % answers.length] ?? []);
  };
}
