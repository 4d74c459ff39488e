import { UsageError } from "../../../commands/arguments.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const RULE = "it must be like https://scenarioforge-123.us-central1.run.app";

/** The service's origin, as a person writes it. Throws a UsageError; what is secret in it is not repeated. */
export function originIn(text = ""): string {
  if (text === "") throw new UsageError("--base-url is needed (--help says what there is)");
  if (!URL.canParse(text)) throw new UsageError(`--base-url is no URL: ${RULE}`);
  const { protocol, hostname, origin, username, password, pathname, search, hash } = new URL(text);
  if (!/^https?:$/.test(protocol)) throw new UsageError(`--base-url is no web address: ${RULE}`);
  if (username + password + search + hash !== "" || pathname !== "/") {
    throw new UsageError(`--base-url holds more than an address: ${RULE}`);
  }
  if (protocol === "http:" && !LOOPBACK.test(hostname)) {
    throw new UsageError("--base-url must be https:// beyond this machine: a key is sent there");
  }
  return origin;
}
