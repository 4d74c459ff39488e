/** One attempt from token to answer. Asks IAM what Google asks at that moment. */
import { addAbortSignal } from "node:stream";
import { finished } from "node:stream/promises";
import { ApiError, CODES } from "../../../errors.ts";
import type { Code } from "../../../errors.ts";
import { header } from "../../../http/message.ts";
import type { LocalResponse } from "../../../http/message.ts";
import type { Cloud } from "../../api.ts";
import type { Queue, Task } from "../state.ts";
import { dispatchHeaders, targetOf } from "./request.ts";
import type { History } from "./request.ts";
import { retryAfterMs } from "./slow-down.ts";

/** How an attempt ended: the target answered, or no answer came and `reason` says why. */
export type Outcome =
  | {
      readonly answered: true;
      readonly status: number;
      readonly retryAfterMs: number;
      /** Why the target's front end refused the request, where it said so. */
      readonly why?: string | undefined;
    }
  | { readonly answered: false; readonly code: Code; readonly reason: string };

/** Sends the task's request and reads the answer to its end. Never rejects. */
export async function deliver(
  cloud: Cloud,
  queue: Queue,
  task: Task,
  history: History,
  signal: AbortSignal,
): Promise<Outcome> {
  const { method, url, body, oidcToken } = task.request;
  const target = targetOf(url);
  if (target === undefined) {
    return { answered: false, code: "INVALID_ARGUMENT", reason: `the URL ${url} is malformed` };
  }
  try {
    const bearer = oidcToken === undefined ? undefined : await openIdToken(cloud, oidcToken, url);
    const headers = dispatchHeaders(queue, task, history, bearer);
    const response = await cloud.send({ method, url: target, headers, body, signal });
    await discard(response, signal);
    const retryAfter = retryAfterMs(header(response.headers, "retry-after"), Date.now());
    const { status, why } = response;
    return { answered: true, status, retryAfterMs: retryAfter, why };
  } catch (error) {
    if (error instanceof ApiError) {
      return { answered: false, code: error.code, reason: error.message };
    }
    const reason = error instanceof Error ? error.message : String(error);
    return { answered: false, code: "UNAVAILABLE", reason };
  }
}

/** Signed as the task's account, for which Cloud Tasks' service agent must be allowed to ask. */
async function openIdToken(
  cloud: Cloud,
  { serviceAccountEmail, audience }: { serviceAccountEmail: string; audience: string },
  url: string,
): Promise<string> {
  const agent = `service-${cloud.projectNumber}@gcp-sa-cloudtasks.iam.gserviceaccount.com`;
  cloud.authorize({
    principal: `serviceAccount:${agent}`,
    permission: "iam.serviceAccounts.getOpenIdToken",
    resource: `projects/${cloud.projectId}/serviceAccounts/${serviceAccountEmail}`,
  });
  return cloud.identity.idToken({
    email: serviceAccountEmail,
    audience: audience === "" ? url : audience,
  });
}

/** Nobody reads a task's answer, but it has to arrive. With the attempt ends the stream, and what stands behind it is free. */
async function discard({ body }: LocalResponse, signal: AbortSignal): Promise<void> {
  if (Buffer.isBuffer(body)) return;
  await finished(addAbortSignal(signal, body).resume());
}

/** google.rpc.Status of an attempt: codes by the HTTP mapping of google/rpc/code.proto; the wording is ours. */
export function statusOf(outcome: Outcome): { code: number; message: string } {
  if (!outcome.answered) {
    return { code: CODES[outcome.code].grpc, message: `${outcome.code}: ${outcome.reason}` };
  }
  const { status } = outcome;
  if (status >= 200 && status < 300) return { code: 0, message: "" };
  return { code: HTTP_TO_RPC.get(status) ?? UNKNOWN, message: `HTTP status code ${status}` };
}

const UNKNOWN = 2;
const CANCELLED = 1;
const HTTP_TO_RPC: ReadonlyMap<number, number> = new Map([
  [400, CODES.INVALID_ARGUMENT.grpc],
  [401, CODES.UNAUTHENTICATED.grpc],
  [403, CODES.PERMISSION_DENIED.grpc],
  [404, CODES.NOT_FOUND.grpc],
  [409, CODES.ALREADY_EXISTS.grpc],
  [429, CODES.RESOURCE_EXHAUSTED.grpc],
  [499, CANCELLED],
  [500, CODES.INTERNAL.grpc],
  [501, CODES.UNIMPLEMENTED.grpc],
  [503, CODES.UNAVAILABLE.grpc],
  [504, CODES.DEADLINE_EXCEEDED.grpc],
]);
