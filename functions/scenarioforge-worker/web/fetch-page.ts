import { NodeFailure } from "../failure.ts";
import type { Fetched } from "../nodes/node.ts";
import { textOfHtml } from "./html-text.ts";

const MAX_REDIRECTS = 5;
const MAX_BYTES = 2_097_152;
const MAX_URL_CHARACTERS = 2_048;
const TIMEOUT_SECONDS = 20;
const PORTS: ReadonlySet<string> = new Set(["", "80", "443"]);
const HTML: ReadonlySet<string> = new Set(["text/html", "application/xhtml+xml"]);
const TEXTS: ReadonlySet<string> = new Set([
  "text/plain",
  "text/markdown",
  "text/csv",
  "application/json",
]);

export interface WebResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection unless the body was read to its end. */
  close(): void;
}

/** What fetching a page needs from the world. */
export interface WebPorts {
  /** Whether a host is an address, and one that does not belong to the public internet. */
  readonly isInside: (host: string) => boolean;
  /** Asks for a URL and follows nothing. A name leads to public addresses only: see `publicLookup`. */
  readonly get: (url: URL, signal: AbortSignal) => Promise<WebResponse>;
  readonly after: (seconds: number, action: () => void) => () => void;
}

/**
 * Fetches what somebody else named. Only public addresses are asked, and each redirect is judged as the first URL was.
 * @throws NodeFailure
 */
export async function fetchPage(
  given: string,
  signal: AbortSignal,
  ports: WebPorts,
): Promise<Fetched> {
  const deadline = new AbortController();
  const cancel = ports.after(TIMEOUT_SECONDS, () => deadline.abort());
  try {
    return await follow(given, AbortSignal.any([signal, deadline.signal]), ports);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NodeFailure) throw error;
    if (deadline.signal.aborted) {
      throw new NodeFailure(`The page did not come within ${TIMEOUT_SECONDS} seconds.`);
    }
    // What a connection says of itself names addresses, which are nobody's business.
    throw new NodeFailure("The page could not be fetched.");
  } finally {
    cancel();
  }
}

async function follow(given: string, signal: AbortSignal, ports: WebPorts): Promise<Fetched> {
  let url = allowed(given, ports);
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const response = await ports.get(url, signal);
    try {
      const { location } = response.headers;
      if (response.status < 300 || response.status >= 400 || location === undefined) {
        return await read(response, url, signal);
      }
      if (!URL.canParse(location, url.href)) throw refused("The page leads to what is no URL.");
      url = allowed(new URL(location, url).href, ports);
    } finally {
      response.close();
    }
  }
  throw refused(`The page leads on more than ${MAX_REDIRECTS} times.`);
}

function allowed(given: string, { isInside }: WebPorts): URL {
  if (given.length > MAX_URL_CHARACTERS || !URL.canParse(given)) throw refused("It is no URL.");
  const url = new URL(given);
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw refused("Only http and https are fetched.");
  }
  if (url.username !== "" || url.password !== "") throw refused("A URL must not name a user.");
  if (!PORTS.has(url.port)) throw refused("Only the ports 80 and 443 are asked.");
  // No address is looked up. Every way to write one of IPv4 has become the usual one by now.
  if (isInside(url.hostname.replace(/^\[(.*)\]$/, "$1"))) throw notPublic();
  return url;
}

async function read(response: WebResponse, url: URL, signal: AbortSignal): Promise<Fetched> {
  const { status, headers } = response;
  if (status !== 200) throw new NodeFailure(`The page answered ${status}.`);
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw refused("The page came compressed, unasked.");
  const header = headers["content-type"] ?? "";
  const contentType = (header.split(";")[0] ?? "").trim().toLowerCase();
  if (!HTML.has(contentType) && !TEXTS.has(contentType)) {
    throw refused("The page is of a type that is not read.");
  }
  const text = decode(await bytesOf(response, signal), header);
  const plain = HTML.has(contentType) ? textOfHtml(text) : { title: "", text };
  return {
    title: (plain.title === "" ? url.hostname : plain.title).slice(0, 300),
    text: plain.text,
    contentType,
    httpStatus: status,
  };
}

async function bytesOf({ body }: WebResponse, signal: AbortSignal): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    bytes += chunk.byteLength;
    if (bytes > MAX_BYTES) throw refused(`The page has more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function decode(bytes: Buffer, contentType: string): string {
  const label = /charset="?([\w-]{1,40})/i.exec(contentType)?.[1] ?? "utf-8";
  try {
    return new TextDecoder(label).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export function notPublic(): NodeFailure {
  return refused("The host is not on the public internet.");
}

function refused(reason: string): NodeFailure {
  return new NodeFailure(reason, { isFinal: true });
}
