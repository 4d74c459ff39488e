/**
 * The least that can stand between a workflows service and its consumer: one event after the other is sent on, and what
 * comes back too, over connections that are kept. It has no lock, checks nothing and tries nothing twice.
 */
import { Agent } from "node:http";
import type { BridgeQuestion } from "../bridges.ts";
import { answering } from "./answering.ts";
import { eventsOf, post, textOf } from "./bridge-parts.ts";

const agent = new Agent({ keepAlive: true });

answering(async (question: BridgeQuestion): Promise<string> => {
  const events = await eventsOf(question);
  void forward(events, question);
  return "connected";
});

async function forward(
  events: Awaited<ReturnType<typeof eventsOf>>,
  { workflowsUrl, consumerUrl, headers, context }: BridgeQuestion,
): Promise<void> {
  for await (const { id, data } of events) {
    const callback = /"callback_id":"([^"]+)"/.exec(data)?.[1] ?? "";
    const line = `{"id":"${id}",${data.slice(1)}\n`;
    const stream = `${consumerUrl}/sessions/stream`;
    const answer = await textOf(await post(agent, stream, headers, line));
    const result = /"result":(.*)\}$/m.exec(answer)?.[1] ?? "null";
    const body = `{"result":${result}}`;
    await textOf(await post(agent, `${workflowsUrl}/callbacks/${callback}`, headers, body));
    const cursor = `{"projectId":"${context.project}","eventId":"${id}","timestamp":"${new Date().toISOString()}","target":"project"}`;
    await textOf(await post(agent, `${workflowsUrl}/events/cursors`, headers, cursor));
  }
}
