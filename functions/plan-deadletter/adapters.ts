import type { IdTokenClient } from "google-auth-library";
import { resultObject } from "../messages/plan-names.ts";
import { sentenceOf } from "../runtime/errors.ts";
import { idTokenClient } from "../runtime/google/id-tokens.ts";
import { lazy } from "../runtime/lazy.ts";
import type { Objects } from "../runtime/google/objects.ts";
import type { PlanDeadletterEnv } from "./env.ts";
import type { GivenUp, Ports } from "./ports.ts";

/** Below the 60 s that Pub/Sub waits for this service. */
const GIVE_UP_TIMEOUT_MS = 50_000;
/**
 * Not the runner's word on the message: a missing binding, a service that is not there, a limit. All of that can be
 * repaired while the message waits.
 */
const CURABLE = [401, 403, 404, 408, 429];

/** The state bucket's memory of finished plans. */
export function resultsIn(objects: Objects): Ports["hasResult"] {
  return async (plan) => (await objects.read(resultObject(plan))) !== undefined;
}

type Client = Pick<IdTokenClient, "request">;

/** The runner, called with an ID token of this service's account for the runner's origin. */
export function runner(
  { RUNNER_URL }: Pick<PlanDeadletterEnv, "RUNNER_URL">,
  makeClient: (audience: string) => Promise<Client> = idTokenClient,
): Ports["giveUp"] {
  const client = lazy(() => makeClient(RUNNER_URL));
  return async (request, attempts) => {
    try {
      const caller = await client();
      const { status, data } = await caller.request<unknown>({
        url: `${RUNNER_URL}/give-up`,
        method: "POST",
        data: { ...request, ...(attempts !== undefined && { delivery_attempts: attempts }) },
        timeout: GIVE_UP_TIMEOUT_MS,
        // Pub/Sub comes again by itself.
        retry: false,
        validateStatus: () => true,
      });
      return givenUp(status, data);
    } catch (error) {
      return {
        kind: "unavailable",
        message: error instanceof Error ? error.message : String(error),
      };
    }
  };
}

function givenUp(status: number, data: unknown): GivenUp {
  if (status >= 200 && status < 300) {
    const posted = typeof data === "object" && data !== null && "posted" in data && data.posted;
    return { kind: "done", posted: posted === true };
  }
  const message = sentenceOf(data) ?? `it answered ${status}`;
  if (status >= 500 || CURABLE.includes(status)) return { kind: "unavailable", message };
  return { kind: "refused", status, message };
}
