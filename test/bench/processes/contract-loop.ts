/**
 * The loop that the producer was written after (producer contract, 2.1, 4.2 and 9.21): one connection to the consumer for
 * all events, one event at a time, then its callback, then the cursor, and an ID token asked for at every call.
 */
import { once } from "node:events";
import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { GoogleAuth } from "google-auth-library";
import type { BridgeQuestion } from "../bridges.ts";
import { answering } from "./answering.ts";
import { eventsOf, post, textOf } from "./bridge-parts.ts";

const agent = new Agent({ keepAlive: true });
const auth = new GoogleAuth();

answering(async (question: BridgeQuestion): Promise<string> => {
  const events = await eventsOf(question);
  void forward(events, question);
  return "connected";
});

async function forward(
  events: Awaited<ReturnType<typeof eventsOf>>,
  { workflowsUrl, consumerUrl, headers, context }: BridgeQuestion,
): Promise<void> {
  const ask = consumer(consumerUrl, headers);
  const call = async (path: string, body: object): Promise<void> => {
    const client = await auth.getIdTokenClient(workflowsUrl);
    const tokens = Object.fromEntries(await client.getRequestHeaders());
    const text = JSON.stringify(body);
    await textOf(await post(agent, `${workflowsUrl}${path}`, { ...headers, ...tokens }, text));
  };
  for await (const { id, data } of events) {
    const { callback_id, tool_call, ...others } = JSON.parse(data) as ToolData;
    const { name, arguments: args } = tool_call.function;
    const { result } = await ask({
      ...others,
      callback_id,
      tool_call: { function: { name, arguments: JSON.parse(args) as unknown } },
      id,
    });
    await call(`/callbacks/${callback_id}`, { result });
    await call("/events/cursors", {
      projectId: context.project,
      eventId: id,
      timestamp: new Date().toISOString(),
      target: "project",
    });
  }
}

interface ToolData {
  readonly callback_id: string;
  readonly tool_call: { readonly function: { readonly name: string; readonly arguments: string } };
}

/** Sends an event as a line of a request that never ends, and resolves with the next line that has a result. */
function consumer(
  url: string,
  headers: BridgeQuestion["headers"],
): (event: object) => Promise<{ readonly result: unknown }> {
  const request = httpRequest(`${url}/sessions/stream`, {
    method: "POST",
    agent,
    headers: { ...headers, "content-type": "application/x-ndjson" },
  });
  request.write("\n");
  const lines = once(request, "response").then(([response]) =>
    createInterface({ input: response as IncomingMessage })[Symbol.asyncIterator](),
  );
  return async (event) => {
    request.write(`${JSON.stringify(event)}\n`);
    const reader = await lines;
    for (;;) {
      const { value, done } = await reader.next();
      if (done === true) throw new Error("The consumer ended its answer.");
      if (value.startsWith("{")) return JSON.parse(value) as { readonly result: unknown };
    }
  };
}
