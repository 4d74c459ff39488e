import { ask, askPatiently, lockAnswerOf, lockPath } from "../bridge/workflows.ts";
import type { LockAnswer } from "../bridge/workflows.ts";
import type { Tenant } from "../messages/tenant.ts";
import type { Ports } from "./ports.ts";

const SECONDS = 5;

/** Who holds the project's lock; undefined where the workflows service does not say. */
export async function lockStatus(tenant: Tenant, ports: Ports): Promise<LockAnswer | undefined> {
  const call = { method: "GET" as const, path: lockPath(tenant, "status") };
  const limits = { seconds: SECONDS, signal: new AbortController().signal };
  const answer = await ask(ports.settings.workflows, tenant, call, limits, ports);
  return answer?.status === 200 ? lockAnswerOf(answer) : undefined;
}

/** Takes the lock from whoever holds it. False where that could not be done. */
export async function forceRelease(tenant: Tenant, ports: Ports): Promise<boolean> {
  const body = JSON.stringify({ force: true, reason: "stop", at: ports.now() });
  const call = { method: "POST" as const, path: lockPath(tenant, "release"), body };
  const patience = {
    attempts: 3,
    seconds: SECONDS,
    baseSeconds: 0.3,
    signal: new AbortController().signal,
  };
  const answer = await askPatiently(ports.settings.workflows, tenant, call, patience, ports);
  return answer?.status === 200 && lockAnswerOf(answer)?.released === true;
}
