/**
 * `npm run import-plan`: takes over what the enqueuer document's commands made. The import file goes to stdout, what it
 * cannot do to stderr.
 */
import { parseArgs } from "node:util";
import { runCommand, stackConfig } from "./command.ts";
import { bindingName, bindingType, type AccessRow } from "./components/access.ts";
import { agentOf } from "./components/service-agents.ts";
import type { PlatformConfig } from "./config.ts";
import { CALLER, ENQUEUER, SYSTEM, enqueuerRows } from "./enqueuer-access.ts";
import { accountEmail, accountMember, resourceName } from "./naming.ts";
import { isOurs, queuesOf } from "./workers.ts";

const USAGE = `Usage: npm run --silent import-plan -- [--stack NAME] > import.json
       pulumi import --file import.json --protect=false --generate-code=false

Prints the import file for what the enqueuer document's gcloud commands made: queues, service accounts and
bindings on single resources. Afterwards says what it cannot take over, and which old grant to remove.

  --stack NAME   the stack whose Pulumi.NAME.yaml is read (default: dev)
  --help         this text`;

/** One entry of a file for `pulumi import --file`. Source: pulumi.com/docs/iac/guides/migration/import, bulk import. */
interface ImportedResource {
  readonly type: string;
  /** Unique in the file; parents are named by it. */
  readonly name: string;
  /** The name in the URN. */
  readonly logicalName: string;
  /** What the provider finds the resource by. A component has none. */
  readonly id?: string;
  readonly component?: true;
  readonly parent?: string;
}

/** What the document calls the enqueuer's service. */
const DOCUMENT_NAME = "enqueuer";

/** Sections of the document whose grants are on single resources. IAM 1 is project-wide, and replaced. */
const ADOPTED_SOURCES = ["IAM 2", "IAM 3", "IAM 4"].map(
  (section) => `enqueuer document, ${section}`,
);

/** The resources of the import file, parents first. Pure. */
export function importedResources(config: PlatformConfig): readonly ImportedResource[] {
  const accounts = [ENQUEUER, CALLER].flatMap((id) =>
    within(
      { type: "switchyard:component:ServiceAccount", logicalName: `${SYSTEM}-${id}` },
      { type: "gcp:serviceaccount/account:Account", id: resourceName.account(id, config) },
    ),
  );
  const queues = queuesOf(config.workers).flatMap(({ id }) =>
    within(
      { type: "switchyard:component:Queue", logicalName: `${SYSTEM}-${id}` },
      { type: "gcp:cloudtasks/queue:Queue", id: resourceName.queue(id, config) },
    ),
  );
  const bindings = enqueuerRows(config)
    .filter((row) => ADOPTED_SOURCES.includes(row.source) && !isOnOwnService(row, config))
    .map((row) => {
      const logicalName = `${SYSTEM}-${bindingName(row)}`;
      const id = `${row.resource} ${row.role} ${row.principal}`;
      return { type: bindingType(row), name: logicalName, logicalName, id, parent: SYSTEM };
    });
  const system = { type: "switchyard:system:Enqueuer", name: SYSTEM, logicalName: SYSTEM };
  return [{ ...system, component: true }, ...accounts, ...queues, ...bindings];
}

/** A component of the system and its one resource, which bears the same name. */
function within(
  component: { readonly type: string; readonly logicalName: string },
  resource: { readonly type: string; readonly id: string },
): ImportedResource[] {
  const { logicalName } = component;
  const parent = `${logicalName}-component`;
  return [
    { ...component, name: parent, component: true, parent: SYSTEM },
    { ...resource, name: logicalName, logicalName, parent },
  ];
}

/** A service that this program will make is not there yet, so neither is a binding on it. */
function isOnOwnService({ resource }: AccessRow, config: PlatformConfig): boolean {
  return config.workers
    .filter(isOurs)
    .some(({ name }) => resource === resourceName.service(name, config));
}

/** What the file cannot do, for a person. Pure. */
export function remarks(config: PlatformConfig): string {
  const { project, region, enqueuerName } = config;
  const services = config.workers.filter(isOurs).map(({ name }) => name);
  const lines = [
    "Grants that are replaced by narrower ones; remove them after pulumi up:",
    `  gcloud projects remove-iam-policy-binding ${project} --member=${accountMember(ENQUEUER, config)} --role=roles/cloudtasks.enqueuer`,
  ];
  if (!config.enqueuerTokenCreator) {
    lines.push(
      `  gcloud iam service-accounts remove-iam-policy-binding ${accountEmail(CALLER, config)} --member=${agentOf("cloudTasks", config)} --role=roles/iam.serviceAccountTokenCreator --project=${project}`,
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
          `  or let the new one live beside it (pulumi config set enqueuerName ${DOCUMENT_NAME}-2).`,
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
  return lines.join("\n");
}

function main(args: readonly string[]): void {
  const { values } = parseArgs({
    args: [...args],
    options: {
      stack: { type: "string", default: "dev" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const config = stackConfig(values.stack);
  console.log(
    JSON.stringify({ nameTable: {}, resources: importedResources(config) }, undefined, 2),
  );
  console.error(remarks(config));
}

if (import.meta.main) runCommand(main);
