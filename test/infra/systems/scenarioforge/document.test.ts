/** Every gcloud and gsutil command of the scenarioforge document, and what it says of variables and IAM, beside what the program declares in its place. */
import { expect } from "chai";
import { importedResources, remarks } from "../../../../infra/commands/import-plan.ts";
import { Secret } from "../../../../infra/secret.ts";
import type { Recording } from "../../../../local/declared/record.ts";
import { recorded, resource } from "../../../support/recorded.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const BUCKET_MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember";
const CUSTOM_ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const QUEUE = "gcp:cloudtasks/queue:Queue";
const QUEUE_MEMBER = "gcp:cloudtasks/queueIamMember:QueueIamMember";
const SECRET_MEMBER = "gcp:secretmanager/secretIamMember:SecretIamMember";
const SERVICE_MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";

const PROJECT = {
  project: "my-project",
  projectNumber: "123456789012",
  region: "europe-west1",
  systems: ["scenarioforge"],
  workers: [],
  scenarioBucket: "my-project-runs",
};
const RUNS = "my-project-runs";
const API = "scenarioforge";
const WORKER = "scenarioforge-worker";
const account = (id: string) => `serviceAccount:${id}@my-project.iam.gserviceaccount.com`;

const MAKE_BUCKET = `gsutil mb -l europe-west1 gs://${RUNS}`;
const DEPLOY = `gcloud run deploy scenarioforge --source . --region europe-west1 --allow-unauthenticated --set-env-vars RUN_STORE=gcs,RUNS_DIR=/tmp/scenarioops/runs,RUNS_PREFIX=scenarioforge/runs,VECTOR_STORE=off --set-secrets GEMINI_API_KEY=projects/my-project/secrets/GEMINI_API_KEY:latest --set-env-vars GCS_BUCKET=${RUNS}`;

type Inputs = Readonly<Record<string, unknown>>;

interface ServiceConfig {
  readonly serviceAccountEmail: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly secretEnvironmentVariables: readonly Inputs[];
}

function members(stack: Recording, type: string): readonly Inputs[] {
  return stack.registrations.filter((each) => each.type === type).map(({ inputs }) => inputs);
}

/** `member role` of a secret. */
function readersOf(stack: Recording, secretId: string): readonly unknown[] {
  return members(stack, SECRET_MEMBER)
    .filter((inputs) => inputs.secretId === secretId)
    .map(({ member, role }) => `${String(member)} ${String(role)}`);
}

describe("the scenarioforge document's commands", () => {
  let stack: Recording;

  before(async () => {
    stack = await recorded(PROJECT);
  });

  const config = (name: string): ServiceConfig =>
    resource(stack, FUNCTION, { name }).inputs.serviceConfig as ServiceConfig;

  it(`${MAKE_BUCKET} → the same, closed and uniform, with versions for 30 days`, () => {
    const { inputs } = resource(stack, BUCKET, { name: RUNS });
    expect(inputs).to.deep.include({
      location: "europe-west1",
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      versioning: { enabled: true },
      lifecycleRules: [{ action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } }],
      softDeletePolicy: { retentionDurationSeconds: 0 },
    });
  });

  describe(DEPLOY, () => {
    it("--region, and the default service account → the same region, an account of its own", () => {
      const { inputs } = resource(stack, FUNCTION, { name: API });
      expect(inputs.location).to.equal("europe-west1");
      expect(config(API).serviceAccountEmail).to.equal(
        "scenarioforge@my-project.iam.gserviceaccount.com",
      );
    });

    it("--allow-unauthenticated → anybody may call scenarioforge, and its tasks' account alone the worker", () => {
      const invokers = members(stack, SERVICE_MEMBER)
        .filter(({ role }) => role === "roles/run.invoker")
        .map(({ name, member }) => `${String(member)} on ${String(name)}`);
      expect(invokers).to.have.members([
        `allUsers on ${API}`,
        `${account("scenarioforge-tasks")} on ${WORKER}`,
      ]);
    });

    for (const name of [API, WORKER]) {
      it(`--set-env-vars → the same, on ${name}`, () => {
        expect(config(name).environmentVariables).to.include({
          RUN_STORE: "gcs",
          RUNS_DIR: "/tmp/scenarioops/runs",
          RUNS_PREFIX: "scenarioforge/runs",
          VECTOR_STORE: "off",
          GCS_BUCKET: RUNS,
        });
      });

      it(`--set-secrets → the same, on ${name}, with the key that seals callers' own`, () => {
        const secret = (key: string, id: string) => ({
          key,
          projectId: "my-project",
          secret: id,
          version: "latest",
        });
        expect(config(name).secretEnvironmentVariables).to.deep.equal([
          secret("GEMINI_API_KEY", "GEMINI_API_KEY"),
          secret("SEAL_KEY", "scenarioforge-seal-key"),
        ]);
      });
    }
  });

  it("optional versioning: SCENARIOOPS_VERSION, SCENARIOOPS_PIPELINE_VERSION → the same, from the config, on both", async () => {
    const versioned = await recorded({
      ...PROJECT,
      scenarioVersion: "abc123",
      scenarioPipelineVersion: "v2",
    });
    for (const name of [API, WORKER]) {
      expect(config(name).environmentVariables).to.include({
        SCENARIOOPS_VERSION: "",
        SCENARIOOPS_PIPELINE_VERSION: "v1",
      });
      const { inputs } = resource(versioned, FUNCTION, { name });
      expect((inputs.serviceConfig as ServiceConfig).environmentVariables).to.include({
        SCENARIOOPS_VERSION: "abc123",
        SCENARIOOPS_PIPELINE_VERSION: "v2",
      });
    }
  });
});

