/** The service over HTTP, as anybody asks it and as holders of a key do. */
import { ConfigError } from "../../../config/errors.ts";

export interface Answer {
  /** `GET /health` */
  readonly asked: string;
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

export interface Asked {
  readonly accept?: string;
  /** Sent as JSON. */
  readonly body?: object;
}

export type Ask = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  asked?: Asked,
) => Promise<Answer>;

const TIMEOUT_MS = 60_000;

/** Asks the service at an origin, with the key where there is one. Rejects with a ConfigError where nobody answers. */
export function serviceAt(origin: string, key?: string): Ask {
  return async (method, path, { accept = "application/json", body } = {}) => {
    const asked = `${method} ${path}`;
    const headers = {
      accept,
      ...(key !== undefined && { "x-api-key": key }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    try {
      const response = await fetch(origin + path, {
        method,
        headers,
        // A redirect would take the key to wherever it leads.
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const type = response.headers.get("content-type") ?? "";
      return { asked, status: response.status, type, text, body: jsonIn(text) };
    } catch (error) {
      throw new ConfigError(`${origin} does not answer to ${asked}: ${reasonOf(error)}`, []);
    }
  };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What fetch throws says why only in its cause. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const told = cause instanceof Error ? cause : error;
  return (told instanceof Error ? told.message : String(told)).split("\n")[0] ?? "";
}
