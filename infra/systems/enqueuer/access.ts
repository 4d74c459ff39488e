/** Who may do what in the enqueuer's system: the identities, and the rows from which its bindings are made. */
import { rowsOf, type AccessRow } from "../../access.ts";
import { agentMember } from "../../google/agent.ts";
import type { EnqueuerConfig } from "./config.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as storage from "../../google/storage/kinds.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { CALLER, deliveriesBucket, ENQUEUER, SYSTEM, WORKER } from "./names.ts";
import { isOurs, queuesOf, serviceOf } from "./workers.ts";

const row = rowsOf(SYSTEM);

/** The rows of a stack. Pure. */
export function enqueuerRows(config: EnqueuerConfig): readonly AccessRow[] {
  const { workers, enqueuerCallers, enqueuerPublic, enqueuerTokenCreator, operators } = config;
  const api = iam.accountMember(ENQUEUER, config);
  const caller = iam.accountMember(CALLER, config);
  const callerAccount = iam.accountName(CALLER, config);
  const agent = agentMember(tasks.agent, config);
  const queues = queuesOf(workers).map(({ id }) => tasks.queue.of(id, config));
  const targets = [...new Set(workers.map((worker) => serviceOf(worker, config)))];
  const itself = run.service.of(config.enqueuerName, config);
  const ours = [...workers.filter(isOurs).map((worker) => serviceOf(worker, config)), itself];
  return [
    ...on(queues, api, "cloudtasks.enqueuer", "adds tasks to it", "IAM 1"),
    ...on([callerAccount], api, "iam.serviceAccountUser", "creates tasks that carry it", "IAM 2"),
    ...on(
      enqueuerTokenCreator ? [callerAccount] : [],
      agent,
      "iam.serviceAccountTokenCreator",
      "signs ID tokens for it",
      "IAM 3",
    ),
    ...on(targets, caller, "run.invoker", "delivers tasks to it", "IAM 4"),
    ...on(
      workers.some(isOurs) ? [storage.bucket.of(deliveriesBucket(config))] : [],
      iam.accountMember(WORKER, config),
      "storage.objectUser",
      "remembers in it which deliveries it has worked on",
      "Security & migration tips",
    ),
    ...enqueuerCallers.flatMap((member) =>
      on([itself], member, "run.invoker", "calls /enqueue on it", "Architecture"),
    ),
    ...on(
      enqueuerPublic ? [itself] : [],
      "allUsers",
      "run.invoker",
      "calls /enqueue on it without credentials, while callers are moved",
      "Deploy, --allow-unauthenticated",
    ),
    ...operators.flatMap((member) => [
      ...on(queues, member, "cloudtasks.viewer", "looks at its tasks", "Troubleshooting"),
      ...on(ours, member, "run.viewer", "looks up its URL", "Deploy, Get URL"),
    ]),
  ];
}

/** One row per resource. */
function on(
  resources: readonly string[],
  principal: string,
  role: string,
  why: string,
  section: string,
): readonly AccessRow[] {
  return resources.map((resource) =>
    row(principal, role, resource, why, `enqueuer document, ${section}`),
  );
}
