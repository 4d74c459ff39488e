/** What the floors of the bridge have in common: an event stream read, a request sent. */
import { once } from "node:events";
import { request as httpRequest, type Agent, type IncomingMessage } from "node:http";
import type { BridgeQuestion } from "../bridges.ts";

export interface PlainEvent {
  readonly id: string;
  /** JSON. */
  readonly data: string;
}

/** Resolves once the stream is open. */
export async function eventsOf({
  workflowsUrl,
  headers,
  context,
}: BridgeQuestion): Promise<AsyncIterable<PlainEvent>> {
  const query = new URLSearchParams({
    projectId: context.project,
    workspaceId: context.workspace,
    heartbeat_ms: "1000",
  });
  const request = httpRequest(`${workflowsUrl}/events/stream?${query.toString()}`, { headers });
  request.end();
  // The head comes with the first heartbeat.
  const [response] = (await once(request, "response")) as [IncomingMessage];
  if (response.statusCode !== 200) {
    throw new Error(`The stream answered ${response.statusCode ?? 0}.`);
  }
  return events(response);
}

async function* events(response: IncomingMessage): AsyncGenerator<PlainEvent> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    const blocks = (text + String(chunk)).split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const [, id, data] = /^id: (.*)\nevent: .*\ndata: (.*)$/.exec(block) ?? [];
      if (id !== undefined && data !== undefined) yield { id, data };
    }
  }
}

/** Resolves with the head of the answer; rejects for any that is not 200. */
export function post(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: "POST",
      agent,
      headers: {
        "content-type": "application/json",
        ...headers,
        "content-length": Buffer.byteLength(body),
      },
    });
    request.once("response", (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`${url} answered ${response.statusCode ?? 0}.`));
    });
    request.once("error", reject);
    request.end(body);
  });
}

export async function textOf(response: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += String(chunk);
  return text;
}
