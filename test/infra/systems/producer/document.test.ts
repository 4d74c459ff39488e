/** Every gcloud command of the producer document, and what it says of IAM, beside what the program declares in its place. */
import { expect } from "chai";
import { importedResources, remarks } from "../../../../infra/commands/import-plan.ts";
import type { Recording } from "../../../../local/declared/record.ts";
import { recorded, resource } from "../../../support/recorded.ts";

const BUCKET = "gcp:storage/bucket:Bucket";
const BUCKET_MEMBER = "gcp:storage/bucketIAMMember:BucketIAMMember";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const QUEUE_MEMBER = "gcp:cloudtasks/queueIamMember:QueueIamMember";
const RUN_SERVICE = "gcp:cloudrunv2/service:Service";
const SERVICE_MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";

const PROJECT = {
  project: "my-project",
  projectNumber: "123456789012",
  region: "europe-west1",
  systems: ["producer"],
  workers: [],
  producerWorkflowsUrl: "https://workflows.example.com/jobs",
  producerWorkflowsAudience: "https://workflows.example.com",
  producerCallers: ["serviceAccount:backend@my-project.iam.gserviceaccount.com"],
  producerTenants: [],
};
const account = (id: string) => `serviceAccount:${id}@my-project.iam.gserviceaccount.com`;
const WORK = "my-project-producer-work";

const DEPLOY =
  'gcloud run deploy producer --region europe-west1 --no-allow-unauthenticated --timeout 3600 --concurrency 1 --service-account producer@my-project.iam.gserviceaccount.com --set-env-vars WORK_ROOT=/mnt/work,WORK_PREFIX_TEMPLATE="{projectId}/{workspaceId}",WORKFLOWS_BASE_URL=https://workflows.example.com/jobs,WORKFLOWS_AUDIENCE=https://workflows.example.com,CONSUMER_BASE_URL=https://consumer-123456789012.europe-west1.run.app';
const MOUNT = `gcloud run services update producer --region europe-west1 --add-volume name=work,type=cloud-storage,bucket=${WORK} --add-volume-mount volume=work,mount-path=/mnt/work`;

type Inputs = Readonly<Record<string, unknown>>;

function members(stack: Recording, type: string): readonly Inputs[] {
  return stack.registrations.filter((each) => each.type === type).map(({ inputs }) => inputs);
}

describe("the producer document's commands", () => {
  let stack: Recording;
  let mounted: Recording;

  before(async () => {
    stack = await recorded(PROJECT);
    mounted = await recorded({ ...PROJECT, producerMount: true });
  });

  const config = (name: string) =>
    resource(stack, FUNCTION, { name }).inputs.serviceConfig as Inputs & {
      readonly environmentVariables: Readonly<Record<string, string>>;
    };

  describe(DEPLOY, () => {
    it("--region, --timeout, --concurrency, --service-account → the same, on a function", () => {
      const { inputs } = resource(stack, FUNCTION, { name: "producer" });
      expect(inputs.location).to.equal("europe-west1");
      expect(config("producer")).to.deep.include({
        timeoutSeconds: 3600,
        maxInstanceRequestConcurrency: 1,
        serviceAccountEmail: "producer@my-project.iam.gserviceaccount.com",
      });
    });

    it("--no-allow-unauthenticated → nobody but the queue's account is an invoker", () => {
      const invokers = members(stack, SERVICE_MEMBER).filter(
        ({ name, role }) => name === "producer" && role === "roles/run.invoker",
      );
      expect(invokers.map(({ member }) => member)).to.deep.equal([account("producer-tasks")]);
    });

    it("--set-env-vars → the same; the consumer's URL is computed, and without a mount WORK_ROOT is the instance's own", () => {
      expect(config("producer").environmentVariables).to.include({
        WORKFLOWS_BASE_URL: "https://workflows.example.com/jobs",
        WORKFLOWS_AUDIENCE: "https://workflows.example.com",
        CONSUMER_BASE_URL: "https://consumer-123456789012.europe-west1.run.app",
        WORK_ROOT: "/tmp/work",
      });
      // Its default says the same.
      expect(config("producer").environmentVariables).not.to.have.property("WORK_PREFIX_TEMPLATE");
    });
  });

  it(`${MOUNT} → the same with producerMount, which makes services of producer and consumer: a function mounts nothing`, () => {
    for (const name of ["producer", "consumer"]) {
      const { template } = resource(mounted, RUN_SERVICE, { name }).inputs as {
        readonly template: {
          readonly volumes: unknown;
          readonly containers: readonly { readonly volumeMounts: unknown }[];
        };
      };
      expect(template.volumes).to.deep.equal([
        { name: "bucket-1", gcs: { bucket: WORK, readOnly: false, mountOptions: [] } },
      ]);
      expect(template.containers[0]?.volumeMounts).to.deep.equal([
        { name: "bucket-1", mountPath: "/mnt/work" },
      ]);
    }
    const functions = members(mounted, FUNCTION).map(({ name }) => name);
    expect(functions).to.deep.equal(["producer-control"]);
  });
});

describe("what the producer document says of debugging", () => {
  it('"set GCS_DEBUG=1 … from the consumer and … from the producer" → both, with producerStorageDebug', async () => {
    const debugOf = (stack: Recording) =>
      ["producer", "consumer"].map((name) => {
        const { inputs } = resource(stack, FUNCTION, { name });
        const { environmentVariables } = inputs.serviceConfig as {
          readonly environmentVariables: Readonly<Record<string, string>>;
        };
        return environmentVariables.GCS_DEBUG;
      });
    expect(debugOf(await recorded(PROJECT))).to.deep.equal(["0", "0"]);
    const debugged = await recorded({ ...PROJECT, producerStorageDebug: true });
    expect(debugOf(debugged)).to.deep.equal(["1", "1"]);
  });
});

