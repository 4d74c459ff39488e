/** Requests to /enqueue over connections that are kept, and what a process used for them. */
import type { Helper } from "./children.ts";
import { ENQUEUE } from "./enqueuer.ts";
import type { LoadRequest, LoadResult } from "./processes/load.ts";
import { usageOf } from "./usage.ts";

export const CONNECTIONS = 32;

/** A process under load, and its numbers of each round. */
export interface Subject {
  readonly name: string;
  readonly pid: number;
  readonly url: string;
  readonly cpuMicros: number[];
  readonly perSecond: number[];
  readonly p50Millis: number[];
  readonly p99Millis: number[];
}

export function subject(name: string, { pid, url }: { pid: number; url: string }): Subject {
  return { name, pid, url, cpuMicros: [], perSecond: [], p50Millis: [], p99Millis: [] };
}

/** One round. */
export async function sample(subject: Subject, load: Helper, count: number): Promise<void> {
  const before = await usageOf(subject.pid);
  const { seconds, p50Millis, p99Millis } = await post(load, subject.url, count);
  const after = await usageOf(subject.pid);
  subject.cpuMicros.push((after.cpuMicros - before.cpuMicros) / count);
  subject.perSecond.push(count / seconds);
  subject.p50Millis.push(p50Millis);
  subject.p99Millis.push(p99Millis);
}

let sent = 0;

/** Sends so many, each with a key of its own. */
export async function post(load: Helper, url: string, count: number): Promise<LoadResult> {
  const question: LoadRequest = {
    url: `${url}${ENQUEUE.path}`,
    headers: { "content-type": "application/json" },
    body: ENQUEUE.body,
    connections: CONNECTIONS,
    count,
    first: sent,
  };
  sent += count;
  return (await load.ask(question)) as LoadResult;
}
