/** Run as a process of its own: Google's Cloud Tasks client as anyone would use it. Prints one JSON line. */
import { CloudTasksClient } from "@google-cloud/tasks";

const LOCATION = process.argv[2] ?? "";

const client = new CloudTasksClient();
const parent = `${LOCATION}/queues/q`;
const [task] = await client.createTask({
  parent,
  task: {
    httpRequest: {
      httpMethod: "POST",
      url: "https://example.com/process",
      headers: { "Content-Type": "application/json" },
      body: Buffer.from("{}"),
    },
    dispatchDeadline: { seconds: 700 },
    scheduleTime: { seconds: 1_767_225_600 },
  },
});
const [queue] = await client.getQueue({ name: parent });
const failures = [];
for (const name of ["missing", "forbidden", "broken"]) {
  failures.push(await client.getQueue({ name: `${LOCATION}/queues/${name}` }).catch(failureOf));
}
failures.push(await client.purgeQueue({ name: parent }).catch(failureOf));
console.log(JSON.stringify({ name: task.name, state: queue.state, failures }));
await client.close();

function failureOf(error: unknown): object {
  const { code, details, reason } = error as { code: number; details: string; reason?: string };
  return { code, details, reason };
}
