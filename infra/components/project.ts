import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import * as artifacts from "../google/artifacts/kinds.ts";
import * as iam from "../google/iam/kinds.ts";
import type { Place } from "../google/kind.ts";
import * as projects from "../google/project/kinds.ts";
import type { AccessRow } from "../access.ts";
import { Grants } from "./grants.ts";
import { Bucket } from "../google/storage/bucket.ts";
import { ServiceAccount } from "../google/iam/service-account.ts";
import type { ServiceAgent } from "../google/agent.ts";

/** APIs that declaring and building anything needs, each with its reason. */
const FOUNDATION_APIS = [
  "artifactregistry.googleapis.com", // holds the images of built functions
  "cloudbuild.googleapis.com", // builds them
  "cloudfunctions.googleapis.com",
  "cloudresourcemanager.googleapis.com", // the project's own policy
  "iam.googleapis.com", // service accounts
  "logging.googleapis.com", // the builds' logs
  "run.googleapis.com", // what a gen2 function runs on
  "storage.googleapis.com", // the functions' sources, and buckets
];

/** Who builds. */
export const BUILDER = { id: "function-builder", description: "Builds the functions' images" };
const REPOSITORY = "switchyard-functions";

interface ProjectArgs {
  readonly place: Place;
  /** APIs that the stack's systems need besides the foundation's. */
  readonly apis: readonly string[];
  /** Google's agents that the stack's systems rely on. */
  readonly agents: readonly ServiceAgent[];
}

/**
 * What the first `pulumi up` on an empty project needs before any system: APIs, Google's agents, a bucket for sources,
 * a repository for images, an account that builds.
 */
export class Project extends pulumi.ComponentResource {
  /** Enabled APIs and existing agents: everything else waits for these. */
  readonly ready: readonly pulumi.Resource[];
  readonly sources: { readonly name: string; readonly bucket: gcp.storage.Bucket };
  readonly builder: {
    /** `projects/P/serviceAccounts/EMAIL` */
    readonly account: string;
    /** `projects/P/locations/R/repositories/ID` */
    readonly repository: string;
    /** What has to exist before anything can be built. */
    readonly ready: readonly pulumi.Resource[];
  };

  constructor(name: string, args: ProjectArgs) {
    super("switchyard:component:Project", name);
    this.ready = this.enable(name, args);
    this.sources = this.createSources(name, args.place);
    this.builder = this.createBuilder(name, args.place);
    this.registerOutputs();
  }

  private enable(name: string, { place, apis, agents }: ProjectArgs): pulumi.Resource[] {
    const { project } = place;
    const all = [...new Set([...FOUNDATION_APIS, ...apis])].sort();
    const services = all.map(
      (service) =>
        new gcp.projects.Service(
          `${name}-${service.replace(".googleapis.com", "")}`,
          // Others may use the API too, so taking this stack down leaves it on.
          { project, service, disableOnDestroy: false },
          { parent: this },
        ),
    );
    // Only the agents that rows name: a binding on one that does not exist is refused. Those that deploy and run functions
    // come with their API ("as you enable and use" it; the role of Cloud Functions' own is granted when the API is enabled,
    // cloud.google.com/eventarc/standard/docs/functions/roles-permissions), and to ask for them would do harm: an agent
    // made on request gets none of the roles that Google grants one that it makes itself
    // (cloud.google.com/iam/docs/create-service-agents).
    const identities = [...new Set(agents)].map(
      ({ name: agent, api }) =>
        new gcp.projects.ServiceIdentity(
          `${name}-agent-${agent}`,
          { project, service: api },
          { parent: this, dependsOn: services },
        ),
    );
    return [...services, ...identities];
  }

  private createSources(name: string, place: Place): Project["sources"] {
    // Objects are named by their content and never overwritten, so versions would keep nothing. All of it can be
    // bundled again from the tree: the bucket may go with the stack.
    const { bucket, bucketName } = new Bucket(
      `${name}-sources`,
      {
        bucketName: `${place.project}-function-sources`,
        place,
        softDelete: true,
        forceDestroy: true,
      },
      { parent: this, dependsOn: [...this.ready] },
    );
    return { name: bucketName, bucket };
  }

  private createBuilder(name: string, place: Place): Project["builder"] {
    const within = { parent: this, dependsOn: [...this.ready] };
    const builder = new ServiceAccount(`${name}-builder`, { ...BUILDER, place }, within);
    const repository = new gcp.artifactregistry.Repository(
      `${name}-images`,
      {
        repositoryId: REPOSITORY,
        project: place.project,
        location: place.region,
        format: "DOCKER",
        description: "Images of the functions",
      },
      within,
    );
    const repositoryName = artifacts.repository.of(REPOSITORY, place);
    const grants = new Grants({ prefix: name, rows: projectRows(place), ...within });
    grants.declared(builder.member, builder.account);
    grants.declared(repositoryName, repository);
    grants.finish();
    return {
      account: builder.resourceName,
      repository: repositoryName,
      ready: [builder.account, repository, ...grants.of(builder.member)],
    };
  }
}

/** Who may build. Source: cloud.google.com/functions/docs/securing/build-custom-sa. */
export function projectRows(place: Place): readonly AccessRow[] {
  const builder = iam.accountMember(BUILDER.id, place);
  const project = projects.project.of(place.project);
  const row = { kind: "deploy", system: "project", principal: builder } as const;
  const source = "cloud.google.com/functions/docs/securing/build-custom-sa";
  return [
    {
      ...row,
      role: "roles/artifactregistry.writer",
      resource: artifacts.repository.of(REPOSITORY, place),
      why: "stores the images it builds in it",
      source,
    },
    {
      ...row,
      role: "roles/logging.logWriter",
      resource: project,
      why: "writes the builds' logs to it; logs have no smaller resource",
      source,
    },
    {
      // Without it a build ends with "Access to bucket gcf-v2-sources-N-R denied. You must grant Storage Object Viewer",
      // as quoted in hashicorp/terraform-provider-google issue 20571. A binding on that bucket needs the bucket.
      ...row,
      role: "roles/storage.objectViewer",
      resource: project,
      why: "reads sources in every bucket of it; Google makes theirs during the first deployment, too late for a row on it",
      source,
    },
  ];
}
