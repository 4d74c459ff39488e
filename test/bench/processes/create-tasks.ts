/** Adds tasks as any program would, in a process of its own: Google's client, credentials from the environment. */
import { CloudTasksClient } from "@google-cloud/tasks";
import { answering } from "./answering.ts";

/** In headers, `{n}` stands for the number of the task. */
export interface TasksQuestion {
  /** Full resource name of the queue. */
  readonly queue: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string };
  readonly inFlight: number;
  readonly count: number;
  /** Number of the first task. */
  readonly first: number;
}

const client = new CloudTasksClient();

answering(async (question: TasksQuestion): Promise<object> => {
  const { queue: parent, url, headers, oidcToken, inFlight, count, first } = question;
  const body = Buffer.from(question.body);
  let next = first;
  const lane = async (): Promise<void> => {
    while (next < first + count) {
      const n = String(next++);
      const own = Object.entries(headers).map(([name, value]) => [
        name,
        value.replaceAll("{n}", n),
      ]);
      const httpRequest = {
        url,
        httpMethod: "POST" as const,
        headers: Object.fromEntries(own) as Record<string, string>,
        body,
        oidcToken,
      };
      await client.createTask({ parent, task: { httpRequest } });
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return {};
});
