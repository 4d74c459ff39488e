/**
 * A stand-in web: a few sites with something to read, and many with trouble, the same every time.
 *
 *     news.example.com                 articles, robots.txt
 *     papers.example.org               the same as PDF, text, Markdown, JSON, CSV, RSS, Latin-1
 *     example.com, www.example.com     an article at any path, about what the path says
 *     redirects.example.net            chains, loops, other schemes, addresses inside
 *     trouble.example.net              huge, slow, broken, wrongly typed and encoded, each status
 *     hostile.example.org              markup, instructions for models, what makes parsers slow
 *     vertexaisearch.cloud.google.com  where the sources of a search with Gemini lead
 *
 * Whatever is inside (metadata servers, private addresses, names that resolve to them) answers as well: what came there is in
 * `requests`, marked. `resolve` is the names' side of it.
 */
import { RealClock, type Clock } from "../../clock.ts";
import type { Headers, LocalRequest, LocalResponse, Send } from "../../http/message.ts";
import { decoded, matchOf } from "../../http/routes.ts";
import {
  ADDRESSES,
  INSIDE_ADDRESSES,
  PUBLIC_HOSTS,
  Resolver,
  type PublicHost,
} from "./addresses.ts";
import { failed, type Call, type Page } from "./site.ts";
import { HOSTILE } from "./sites/hostile.ts";
import { INSIDE_PAGES } from "./sites/inside.ts";
import { ANY, NEWS, PAPERS, SEARCH } from "./sites/news.ts";
import { REDIRECTS } from "./sites/redirects.ts";
import { TROUBLE } from "./sites/trouble.ts";

const SITES: Readonly<Record<PublicHost, readonly Page[]>> = {
  "example.com": ANY,
  "www.example.com": ANY,
  "news.example.com": NEWS,
  "papers.example.org": PAPERS,
  "redirects.example.net": REDIRECTS,
  "trouble.example.net": TROUBLE,
  "hostile.example.org": HOSTILE,
  "vertexaisearch.cloud.google.com": SEARCH,
};

/** Every host that answers, addresses in brackets where they are of IPv6. */
export const WEB_HOSTS: readonly string[] = [
  ...new Set([...PUBLIC_HOSTS, ...Object.keys(ADDRESSES), ...INSIDE_ADDRESSES]),
];

const MAX_REQUESTS = 5000;
const MAX_URL = 2000;
/** Names whose visits are counted. */
const MAX_NAMES = 1000;

export interface Visit {
  readonly at: number;
  readonly method: string;
  /** At most 2,000 characters of it. */
  readonly url: string;
  readonly headers: Headers;
  /** Whether it was for something inside. */
  readonly isInside: boolean;
}

export class Web {
  readonly #clock: Clock;
  readonly #visits: Visit[] = [];
  readonly #counts = new Map<string, number>();

  /** Default: wall time. */
  constructor({ clock = new RealClock() }: { readonly clock?: Clock } = {}) {
    this.#clock = clock;
  }

  /** Host → its addresses, as `dns.lookup` gives them. Rejects with ENOTFOUND. */
  readonly resolve = new Resolver().resolve;

  /** The last 5,000 requests, oldest first. */
  get requests(): readonly Visit[] {
    return [...this.#visits];
  }

  /** Answers a request to any of `WEB_HOSTS`. Rejects only where a page breaks the connection, or its sender went away. */
  readonly send: Send = async (request) => {
    const { method, url } = request;
    const site = Object.hasOwn(SITES, url.hostname) ? SITES[url.hostname as PublicHost] : undefined;
    this.#note(request, site === undefined);
    if (method !== "GET" && method !== "HEAD") {
      return failed(405, "This is only to be read", [["allow", "GET, HEAD"]]);
    }
    const answer = await this.#answer(site ?? INSIDE_PAGES, request);
    if (method === "GET") return answer;
    if (!Buffer.isBuffer(answer.body)) answer.body.destroy();
    return { ...answer, body: Buffer.alloc(0) };
  };

  async #answer(pages: readonly Page[], { url, signal }: LocalRequest): Promise<LocalResponse> {
    const matched = matchOf(pages, "GET", url.pathname);
    if (matched === undefined) return failed(404, "Not found");
    const call: Call = {
      url,
      clock: this.#clock,
      signal,
      param: (name) => {
        const written = matched.variables[name] ?? "";
        return decoded(written, (text) => new BadEscape(text));
      },
      number: (name, otherwise, most) => {
        const written = url.searchParams.get(name) ?? "";
        return /^\d{1,15}$/.test(written) ? Math.min(Number(written), most) : otherwise;
      },
      visits: (name) => this.#counted(name),
    };
    try {
      return await matched.route.answer(call);
    } catch (error) {
      if (error instanceof BadEscape) return failed(400, "Bad request");
      throw error;
    }
  }

  #counted(name: string): number {
    const before = this.#counts.get(name) ?? 0;
    if (before === 0 && this.#counts.size >= MAX_NAMES) this.#counts.clear();
    this.#counts.set(name, before + 1);
    return before;
  }

  #note({ method, url, headers }: LocalRequest, isInside: boolean): void {
    const at = this.#clock.now();
    this.#visits.push({ at, method, url: url.href.slice(0, MAX_URL), headers, isInside });
    if (this.#visits.length > MAX_REQUESTS) this.#visits.shift();
  }
}

/** A path with a percent that escapes nothing. */
class BadEscape extends Error {
  override readonly name = "BadEscape";
}
