/** The stand-in workflows service on a port, and workflows that call tools as fast as they are answered. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { LocalRequest, LocalResponse } from "../../../local/http/message.ts";
import { listener } from "../../../local/http/node.ts";
import { Workflows } from "../../../local/outside/workflows/index.ts";
import type { Log } from "../../../local/log.ts";
import { urlOf } from "../../../local/http/request-target.ts";
import { percentile } from "../statistics.ts";
import { answering } from "./answering.ts";

/** Whose events are carried. */
export interface Context {
  readonly user: string;
  readonly project: string;
  readonly workspace: string;
}

export type WorkflowsQuestion = OpenQuestion | CallsQuestion;

/** Makes live workspaces; answered with where the service listens. */
interface OpenQuestion {
  readonly kind: "open";
  readonly contexts: readonly Context[];
}

/** So many calls of a tool, answered by whoever streams that workspace. */
export interface CallsQuestion {
  readonly kind: "calls";
  readonly context: Context;
  readonly count: number;
  /** Calls that wait for their callback at a time. */
  readonly inFlight: number;
}

export interface CallsResult {
  readonly seconds: number;
  /** From an event's arrival to its callback. */
  readonly p50Millis: number;
  readonly p99Millis: number;
}

/** Above any burst here: a bridge that keeps up is not to be cut off for what the floors are not cut off for. */
const BURST_BYTES = 64 * 1024 * 1024;
const TOOL = "NOTHING";
const CALLBACKS = "/callbacks/";

const log: Log = ({ severity, message }) => {
  if (severity !== "INFO" && severity !== "DEBUG") console.error(message);
};
const workflows = new Workflows({ log, burstBytes: BURST_BYTES });
const waiting = new Map<string, () => void>();
const server = createServer(listener((incoming) => urlOf(incoming, "http://127.0.0.1"), send, log));
const listening = once(server.listen(0, "127.0.0.1"), "listening");

answering(async (question: WorkflowsQuestion): Promise<string | CallsResult> => {
  await listening;
  if (question.kind === "calls") return calls(question);
  for (const { user, project, workspace } of question.contexts) {
    workflows.makeWorkspace(user, project, { id: workspace });
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

async function send(request: LocalRequest): Promise<LocalResponse> {
  const answer = await workflows.send(request);
  const { pathname } = request.url;
  if (pathname.startsWith(CALLBACKS)) waiting.get(pathname.slice(CALLBACKS.length))?.();
  return answer;
}

async function calls({ context, count, inFlight }: CallsQuestion): Promise<CallsResult> {
  const millis: number[] = [];
  let left = count;
  const began = performance.now();
  const workflow = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      millis.push(await called(context));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, workflow));
  const seconds = (performance.now() - began) / 1000;
  return { seconds, p50Millis: percentile(millis, 0.5), p99Millis: percentile(millis, 0.99) };
}

/** Milliseconds until the callback was called. */
function called(context: Context): Promise<number> {
  const began = performance.now();
  const { callbackId } = workflows.callTool({ ...context, tool: TOOL, arguments: { n: 1 } });
  return new Promise((resolve) => {
    waiting.set(callbackId, () => {
      waiting.delete(callbackId);
      resolve(performance.now() - began);
    });
  });
}
