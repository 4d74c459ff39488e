/**
 * Which instance a client has had: a cookie says, for 30 days. A client comes back to it where it is still there and has
 * room; otherwise another one answers, and the cookie names that. Source: cloud.google.com/run/docs/configuring/session-affinity;
 * the cookie's name and form are not documented (published answers have GAESA).
 */
import { header, type Headers } from "../http/message.ts";

const COOKIE = "GAESA";
const LIFETIME_SECONDS = 30 * 24 * 60 * 60;

/** The instance that a request's cookie names. */
export function instanceAsked(headers: Headers): string | undefined {
  const cookies = (header(headers, "cookie") ?? "").split(";").map((each) => each.trim());
  return cookies.find((each) => each.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1);
}

/** The answer's headers, which name the instance that has answered where the request has named another or none. */
export function withInstance(headers: Headers, answered: string, asked?: string): Headers {
  if (answered === asked) return headers;
  const cookie = `${COOKIE}=${answered}; Max-Age=${LIFETIME_SECONDS}; Path=/; Secure; HttpOnly`;
  return [...headers, ["set-cookie", cookie]];
}
