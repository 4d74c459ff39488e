/**
 * What a V4 signature is made over.
 * Source: cloud.google.com/storage/docs/authentication/canonical-requests and …/signatures.
 */
import { createHash } from "node:crypto";
import type { LocalRequest } from "../../../http/message.ts";

export const ALGORITHM = "GOOG4-RSA-SHA256";

/** The parameter that cannot be signed itself. */
const SIGNATURE = "x-goog-signature";

/** @param signedHeaders In small letters, in their order. */
export function canonicalRequest(
  { method, url, headers }: LocalRequest,
  signedHeaders: readonly string[],
): string {
  const lines = signedHeaders.map((name) => {
    const values = headers
      .filter(([key]) => key.toLowerCase() === name)
      .map(([, value]) => value.trim().replaceAll(/\s+/g, " "));
    return `${name}:${values.join(",")}\n`;
  });
  return [
    method,
    canonicalPath(url),
    canonicalQuery(url),
    lines.join(""),
    signedHeaders.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
}

export function stringToSign(date: string, scope: string, canonical: string): string {
  const hash = createHash("sha256").update(canonical).digest("hex");
  return [ALGORITHM, date, scope, hash].join("\n");
}

/** Slashes stand for themselves, in a name of an object too. */
function canonicalPath({ pathname }: URL): string {
  return pathname.split("/").map(reencoded).join("/");
}

/** In the order of encoded names, and of values where names are equal. */
function canonicalQuery({ searchParams }: URL): string {
  const pairs = [...searchParams].filter(([name]) => name.toLowerCase() !== SIGNATURE);
  return pairs
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A path that cannot be decoded is refused by whoever reads names from it. */
function reencoded(segment: string): string {
  try {
    return encoded(decodeURIComponent(segment)).replaceAll("%2F", "/");
  } catch {
    return segment;
  }
}

/** Everything but letters, digits and `-._~`, as RFC 3986 says. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
