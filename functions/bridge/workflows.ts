import * as v from "valibot";
import type { Tenant } from "../messages/tenant.ts";
import type { HttpResponse } from "../runtime/http-client.ts";
import { backoffSeconds } from "./backoff.ts";
import type { CallPorts } from "./ports.ts";
import { within } from "./within.ts";

/** Where the workflows service is. */
export interface WorkflowsPlace {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly audience: string;
}

export interface Call {
  readonly method: "GET" | "POST";
  /** From the base URL on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An answer read to its end; undefined where none came. */
export type Answer = { readonly status: number; readonly json: unknown } | undefined;

/** Answers of this service are small. */
const MAX_ANSWER_BYTES = 1_048_576;

/** Who is meant, as every request says (producer contract, 1.3). */
export function contextHeaders(tenant: Tenant): Record<string, string> {
  return {
    "X-User-Id": tenant.user_id,
    "X-Project-Id": tenant.project_id,
    "X-Workspace-Id": tenant.workspace_id,
  };
}

/** Sends a request with an ID token; rejects where there is neither token nor response. */
export async function open(
  place: WorkflowsPlace,
  tenant: Tenant,
  call: Call,
  signal: AbortSignal,
  { send, idToken }: Pick<CallPorts, "send" | "idToken">,
): Promise<HttpResponse> {
  const token = await idToken(place.audience);
  return send({
    method: call.method,
    url: `${place.baseUrl}${call.path}`,
    headers: {
      ...contextHeaders(tenant),
      ...(call.body !== undefined && { "Content-Type": "application/json" }),
      Authorization: `Bearer ${token}`,
      ...call.headers,
    },
    ...(call.body !== undefined && { body: call.body }),
    signal,
  });
}

/** Sends a request once and reads the answer, all within so many seconds. */
export async function ask(
  place: WorkflowsPlace,
  tenant: Tenant,
  call: Call,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
  ports: Pick<CallPorts, "send" | "idToken" | "after">,
): Promise<Answer> {
  try {
    return await within(seconds, signal, ports, async (timed) => {
      const response = await open(place, tenant, call, timed, ports);
      return { status: response.status, json: await jsonOf(response) };
    });
  } catch {
    return undefined;
  }
}

/** Whether the same request may get another answer later. */
export function isPassing(answer: Answer): boolean {
  if (answer === undefined) return true;
  const { status } = answer;
  return status >= 500 || status === 408 || status === 429;
}

export interface Patience {
  readonly attempts: number;
  /** Of one attempt. */
  readonly seconds: number;
  /** First wait between two attempts. */
  readonly baseSeconds: number;
  readonly signal: AbortSignal;
}

/** The same, again while the answer may change. The last answer is returned, whatever it is. */
export async function askPatiently(
  place: WorkflowsPlace,
  tenant: Tenant,
  call: Call,
  patience: Patience,
  ports: CallPorts,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ask(place, tenant, call, patience, ports);
    const isLast = attempt >= patience.attempts || patience.signal.aborted;
    if (isLast || !isPassing(answer)) return answer;
    const seconds = backoffSeconds(attempt, patience.baseSeconds, ports.random);
    await ports.wait(seconds, patience.signal).catch(() => undefined);
  }
}

/** What the answers of a lock have in common (producer contract, 4.3). */
const LockAnswer = v.object({
  conflict: v.optional(v.unknown()),
  locked: v.optional(v.boolean()),
  refreshed: v.optional(v.boolean()),
  released: v.optional(v.boolean()),
  msRemaining: v.optional(v.number()),
  holder: v.nullish(v.object({ consumerId: v.optional(v.string()) })),
});
export type LockAnswer = v.InferOutput<typeof LockAnswer>;

/** Undefined for an answer that is none of a lock's. */
export function lockAnswerOf(answer: Answer): LockAnswer | undefined {
  const read = v.safeParse(LockAnswer, answer?.json);
  return read.success ? read.output : undefined;
}

export function lockPath(tenant: Tenant, verb: "acquire" | "release" | "status"): string {
  return `/projects/${encodeURIComponent(tenant.project_id)}/consumer-lock/${verb}`;
}

/** Undefined for a body that is not JSON; whoever sends more than fits is cut off. */
async function jsonOf(response: HttpResponse): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      response.close();
      return undefined;
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    return undefined;
  }
}
