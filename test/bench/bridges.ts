/**
 * The producer and the consumer of the dev stack as the local cloud starts them, between a workflows service in a process
 * of its own, and the floors beside them: all speak to the same workflows service and to the same consumer, by plain HTTP.
 */
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import type { BridgeRun } from "../../functions/messages/bridge-run.ts";
import type { ProducerVariables } from "../../functions/producer/env.ts";
import type { ConsumerVariables } from "../../functions/consumer/env.ts";
import { loadDeclared } from "../../local/declared/load.ts";
import { roleEnvironment } from "../../local/gateway/environment.ts";
import { createIssuer, stripSignature } from "../../local/identity/issuer.ts";
import { freePort } from "../support/free-port.ts";
import { startHelper, throwawayFolder } from "./children.ts";
import { liveBytes } from "./live-memory.ts";
import { startCloud } from "./local-cloud.ts";
import type {
  CallsQuestion,
  CallsResult,
  Context,
  WorkflowsQuestion,
} from "./processes/workflows.ts";
import { startRole, type Role } from "./role.ts";

/** What a floor is told. */
export interface BridgeQuestion {
  readonly workflowsUrl: string;
  readonly consumerUrl: string;
  /** Of every request: who is meant, and the consumer's secret. */
  readonly headers: Readonly<Record<string, string>>;
  readonly context: Context;
}

/** One of the ways from the workflows service to its consumer and back. */
export interface Way {
  readonly calls: (options: Pick<CallsQuestion, "count" | "inFlight">) => Promise<CallsResult>;
}

export interface Bridges {
  readonly ours: Way;
  /** Sends the same bytes on, one event after the other. */
  readonly plain: Way;
  /** The loop of the contract's section 4.2. */
  readonly loop: Way;
  /** What each role still needs after a collection, in bytes. */
  readonly liveBytes: () => Promise<Readonly<Record<"producer" | "consumer", number>>>;
  readonly stop: () => Promise<void>;
}

const SECRET = "a-secret-of-the-bench";
/** The longest that Cloud Tasks waits. */
const DEADLINE_SECONDS = 1_800;
const SESSION = "session";

/** Starts everything; each way has a project of its own. */
export async function startBridges(): Promise<Bridges> {
  const { services } = await loadDeclared("dev");
  const [producer, consumer] = ["producer", "consumer"].map((name) => {
    const spec = services.find(({ role }) => role === name);
    if (spec === undefined) throw new Error(`The dev stack has no ${name}.`);
    return spec;
  });
  if (producer === undefined || consumer === undefined) throw new Error("There is no bridge.");
  const workflows = startHelper("workflows");
  const ask = (question: WorkflowsQuestion) => workflows.ask(question);
  const contexts = {
    ours: contextOf("ours"),
    plain: contextOf("plain"),
    loop: contextOf("loop"),
  };
  const opened = await ask({ kind: "open", contexts: Object.values(contexts) });
  const workflowsUrl = opened as string;
  const cloud = await startCloud();
  const { projectId, proxyUrl, caFile, folder, metadataHosts } = await cloud.attachment();
  const own = roleEnvironment({
    proxyUrl,
    caFile,
    metadataHost: metadataHosts.producer ?? "",
    projectId,
    gcloudConfigFolder: folder,
  });
  const inspectors = { producer: await freePort(), consumer: await freePort() };
  const started = (name: "producer" | "consumer", folder: string, env: Record<string, string>) =>
    startRole({
      folder,
      target: name,
      env: { ...env, NODE_OPTIONS: `--inspect=127.0.0.1:${inspectors[name]}` },
    });
  const consumerRole = await started("consumer", consumer.folder, {
    SERVICE_AUTH_TOKEN: SECRET,
    WORK_ROOT: join(throwawayFolder(), "work"),
  } satisfies ConsumerVariables);
  const consumerUrl = consumerRole.url;
  await consumerRole.firstAnswer({ method: "GET", path: "/healthz" });
  const producerRole = await started("producer", producer.folder, {
    ...own,
    ...producer.env,
    SERVICE_AUTH_TOKEN: SECRET,
    WORKFLOWS_BASE_URL: workflowsUrl,
    WORKFLOWS_AUDIENCE: workflowsUrl,
    CONSUMER_BASE_URL: consumerUrl,
    CONSUMER_AUDIENCE: consumerUrl,
    IDLE_SHUTDOWN_MS: "0",
    GCS_BUCKET: "",
    WORK_ROOT: join(throwawayFolder(), "work"),
  } satisfies Partial<ProducerVariables> & Record<string, string>);
  await producerRole.firstAnswer({ method: "GET", path: "/health" });
  const wayOf = (context: Context): Way => ({
    calls: async (options) => (await ask({ kind: "calls", context, ...options })) as CallsResult,
  });
  const floors = {
    plain: startHelper("plain-bridge"),
    loop: startHelper("contract-loop", own),
  };
  const { AUDIENCE, CALLER_SA } = producer.env;
  if (AUDIENCE === undefined || CALLER_SA === undefined) throw new Error("Nobody may call.");
  await order(producerRole, contexts.ours, { audience: AUDIENCE, email: CALLER_SA });
  await Promise.all(
    (["plain", "loop"] as const).map((name) => {
      const context = contexts[name];
      const question: BridgeQuestion = {
        workflowsUrl,
        consumerUrl,
        context,
        headers: {
          "x-user-id": context.user,
          "x-project-id": context.project,
          "x-workspace-id": context.workspace,
          "x-session-id": SESSION,
          "x-service-auth": SECRET,
        },
      };
      return floors[name].ask(question);
    }),
  );
  return {
    ours: wayOf(contexts.ours),
    plain: wayOf(contexts.plain),
    loop: wayOf(contexts.loop),
    liveBytes: async () => ({
      producer: await liveBytes(await inspectorAt(inspectors.producer)),
      consumer: await liveBytes(await inspectorAt(inspectors.consumer)),
    }),
    stop: async () => {
      await Promise.all([floors.plain.stop(), floors.loop.stop()]);
      await producerRole.stop();
      await Promise.all([consumerRole.stop(), workflows.stop(), cloud.stop()]);
    },
  };
}

function contextOf(name: string): Context {
  return { user: "user-1", project: name, workspace: "workspace-1" };
}

/** As the queue's task has it, which stays open for as long as the bridge works. */
async function order(
  { url }: Role,
  { user, project, workspace }: Context,
  caller: { readonly audience: string; readonly email: string },
): Promise<void> {
  const token = stripSignature(await createIssuer().idToken(caller));
  const run: BridgeRun = {
    tenant: {
      user_id: user,
      project_id: project,
      workspace_id: workspace,
      session_id: SESSION,
    },
    run_id: "bench",
    started_at: new Date().toISOString(),
    deadline_s: DEADLINE_SECONDS,
  };
  const request = httpRequest(`${url}/run`, {
    method: "POST",
    agent: false,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
  });
  request.once("response", (response) => {
    // While the bench is at work none is due.
    console.error(`The bridge has ended: ${response.statusCode ?? 0}`);
    response.resume();
  });
  request.once("error", () => undefined);
  request.end(JSON.stringify(run));
}

async function inspectorAt(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
  if (target === undefined) throw new Error("The process has no inspector.");
  return target.webSocketDebuggerUrl;
}
