// The least that a function can do to add the task that the enqueuer adds: no check, no log, nobody refused.
import { http } from "@google-cloud/functions-framework";
import { CloudTasksClient } from "@google-cloud/tasks";

const { PROJECT_ID = "", TASKS_REGION = "", CALLER_SA = "", WORKERS = "" } = process.env;

interface Worker {
  readonly name: string;
  readonly queue: string;
  readonly url: string;
  readonly deadline_s: number;
}
interface Body {
  readonly service: string;
  readonly payload: object;
  readonly idempotency_key: string;
}

const workers = new Map((JSON.parse(WORKERS) as Worker[]).map((worker) => [worker.name, worker]));
const client = new CloudTasksClient();

http("create-task", async (request, response) => {
  const { service, payload, idempotency_key: key } = request.body as Body;
  const worker = workers.get(service);
  if (worker === undefined) throw new Error(`There is no worker ${service}.`);
  const { queue, url, deadline_s: seconds } = worker;
  const parent = `projects/${PROJECT_ID}/locations/${TASKS_REGION}/queues/${queue}`;
  const [task] = await client.createTask(
    {
      parent,
      task: {
        name: `${parent}/tasks/${key}`,
        httpRequest: {
          url,
          httpMethod: "POST",
          headers: { "Content-Type": "application/json", "X-Idempotency-Key": key },
          body: Buffer.from(JSON.stringify(payload)),
          oidcToken: { serviceAccountEmail: CALLER_SA, audience: new URL(url).origin },
        },
        dispatchDeadline: { seconds },
      },
    },
    { timeout: 20_000 },
  );
  response.json({ ok: true, task: task.name });
});
