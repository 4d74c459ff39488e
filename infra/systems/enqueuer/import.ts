/** What the enqueuer takes over of what its document's commands made: queues, accounts and bindings on single resources. */
import { bindingName, memberImportId, memberOf, type AccessRow } from "../../access.ts";
import { configCommand } from "../../config/fixes.ts";
import { NO_FILE } from "../../config/origin.ts";
import { agentMember } from "../../google/agent.ts";
import type { EnqueuerConfig } from "./config.ts";
import { enqueuerRows } from "./access.ts";
import { CALLER, ENQUEUER, SYSTEM } from "./names.ts";
import { systemEntry, within, type ImportedResource, type Takeover } from "../../takeover.ts";
import * as iam from "../../google/iam/kinds.ts";
import * as run from "../../google/run/kinds.ts";
import * as tasks from "../../google/tasks/kinds.ts";
import { isOurs, queuesOf } from "./workers.ts";

/** What the document calls the enqueuer's service. */
const DOCUMENT_NAME = "enqueuer";

/** Sections of the document whose grants are on single resources. IAM 1 is project-wide, and replaced. */
const ADOPTED_SOURCES = ["IAM 2", "IAM 3", "IAM 4"].map(
  (section) => `enqueuer document, ${section}`,
);

export function enqueuerTakeover(config: EnqueuerConfig): Takeover {
  return { resources: resources(config), remarks: remarks(config) };
}

function resources(config: EnqueuerConfig): ImportedResource[] {
  const accounts = [ENQUEUER, CALLER].flatMap((id) =>
    within(
      SYSTEM,
      { type: "switchyard:component:ServiceAccount", logicalName: `${SYSTEM}-${id}` },
      { type: "gcp:serviceaccount/account:Account", id: iam.accountName(id, config) },
    ),
  );
  const queues = queuesOf(config.workers).flatMap(({ id }) =>
    within(
      SYSTEM,
      { type: "switchyard:component:Queue", logicalName: `${SYSTEM}-${id}` },
      { type: "gcp:cloudtasks/queue:Queue", id: tasks.queue.of(id, config) },
    ),
  );
  const bindings = enqueuerRows(config)
    .filter((row) => ADOPTED_SOURCES.includes(row.source) && !isOnOwnService(row, config))
    .map((row) => {
      const logicalName = `${SYSTEM}-${bindingName(row)}`;
      const id = memberImportId(row);
      return { type: memberOf(row).type, name: logicalName, logicalName, id, parent: SYSTEM };
    });
  return [systemEntry("switchyard:system:Enqueuer", SYSTEM), ...accounts, ...queues, ...bindings];
}

/** A service that this program will make is not there yet, so neither is a binding on it. */
function isOnOwnService({ resource }: AccessRow, config: EnqueuerConfig): boolean {
  return config.workers
    .filter(isOurs)
    .some(({ name }) => resource === run.service.of(name, config));
}

function remarks(config: EnqueuerConfig): string[] {
  const { project, region, enqueuerName } = config;
  const services = config.workers.filter(isOurs).map(({ name }) => name);
  const lines = [
    "Grants that are replaced by narrower ones; remove them after pulumi up:",
    `  gcloud projects remove-iam-policy-binding ${project} --member=${iam.accountMember(ENQUEUER, config)} --role=roles/cloudtasks.enqueuer`,
  ];
  if (!config.enqueuerTokenCreator) {
    lines.push(
      `  gcloud iam service-accounts remove-iam-policy-binding ${iam.accountEmail(CALLER, config)} --member=${agentMember(tasks.agent, config)} --role=roles/iam.serviceAccountTokenCreator --project=${project}`,
    );
  }
  lines.push(
    "",
    "Queues come with their present settings. Give each worker its queue's settings in the config, until pulumi preview",
    "shows no change to a queue.",
    "",
    "What cannot be taken over, since a Cloud Run service does not become a function:",
    ...(enqueuerName === DOCUMENT_NAME
      ? [
          `  ${DOCUMENT_NAME}: the old service is in the way. Remove it (gcloud run services delete ${DOCUMENT_NAME} --region=${region} --project=${project}),`,
          `  or let the new one live beside it (${configCommand("set", NO_FILE.stack, `enqueuerName ${DOCUMENT_NAME}-2`)}).`,
        ]
      : [
          `  ${DOCUMENT_NAME}: the old service stays until its callers have moved to ${enqueuerName}.`,
        ]),
  );
  if (services.length > 0) {
    lines.push(
      `  ${services.join(", ")}: this stack deploys sample workers under these names. Where older services of these names are to stay, make`,
      "  them external: give each worker its service's url and service in place of its path.",
    );
  }
  return lines;
}
