// How a page leaves: whatever a payload says, nothing of it runs, frames the page, or is taken for something else.
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Context } from "hono";
import type { Door, Visit } from "../runtime/door/visit.ts";
import type { Asset } from "./assets.ts";
import type { Html } from "./html.ts";

const compress = promisify(gzip);

/** Scripts and styles are files of ours; pictures may also come from memory (`blob:`), as keyed ones do. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

export interface PageAnswer {
  /** Default: 200. */
  readonly status?: number;
  /** Made for a holder of a key: nobody keeps it. Default: no. */
  readonly isPrivate?: boolean;
}

/** A page as a Response: compressed, with an ETag, 304 to who has it already. */
export async function showPage(
  c: Context<Door>,
  page: Html,
  { status = 200, isPrivate = false }: PageAnswer = {},
): Promise<Response> {
  const text = `<!doctype html>\n${String(await page)}`;
  const etag = `W/"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"`;
  const headers = {
    ...HEADERS,
    etag,
    vary: "Accept, Accept-Encoding, Authorization, X-Api-Key",
    "cache-control": isPrivate ? "private, no-store" : "no-cache",
  };
  const known = c.env.source.headers["if-none-match"] ?? "";
  if (status === 200 && known.split(",").some((each) => each.trim() === etag)) {
    return new Response(null, { status: 304, headers });
  }
  return answer(c, status, headers, text);
}

/** `https://host` as a client asked for it, for link previews only; undefined where that is no host. */
export function originOf({ source }: Visit): string | undefined {
  const { host = "", "x-forwarded-proto": forwarded } = source.headers;
  const protocol =
    String(forwarded ?? "")
      .split(",")[0]
      ?.trim() === "https"
      ? "https"
      : "http";
  return /^[a-z0-9.-]{1,253}(:\d{1,5})?$/i.test(host) ? `${protocol}://${host}` : undefined;
}

/** A file of the service under its hashed name: for good. 404 is for the caller. */
export function showAsset(c: Context<Door>, { contentType, text }: Asset): Promise<Response> {
  const headers = {
    "content-type": contentType,
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    vary: "Accept-Encoding",
    // An SVG that is opened by itself is a document too.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  };
  return answer(c, 200, headers, text);
}

async function answer(
  c: Context<Door>,
  status: number,
  headers: Readonly<Record<string, string>>,
  text: string,
): Promise<Response> {
  const accepted = [c.env.source.headers["accept-encoding"] ?? ""].flat().join();
  const isCompressed = /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted);
  const bytes = isCompressed ? await compress(text) : Buffer.from(text);
  return new Response(new Uint8Array(bytes), {
    status,
    headers: {
      ...headers,
      "content-length": String(bytes.length),
      ...(isCompressed && { "content-encoding": "gzip" }),
    },
  });
}
