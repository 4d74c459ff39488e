/**
 * Who asks by a signed URL: the service account whose key has signed it.
 * Source: cloud.google.com/storage/docs/access-control/signed-urls and docs/authentication/signatures. The errors are as
 * public logs show them; that of a URL that is not valid yet is not verified.
 */
import type { Caller } from "../../../iam/types.ts";
import { header, type LocalRequest } from "../../../http/message.ts";
import type { Cloud } from "../../api.ts";
import { unsupported } from "../errors.ts";
import { ALGORITHM, canonicalRequest, stringToSign } from "./canonical.ts";
import { XmlError } from "./errors.ts";

const MAX_EXPIRES_S = 7 * 24 * 60 * 60;

/** How far clocks may be apart: what is signed may be from so far in the future. */
const SKEW_MS = 15 * 60 * 1000;

/** Query parameters of signatures, in small letters; they may be written in any. */
export const SIGNATURE_PARAMETERS = [
  "x-goog-algorithm",
  "x-goog-credential",
  "x-goog-date",
  "x-goog-expires",
  "x-goog-signedheaders",
  "x-goog-signature",
] as const;

type Parameter = (typeof SIGNATURE_PARAMETERS)[number];

interface Signed {
  readonly email: string;
  /** `20260101T000000Z` */
  readonly date: string;
  readonly signedAt: number;
  readonly expires: number;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: Buffer;
}

/** Whether the URL says that it is signed. Throws UNIMPLEMENTED for a signature of V2. */
export function isSigned({ searchParams }: URL): boolean {
  const names = new Set([...searchParams.keys()].map((name) => name.toLowerCase()));
  if (names.has("googleaccessid")) throw unsupported("A signed URL of V2");
  return names.has("x-goog-signature") || names.has("x-goog-algorithm");
}

/** Throws `XmlError` where the signature is not good, or over. Signatures live in wall time, as tokens do. */
export async function signerOf(
  request: LocalRequest,
  { identity, hasServiceAccount }: Cloud,
): Promise<Caller> {
  if (header(request.headers, "authorization") !== undefined) {
    throw invalid("Only one way to authenticate may be used: a token or a signed URL.");
  }
  const signed = signedIn(parametersOf(request.url));
  checkTime(signed, Date.now());
  checkHeaders(request, signed);
  const canonical = canonicalRequest(request, signed.signedHeaders);
  const text = stringToSign(signed.date, signed.scope, canonical);
  const { email, signature } = signed;
  const isGood =
    hasServiceAccount(email) &&
    (await identity.accountKeys.of(email)).isSigned(Buffer.from(text), signature);
  if (!isGood) throw notMatching(text, canonical);
  return { principal: `serviceAccount:${email}` };
}

function parametersOf({ searchParams }: URL): ReadonlyMap<string, string> {
  return new Map([...searchParams].map(([name, value]) => [name.toLowerCase(), value]));
}

function signedIn(parameters: ReadonlyMap<string, string>): Signed {
  const read = (name: Parameter, form: RegExp): RegExpExecArray => {
    const match = form.exec(parameters.get(name) ?? "");
    if (match === null) throw invalid(`Invalid or missing value for ${name}.`);
    return match;
  };
  const [algorithm] = read("x-goog-algorithm", /^GOOG4-\w+-SHA256$/);
  if (algorithm !== ALGORITHM) throw unsupported(`The signing algorithm ${algorithm}`);
  const credential = /^([^/]+)\/((\d{8})\/[^/]+\/storage\/goog4_request)$/;
  const [, email = "", scope = "", day] = read("x-goog-credential", credential);
  const [date, ...parts] = read("x-goog-date", /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/);
  const [year, month, dayOfMonth, hour, minute, second] = parts.map(Number);
  const signedAt = Date.UTC(year ?? 0, (month ?? 0) - 1, dayOfMonth, hour, minute, second);
  if (day !== date.slice(0, 8)) throw invalid("The credential is of another day than the date.");
  const expires = Number(read("x-goog-expires", /^\d{1,6}$/)[0]);
  if (expires === 0 || expires > MAX_EXPIRES_S) {
    throw invalid(`x-goog-expires must be from 1 to ${MAX_EXPIRES_S} seconds.`);
  }
  const [names] = read("x-goog-signedheaders", /^[\w!#$%&'*+.^`|~-]+(;[\w!#$%&'*+.^`|~-]+)*$/);
  const signedHeaders = names.toLowerCase().split(";").toSorted();
  const [signature] = read("x-goog-signature", /^([\da-f]{2})+$/i);
  return {
    email,
    date,
    signedAt,
    expires,
    scope,
    signedHeaders,
    signature: Buffer.from(signature, "hex"),
  };
}

function checkTime({ signedAt, expires }: Signed, now: number): void {
  const until = signedAt + expires * 1000;
  if (now >= until) {
    const at = new Date(until).toISOString().replace(".000Z", "+00:00");
    throw new XmlError({ status: 400, code: "ExpiredToken" }, "Invalid argument.", {
      Details: `The provided token has expired. Request signature expired at: ${at}`,
    });
  }
  if (signedAt > now + SKEW_MS) {
    throw new XmlError({ status: 403, code: "AccessDenied" }, "Access denied.", {
      Details: "Request is not yet valid.",
    });
  }
}

/** The host is signed, all that is signed was sent, and whatever of Google's own was sent is signed. */
function checkHeaders({ headers }: LocalRequest, { signedHeaders }: Signed): void {
  const sent = headers.map(([name]) => name.toLowerCase());
  if (!signedHeaders.includes("host")) {
    throw malformedHeader("host", "Header must be included in signedheaders.");
  }
  for (const name of signedHeaders) {
    if (!sent.includes(name)) {
      throw malformedHeader(name, "Header was included in signedheaders, but not in the request.");
    }
  }
  for (const name of sent) {
    if (name.startsWith("x-goog-") && !signedHeaders.includes(name)) {
      throw malformedHeader(name, "Header was included in the request, but not in signedheaders.");
    }
  }
}

function invalid(details: string): XmlError {
  return new XmlError({ status: 400, code: "InvalidArgument" }, "Invalid argument.", {
    Details: details,
  });
}

function malformedHeader(name: string, details: string): XmlError {
  const kind = { status: 400, code: "MalformedSecurityHeader" };
  return new XmlError(kind, "Your request has a malformed header.", {
    ParameterName: name,
    Details: details,
  });
}

function notMatching(text: string, canonical: string): XmlError {
  return new XmlError({ status: 403, code: "SignatureDoesNotMatch" }, "Access denied.", {
    Details:
      "The request signature we calculated does not match the signature you provided. " +
      "Check your Google secret key and signing method.",
    StringToSign: text,
    CanonicalRequest: canonical,
  });
}
