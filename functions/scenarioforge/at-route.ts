// What routes read of a request: who asks, from where, and about which run.
import type { Context } from "hono";
import * as v from "valibot";
import { RunId } from "../messages/scenario-names.ts";
import type { Door, Visit } from "../runtime/door/visit.ts";
import { presentedKeys, type Caller, type Presented } from "./keys.ts";
import { refused } from "./refusals.ts";

export type AtRoute = Context<Door>;

export interface Gates {
  readonly callerOf: (presented: Presented) => Caller;
  /** 429 for a tenant that changes too much. */
  readonly limitTenant: (tenant: string) => void;
  /** 429 for an address that reads too much without a key. */
  readonly limitAddress: (address: string) => void;
  readonly hasServerKey: boolean;
  /** No key is configured: whoever brings an LLM key of their own gets in. */
  readonly isOpen: boolean;
}

export function keysIn(c: AtRoute): Presented {
  return presentedKeys(c.env.source.headers, c.req.query("api_key"));
}

/** Who asks: 401 for a key that is none of ours, 429 for who comes too often without one. */
export function callerAt(c: AtRoute, gates: Gates): Caller {
  const caller = gates.callerOf(keysIn(c));
  if (!caller.isKnown) gates.limitAddress(addressOf(c.env));
  return caller;
}

/** Google's front end appends the client's to whatever was sent (cloud.google.com/run: X-Forwarded-For). */
function addressOf({ source }: Visit): string {
  const header = source.headers["x-forwarded-for"];
  return (Array.isArray(header) ? header.join() : (header ?? "")).split(",").at(-1)?.trim() ?? "";
}

export function runIdIn(c: AtRoute): string {
  const runId = c.req.param("run_id");
  if (v.is(RunId, runId)) return runId;
  throw refused(400, "invalid_run_id", "Invalid run id.");
}
