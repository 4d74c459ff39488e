import type { CloudTasksClient } from "@google-cloud/tasks";
import type { IdTokenClient } from "google-auth-library";
import { RUN_PATH } from "../messages/bridge-run.ts";
import { idTokenClient } from "../runtime/id-tokens.ts";
import { lazy } from "../runtime/lazy.ts";
import type { AddRun, CallPorts } from "./ports.ts";

/** Long enough for Google's own 15 s (cloudtasks_v2.yaml). */
const CREATE_TIMEOUT_MS = 20_000;
// https://grpc.io/docs/guides/status-codes/
const ALREADY_EXISTS = 6;

/** Where runs are queued, and who is to run them. */
interface RunQueue {
  readonly project: string;
  readonly region: string;
  /** Short id. */
  readonly queue: string;
  /** Origin of the bridge. */
  readonly bridgeUrl: string;
  /** Service account whose ID token the tasks carry. */
  readonly caller: string;
}

/** A queue of Cloud Tasks as the place where runs are added. */
export function runsOn(
  { project, region, queue, bridgeUrl, caller }: RunQueue,
  makeClient: () => Promise<Pick<CloudTasksClient, "createTask">> = newTasksClient,
): AddRun {
  const client = lazy(makeClient);
  const parent = `projects/${project}/locations/${region}/queues/${queue}`;
  return async (run, name) => {
    const task = {
      name: `${parent}/tasks/${name}`,
      httpRequest: {
        url: `${bridgeUrl}${RUN_PATH}`,
        httpMethod: "POST" as const,
        headers: { "Content-Type": "application/json" },
        body: Buffer.from(JSON.stringify(run)),
        oidcToken: { serviceAccountEmail: caller, audience: bridgeUrl },
      },
      dispatchDeadline: { seconds: run.deadline_s },
    };
    try {
      await (await client()).createTask({ parent, task }, { timeout: CREATE_TIMEOUT_MS });
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === ALREADY_EXISTS) return false;
      throw error;
    }
  };
}

async function newTasksClient(): Promise<CloudTasksClient> {
  const { CloudTasksClient } = await import("../runtime/cloud-tasks-client.ts");
  return new CloudTasksClient();
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
