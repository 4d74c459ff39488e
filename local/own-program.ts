/** A program of the person's own on this machine, in place of something that answers requests. */
import { UsageError } from "../infra/commands/arguments.ts";
import { textResponse, type Send } from "./http/message.ts";
import type { Log } from "./log.ts";
import { forward } from "./http/node.ts";

export interface OwnProgram {
  /** The option that named it: `--worker`. */
  readonly option: string;
  /** Whose place it takes, as the person said it: `brain`. */
  readonly name: string;
  /** Where it listens, and below which path. */
  readonly url: URL;
}

/** An option whose value is like `NAME=URL`. */
interface ProgramOption {
  readonly option: string;
  /** What stands before the `=`: `NAME`. */
  readonly noun: string;
  /** A value that is right. */
  readonly like: string;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Throws a UsageError. */
export function ownProgramOf({ option, noun, like }: ProgramOption, value: string): OwnProgram {
  const [name = "", target = ""] = value.split(/=(.*)/s);
  const url = URL.parse(target);
  if (name === "" || url?.protocol !== "http:" || !LOOPBACK.has(url.hostname)) {
    throw new UsageError(
      `${option} is ${noun}=URL with an http URL on this machine, like ${like}; "${value}" is not.`,
    );
  }
  if (`${url.origin}${url.pathname}` !== url.href) {
    // The value may hold a password.
    throw new UsageError(
      `${option} ${name}: nothing of a URL is honoured but its host, port and path.`,
    );
  }
  return { option, name, url };
}

/** Asks the program; where it does not answer, that is the answer. */
export function sendTo({ name, url }: OwnProgram, log: Log): Send {
  return async (request) => {
    try {
      return await forward(request, url);
    } catch (error) {
      request.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      const message = `${name}: your program at ${url.origin} did not answer (${reason})`;
      log({ source: "local", severity: "ERROR", message });
      return textResponse(503, message);
    }
  };
}
