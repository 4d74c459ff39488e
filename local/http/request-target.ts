/** What a request line asks for: RFC 9112, 3.2. */
import type { IncomingMessage } from "node:http";

/** What no URL may hold as it stands, though a request line may: an unescaped byte, and `\`, which would become a slash. */
const UNESCAPED = /[\\\u0080-\u00ff]/g;

/** A whole URL taken apart: scheme, authority, and the rest as it was sent. */
const WHOLE = /^([a-z][a-z\d+.-]*:)\/\/([^/?#]+)([^#]*)$/i;

/**
 * The URL that a request is for, at the one origin that is answered for (`https://HOST`), whatever its path begins with.
 * Undefined for a target that is none: `*`, a fragment, a URL of another host than that of the Host header.
 */
export function urlOf(
  { url = "", headers }: Pick<IncomingMessage, "url" | "headers">,
  origin: string,
): URL | undefined {
  if (url.startsWith("/")) return url.includes("#") ? undefined : joined(origin, url);
  // Clients of a proxy send the whole URL, and every server has to take it.
  const [, scheme, authority, path = ""] = WHOLE.exec(url) ?? [];
  const isOurs = authority?.toLowerCase() === headers.host?.toLowerCase();
  return isOurs && /^https?:$/i.test(scheme ?? "") ? joined(origin, path) : undefined;
}

/** The URL that a proxy is asked for. Undefined where the target is no whole URL. */
export function proxiedUrlOf({ url = "" }: Pick<IncomingMessage, "url">): URL | undefined {
  const [, scheme, authority, path = ""] = WHOLE.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  return joined(`${scheme}//${authority}`, path);
}

/** Joined, not resolved: a path that begins with two slashes would be taken for a host. */
function joined(origin: string, path: string): URL | undefined {
  // Node reads a request line as Latin-1: each character is a byte.
  const escaped = path.replaceAll(UNESCAPED, (byte) => `%${byte.charCodeAt(0).toString(16)}`);
  return URL.parse(`${origin}${escaped.startsWith("/") ? "" : "/"}${escaped}`) ?? undefined;
}