describe("what the scenarioforge document says of IAM", () => {
  let stack: Recording;

  before(async () => {
    stack = await recorded(PROJECT);
  });

  it('"Storage Object Admin (or minimum: Storage Object Creator + Storage Object Viewer)" → creating, overwriting, reading and listing runs, and nothing else', () => {
    expect(resource(stack, CUSTOM_ROLE, {}).inputs.permissions).to.deep.equal([
      "storage.objects.create",
      "storage.objects.delete",
      "storage.objects.get",
      "storage.objects.list",
    ]);
    const role = "projects/my-project/roles/scenarioforgeRuns";
    const name = `projects/_/buckets/${RUNS}`;
    const granted = (id: string) => [
      {
        bucket: RUNS,
        role,
        member: account(id),
        condition: {
          title: "runs",
          expression: `resource.name.startsWith('${name}/objects/scenarioforge/runs/')`,
        },
      },
      {
        bucket: RUNS,
        role,
        member: account(id),
        condition: { title: "listing", expression: `resource.name == '${name}'` },
      },
    ];
    expect(
      members(stack, BUCKET_MEMBER).filter(({ bucket }) => bucket === RUNS),
    ).to.have.deep.members([...granted(API), ...granted(WORKER)]);
  });

  it("follows RUNS_PREFIX", async () => {
    const other = await recorded({ ...PROJECT, scenarioRunsPrefix: "elsewhere" });
    const conditions = members(other, BUCKET_MEMBER).flatMap(({ bucket, condition }) =>
      bucket === RUNS ? [(condition as { expression: string }).expression] : [],
    );
    expect(new Set(conditions)).to.have.keys(
      `resource.name.startsWith('projects/_/buckets/${RUNS}/objects/elsewhere/')`,
      `resource.name == 'projects/_/buckets/${RUNS}'`,
    );
    expect(
      (resource(other, FUNCTION, { name: API }).inputs.serviceConfig as ServiceConfig)
        .environmentVariables.RUNS_PREFIX,
    ).to.equal("elsewhere");
  });

  it('"GEMINI_API_KEY via Secret Manager" → read by the two that spend it, secret by secret', () => {
    const accessor = "roles/secretmanager.secretAccessor";
    const both = [API, WORKER].map((id) => `${account(id)} ${accessor}`);
    expect(readersOf(stack, "GEMINI_API_KEY")).to.have.members(both);
    expect(readersOf(stack, "scenarioforge-seal-key")).to.have.members(both);
    expect(readersOf(stack, "scenarioforge-api-keys")).to.deep.equal([]);
  });

  it('"Launching new runs requires a key (header or env secret)" → keys of the stack, which the run API alone reads', async () => {
    const key = { key: "a-key-of-a-tenant", tenant: "public" };
    const closed = await recorded({
      ...PROJECT,
      scenarioAuthRequired: true,
      scenarioApiKeys: new Secret(JSON.stringify([key])),
    });
    expect(readersOf(closed, "scenarioforge-api-keys")).to.deep.equal([
      `${account(API)} roles/secretmanager.secretAccessor`,
    ]);
    const { serviceConfig } = resource(closed, FUNCTION, { name: API }).inputs as {
      readonly serviceConfig: ServiceConfig;
    };
    expect(serviceConfig.environmentVariables.SCENARIOOPS_AUTH_REQUIRED).to.equal("1");
    expect(serviceConfig.secretEnvironmentVariables.map((each) => each.key)).to.deep.equal([
      "GEMINI_API_KEY",
      "SEAL_KEY",
      "SCENARIOOPS_API_KEYS",
    ]);
    expect(JSON.stringify(serviceConfig)).not.to.include(key.key);
  });

  it("who adds tasks may act as whom they carry", () => {
    const enqueuers = members(stack, QUEUE_MEMBER).filter(
      ({ role }) => role === "roles/cloudtasks.enqueuer",
    );
    expect(enqueuers.map(({ member }) => member)).to.have.members([account(API), account(WORKER)]);
    const users = members(stack, "gcp:serviceaccount/iAMMember:IAMMember").filter(
      ({ role, serviceAccountId }) =>
        role === "roles/iam.serviceAccountUser" &&
        String(serviceAccountId).includes("scenarioforge-tasks@"),
    );
    expect(users.map(({ member }) => member)).to.have.members([account(API), account(WORKER)]);
  });
});

describe("scenarioforge's resources", () => {
  it("are a queue whose tasks come again, for as long as a killed worker may need", async () => {
    const { inputs } = resource(await recorded(PROJECT), QUEUE, { name: "scenarioforge" });
    expect(inputs).to.deep.include({
      location: "europe-west1",
      retryConfig: { maxAttempts: 100, minBackoff: "1s", maxBackoff: "60s" },
    });
  });

  it("take over the bucket that the config names, and say what becomes of the old service", async () => {
    const { config } = await recorded(PROJECT);
    const ids = importedResources(config).flatMap(({ id }) => id ?? []);
    expect(ids).to.include(`my-project/${RUNS}`);
    expect(remarks(config)).to.include(
      "gcloud run services delete scenarioforge --region=europe-west1 --project=my-project",
    );
    expect(remarks(config)).to.include("gcloud secrets delete GEMINI_API_KEY --project=my-project");
    const unnamed = await recorded({ ...PROJECT, scenarioBucket: "" });
    expect(remarks(unnamed.config)).to.include(
      "A bucket of runs that exists is taken over where scenarioBucket names it.",
    );
  });
});