describe("the producer's secret", () => {
  it("is waited for by the two who share it, and by nobody else", async () => {
    const stack = await recorded(PROJECT);
    const version = resource(stack, "gcp:secretmanager/secretVersion:SecretVersion", {});
    const waiting = stack.registrations.filter(
      ({ type, dependencies }) => type === FUNCTION && dependencies.includes(version.urn),
    );
    expect(waiting.map(({ inputs }) => inputs.name)).to.have.members(["producer", "consumer"]);
  });
});

describe("what the producer document says of IAM", () => {
  let stack: Recording;

  before(async () => {
    stack = await recorded(PROJECT);
  });

  const onWork = (recording: Recording) =>
    members(recording, BUCKET_MEMBER).filter(({ bucket }) => bucket === WORK);

  it('"only trusted backends should call it" → producerCallers on producer-control; the bridge has its queue', () => {
    const invokers = members(stack, SERVICE_MEMBER)
      .filter(({ role }) => role === "roles/run.invoker")
      .map(({ name, member }) => `${String(member)} on ${String(name)}`);
    expect(invokers).to.have.members([
      `${account("producer-tasks")} on producer`,
      `${account("producer")} on consumer`,
      `${account("backend")} on producer-control`,
    ]);
  });

  it('"grant storage.objectAdmin to the runtime service account on the bucket" → objectUser, to the producer alone', () => {
    expect(onWork(stack)).to.deep.equal([
      { bucket: WORK, role: "roles/storage.objectUser", member: account("producer") },
    ]);
  });

  it('"at minimum roles/storage.objectViewer when minting a read-only downscoped token" → with producerUpload off', async () => {
    expect(onWork(await recorded({ ...PROJECT, producerUpload: false }))).to.deep.equal([
      { bucket: WORK, role: "roles/storage.objectViewer", member: account("producer") },
    ]);
  });

  it('"optionally restrict to per-project prefixes using IAM Conditions" → producerTenants, and the list apart from the objects', async () => {
    const tenants = await recorded({ ...PROJECT, producerTenants: ["u1/p1/", "u2/"] });
    expect(onWork(tenants)).to.have.deep.members([
      {
        bucket: WORK,
        role: "roles/storage.objectUser",
        member: account("producer"),
        condition: {
          title: "tenants",
          expression: `resource.name.startsWith('projects/_/buckets/${WORK}/objects/u1/p1/') || resource.name.startsWith('projects/_/buckets/${WORK}/objects/u2/')`,
        },
      },
      {
        bucket: WORK,
        role: "roles/storage.objectViewer",
        member: account("producer"),
        condition: {
          title: "listing",
          expression: `resource.name == 'projects/_/buckets/${WORK}'`,
        },
      },
    ]);
  });

  it('"ensure the service account has storage.objectAdmin on the bucket and that the volume is mounted" → both services have objectUser', async () => {
    const mounted = await recorded({ ...PROJECT, producerMount: true, producerUpload: false });
    expect(
      onWork(mounted).map(({ member, role }) => `${String(member)} ${String(role)}`),
    ).to.have.members([
      `${account("producer")} roles/storage.objectViewer`,
      `${account("producer")} roles/storage.objectUser`,
      `${account("consumer")} roles/storage.objectUser`,
    ]);
  });

  it("who enqueues may act as whom the tasks carry, and the secret is read by the two who share it", () => {
    const enqueuers = members(stack, QUEUE_MEMBER).filter(
      ({ role }) => role === "roles/cloudtasks.enqueuer",
    );
    expect(enqueuers.map(({ member }) => member)).to.have.members([
      account("producer"),
      account("producer-control"),
    ]);
    const readers = members(stack, "gcp:secretmanager/secretIamMember:SecretIamMember");
    expect(readers.map(({ member }) => member)).to.have.members([
      account("producer"),
      account("consumer"),
    ]);
  });
});

describe("the producer's resources", () => {
  it("keep the work bucket closed, uniform and bounded in time", async () => {
    const { inputs } = resource(await recorded(PROJECT), BUCKET, { name: WORK });
    expect(inputs).to.deep.include({
      uniformBucketLevelAccess: true,
      publicAccessPrevention: "enforced",
      lifecycleRules: [{ action: { type: "Delete" }, condition: { age: 365 } }],
    });
  });

  it("are no consumer of the stack's own where the config names another", async () => {
    const stack = await recorded({
      ...PROJECT,
      producerConsumerUrl: "https://consumer.example.com",
    });
    const names = members(stack, FUNCTION).map(({ name }) => name);
    expect(names).to.have.members(["producer", "producer-control"]);
    expect(stack.platform.rows.some(({ principal }) => principal === account("consumer"))).to.equal(
      false,
    );
  });

  it("take over the bucket and, with a mount, the service that are there", async () => {
    const { config } = await recorded({
      ...PROJECT,
      producerMount: true,
      producerWorkBucket: "old-work",
    });
    const ids = importedResources(config).flatMap(({ id }) => id ?? []);
    expect(ids).to.deep.equal([
      "my-project/old-work",
      "projects/my-project/locations/europe-west1/services/producer",
    ]);
    const { config: plain } = await recorded(PROJECT);
    expect(remarks(plain)).to.include("gcloud run services delete producer");
  });
});
