import { contextHeaders } from "../../bridge/workflows.ts";
import { within } from "../../bridge/within.ts";
import type { Tenant } from "../../messages/tenant.ts";
import { meaningOf } from "./answer.ts";
import type { ToolAnswer } from "./answer.ts";
import type { HttpResponse } from "../../runtime/http-client.ts";
import { linesOf } from "./lines.ts";
import type { Ports } from "../ports.ts";
import type { ToolEvent } from "../stream/tool-event.ts";
import { watched } from "../stream/watched.ts";

/** What came of sending one event to the consumer. */
export type Attempt =
  | { readonly kind: "answered"; readonly answer: ToolAnswer }
  /** It may go better the next time; the tool may have run. */
  | { readonly kind: "failed"; readonly reason: string; readonly waitSeconds?: number }
  /** No event will do better: our token, our secret or our context is refused. */
  | { readonly kind: "refused"; readonly reason: string };

/** For connecting, and for what the consumer does before and after the tool: the first synchronisation above all. */
export const EXCHANGE_GRACE_SECONDS = 30;
/** A consumer that is silent for so many heartbeats is not there any more. */
const SILENT_HEARTBEATS = 3;
const REFUSALS = [400, 401, 403];
/** Longest wait that a consumer may ask for. */
const MAX_WAIT_SECONDS = 30;

/**
 * Sends one event in a request of its own and waits for the line that answers it. The response is not read beyond the
 * answer, nor after a failure: what comes late can never be taken for the answer to another event.
 */
export async function exchange(
  event: ToolEvent & { readonly line: string },
  tenant: Tenant,
  signal: AbortSignal,
  ports: Ports,
): Promise<Attempt> {
  const seconds = event.toolSeconds + EXCHANGE_GRACE_SECONDS;
  try {
    return await within(seconds, signal, ports, async (timed) => {
      const response = await post(event.line, tenant, timed, ports);
      if (response.status !== 200) return refusalOf(response);
      return answerIn(response, event.id, ports);
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: "failed", reason: `The consumer did not answer: ${message}` };
  }
}

async function post(
  line: string,
  tenant: Tenant,
  signal: AbortSignal,
  { send, idToken, storageToken, settings, log }: Ports,
): Promise<HttpResponse> {
  const { baseUrl, audience, secret } = settings.consumer;
  const [bearer, token] = await Promise.all([
    audience === undefined ? secret : idToken(audience),
    storageToken(tenant, log),
  ]);
  return send({
    method: "POST",
    url: `${baseUrl}/sessions/stream`,
    headers: {
      Accept: "application/json, text/plain, */*",
      "Content-Type": "application/x-ndjson",
      ...contextHeaders(tenant),
      ...(tenant.session_id !== undefined && { "X-Session-Id": tenant.session_id }),
      ...(bearer !== "" && { Authorization: `Bearer ${bearer}` }),
      ...(audience !== undefined && secret !== "" && { "x-service-auth": secret }),
      ...(token !== undefined && { "X-Gcs-Token": token }),
    },
    body: `${line}\n`,
    // What a consumer of the original kind is used to.
    isChunked: true,
    signal,
  });
}

function refusalOf(response: HttpResponse): Attempt {
  const { status } = response;
  response.close();
  const reason = `The consumer answered ${status}.`;
  if (REFUSALS.includes(status)) return { kind: "refused", reason };
  const asked = Number(response.headers["retry-after"]);
  const isAsked = Number.isFinite(asked) && asked > 0;
  return {
    kind: "failed",
    reason,
    ...(isAsked && { waitSeconds: Math.min(asked, MAX_WAIT_SECONDS) }),
  };
}

async function answerIn(response: HttpResponse, eventId: string, ports: Ports): Promise<Attempt> {
  const silence = SILENT_HEARTBEATS * ports.settings.heartbeatSeconds;
  try {
    for await (const line of linesOf(watched(response, silence, ports))) {
      const meaning = meaningOf(line, eventId);
      if (meaning.kind === "answer") return { kind: "answered", answer: meaning.answer };
      if (meaning.kind === "end") return { kind: "failed", reason: meaning.reason };
    }
    return { kind: "failed", reason: "The consumer's response ended without an answer." };
  } finally {
    // A consumer of the original kind never ends it.
    response.release();
  }
}
