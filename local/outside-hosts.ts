/**
 * Hosts of the outside world that a person sends elsewhere: to a program of their own, or out to the real host. Off unless
 * said, and never for what the local cloud answers itself.
 */
import { Agent } from "node:https";
import type { RequestOptions } from "node:http";
import { UsageError } from "../infra/commands/arguments.ts";
import { textResponse, type LocalRequest, type Send } from "./http/message.ts";
import type { Log } from "./log.ts";
import { attempt, responseOf } from "./http/node.ts";
import { ownProgramOf, sendTo, type OwnProgram } from "./own-program.ts";

export interface OutsideHosts {
  /** Programs of the person's own, by the host whose place they take. Default: none. */
  readonly outside?: readonly OwnProgram[];
  /** Hosts that requests go out to. Default: none. */
  readonly allow?: readonly string[];
}

interface Ways {
  readonly log: Log;
  /** Whether a token is one of the local cloud's, which nobody outside may see. */
  readonly isOwnToken: (token: string) => Promise<boolean>;
  /** Where a host is reached. Default: at its name, through the proxy of the person's own environment, if any. */
  readonly reach?: ((host: string) => RequestOptions) | undefined;
}

const OUTSIDE = {
  option: "--outside",
  noun: "HOST",
  like: "api.github.com=http://127.0.0.1:9000",
};

/** A name with a dot, and no address; RFC 1123, 2.1. */
const HOST_NAME = /^(?=.{1,253}$)(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]{0,62}$/;

/** Where Google's APIs, services of the stack and credentials are. */
const OF_GOOGLE =
  /(?:^|\.)(?:googleapis\.com|run\.app|cloudfunctions\.net|google\.internal)$|^accounts\.google\.com$/;

/**
 * What `--outside` and `--allow` say. `googleHosts`: those of Google's that may be said. Throws a UsageError.
 */
export function outsideHostsOf(
  outside: readonly string[],
  allow: readonly string[],
  googleHosts: readonly string[] = [],
): Required<OutsideHosts> {
  const programs = outside.map((value) => ownProgramOf(OUTSIDE, value));
  const said = [
    ...programs.map(({ name }) => ["--outside", name] as const),
    ...allow.map((host) => ["--allow", host] as const),
  ];
  const seen = new Set<string>();
  for (const [option, host] of said) {
    if (!HOST_NAME.test(host)) {
      throw new UsageError(
        `${option}: "${host}" is no host name in lower case, like api.github.com.`,
      );
    }
    if (OF_GOOGLE.test(host) && !googleHosts.includes(host)) {
      throw new UsageError(`${option} ${host}: the local cloud answers for Google's hosts itself.`);
    }
    if (seen.has(host)) throw new UsageError(`${option} ${host}: the host is said twice.`);
    seen.add(host);
  }
  return { outside: programs, allow };
}

/** Host → what answers. */
export function sendOutside(
  { outside = [], allow = [] }: OutsideHosts,
  ways: Ways,
): ReadonlyMap<string, Send> {
  return new Map([
    ...outside.map((program) => [program.name, sendTo(program, ways.log)] as const),
    ...allow.map((host) => [host, sendOut(host, ways)] as const),
  ]);
}

function sendOut(host: string, { log, isOwnToken, reach }: Ways): Send {
  return async (request) => {
    const refuse = (status: number, message: string) => {
      log({ source: "gateway", severity: "WARNING", message });
      return textResponse(status, message);
    };
    for (const word of wordsOf(request)) {
      if (await isOwnToken(word)) {
        return refuse(403, `A token of the local cloud is not let out to ${host}.`);
      }
    }
    const { pathname, search } = request.url;
    try {
      return responseOf(
        await attempt(request, {
          protocol: "https:",
          host,
          servername: host,
          port: 443,
          path: `${pathname}${search}`,
          ...(reach?.(host) ?? { agent: AGENT }),
        }),
      );
    } catch (error) {
      request.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return refuse(502, `${host}, which --allow lets out to, did not answer (${reason})`);
    }
  };
}

const AGENT = new Agent({ keepAlive: false, proxyEnv: process.env });

/** What a token has: those of the local cloud have hundreds. */
const MIN_TOKEN_LENGTH = 40;

/** Whatever may be a token in the headers or the address, and what `Basic` hides (RFC 7617). */
function wordsOf({ headers, url }: LocalRequest): readonly string[] {
  const values = headers.map(([, value]) => value);
  const hidden = values
    .flatMap((value) => /^basic +(.+)$/i.exec(value)?.[1] ?? [])
    .map((text) => Buffer.from(text, "base64").toString());
  return [url.href, ...values, ...hidden]
    .flatMap((text) => text.split(/[^\w.-]+/))
    .filter(({ length }) => length >= MIN_TOKEN_LENGTH);
}
