import type { IdTokenClient } from "google-auth-library";
import { RUN_PATH } from "../messages/bridge-run.ts";
import { idTokenClient } from "../runtime/google/id-tokens.ts";
import { lazy } from "../runtime/lazy.ts";
import { taskQueue, type QueuePlace, type TasksClient } from "../runtime/google/task-queue.ts";
import type { AddRun, CallPorts } from "./ports.ts";

/** A queue of Cloud Tasks as the place where runs are added. */
export function runsOn(place: QueuePlace, makeClient?: () => Promise<TasksClient>): AddRun {
  const add = taskQueue(place, makeClient);
  return (run, id) => add({ id, path: RUN_PATH, body: run, deadlineSeconds: run.deadline_s });
}

type TokenClient = Pick<IdTokenClient, "getRequestHeaders">;

/** ID tokens of this role's account; Google's client keeps each until it is about to expire. */
export function idTokens(
  makeClient: (audience: string) => Promise<TokenClient> = idTokenClient,
): CallPorts["idToken"] {
  const clients = new Map<string, () => Promise<TokenClient>>();
  return async (audience) => {
    const client = clients.get(audience) ?? lazy(() => makeClient(audience));
    clients.set(audience, client);
    const headers = await (await client()).getRequestHeaders();
    const token = /^Bearer (\S+)$/.exec(headers.get("authorization") ?? "")?.[1];
    if (token === undefined) throw new Error("There is no ID token of this role's account.");
    return token;
  };
}
