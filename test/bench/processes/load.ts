/** Sends requests over connections that are kept, in a process of its own, so that none of its work is counted. */
import { Agent, request as httpRequest } from "node:http";
import { percentile } from "../statistics.ts";
import { answering } from "./answering.ts";

/** In headers and body, `{n}` stands for the number of the request. */
export interface LoadRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly count: number;
  /** Number of the first request. */
  readonly first: number;
}

export interface LoadResult {
  readonly seconds: number;
  readonly p50Millis: number;
  readonly p99Millis: number;
}

/** Nobody here takes so long; whoever does hangs. */
const MAX_ANSWER_MS = 30_000;

answering(load);

async function load(options: LoadRequest): Promise<LoadResult> {
  const { url, headers, body, connections, count, first } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const millis: number[] = [];
  let next = first;
  const began = performance.now();
  const connection = async (): Promise<void> => {
    while (next < first + count) {
      const n = String(next++);
      const sent = performance.now();
      await post(agent, url, numbered(headers, n), body.replaceAll("{n}", n));
      millis.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, connection));
  const seconds = (performance.now() - began) / 1000;
  agent.destroy();
  return { seconds, p50Millis: percentile(millis, 0.5), p99Millis: percentile(millis, 0.99) };
}

function numbered(headers: Readonly<Record<string, string>>, n: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value.replaceAll("{n}", n)]),
  );
}

function post(
  agent: Agent,
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(url, {
      method: "POST",
      agent,
      timeout: MAX_ANSWER_MS,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
    });
    outgoing.once("response", (incoming) => {
      incoming.resume();
      incoming.once("end", () => {
        if (incoming.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${incoming.statusCode ?? 0} under load.`));
      });
      incoming.once("error", reject);
    });
    outgoing.once("timeout", () => outgoing.destroy(new Error(`${url} hangs under load.`)));
    outgoing.once("error", reject);
    outgoing.end(body);
  });
}
