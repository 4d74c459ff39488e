import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { Workplace } from "../support/local-command.ts";

const HAS_GCLOUD = spawnSync("gcloud", ["--version"], { stdio: "ignore" }).status === 0;

const P = "switchyard-dev";
const ACCOUNT = `tasks-dispatcher@${P}.iam.gserviceaccount.com`;
const REGION = ["--location", "us-central1"];

/** Reads a policy with each of Google's clients, over gRPC but for Storage's. */
const CLIENTS = `
  const { CloudTasksClient } = await import("@google-cloud/tasks");
  const { PubSub } = await import("@google-cloud/pubsub");
  const { SecretManagerServiceClient } = await import("@google-cloud/secret-manager");
  const { Storage } = await import("@google-cloud/storage");
  const roles = ({ bindings }) => bindings.map(({ role }) => role);
  const queue = "projects/${P}/locations/us-central1/queues/queue-brain";
  const [ofQueue] = await new CloudTasksClient().getIamPolicy({ resource: queue });
  const topic = new PubSub().topic("plan");
  const [ofTopic] = await topic.iam.getPolicy();
  const held = await topic.iam.testPermissions(["pubsub.topics.publish"]);
  const secret = "projects/${P}/secrets/plan-app-key";
  const [ofSecret] = await new SecretManagerServiceClient().getIamPolicy({ resource: secret });
  const bucket = new Storage().bucket("${P}-worker-deliveries");
  const [ofBucket] = await bucket.iam.getPolicy({ requestedPolicyVersion: 3 });
  console.log(JSON.stringify({
    queue: roles(ofQueue), topic: roles(ofTopic), held: held[0], secret: roles(ofSecret), bucket: roles(ofBucket),
  }));
  process.exit(0);`;

/** gcloud's words for each kind, and the roles that its policy grants. */
const COMMANDS: readonly [what: readonly string[], roles: string][] = [
  [
    ["tasks", "queues", "get-iam-policy", "queue-brain", ...REGION],
    "roles/cloudtasks.enqueuer;roles/cloudtasks.viewer",
  ],
  [["pubsub", "topics", "get-iam-policy", "plan"], "roles/pubsub.publisher;roles/pubsub.viewer"],
  [
    ["pubsub", "subscriptions", "get-iam-policy", "plan-runner"],
    "roles/pubsub.subscriber;roles/pubsub.viewer",
  ],
  [["secrets", "get-iam-policy", "plan-app-key"], "roles/secretmanager.secretAccessor"],
  [
    ["run", "services", "get-iam-policy", "brain", "--region", "us-central1"],
    "roles/run.invoker;roles/run.viewer",
  ],
  [["iam", "service-accounts", "get-iam-policy", ACCOUNT], "roles/iam.serviceAccountUser"],
  [["projects", "get-iam-policy", P], "roles/cloudtasks.serviceAgent;roles/pubsub.serviceAgent"],
  [
    ["storage", "buckets", "get-iam-policy", `gs://${P}-worker-deliveries`],
    "roles/storage.objectUser",
  ],
];

describe("policies as programs read them", () => {
  const place = new Workplace();

  before(() => place.local("--json", "--port", "0", "--no-watch", "--iam", "report").ready());
  after(() => place.clear());

  async function run(args: readonly string[]): Promise<{ output: string; errors: string }> {
    const command = place.run("local/command/within.ts", ["--", ...args]);
    await command.ended;
    return { output: command.output, errors: command.errors.join("\n") };
  }

  it("is read by Google's clients", async () => {
    const { output, errors } = await run([process.execPath, "--input-type=module", "-e", CLIENTS]);
    expect({ errors, told: JSON.parse(output) as unknown }).to.deep.equal({
      errors: "",
      told: {
        queue: ["roles/cloudtasks.enqueuer", "roles/cloudtasks.viewer"],
        topic: ["roles/pubsub.publisher", "roles/pubsub.viewer"],
        held: { "pubsub.topics.publish": false },
        secret: ["roles/secretmanager.secretAccessor"],
        bucket: ["roles/storage.objectUser"],
      },
    });
  });

  describe("by gcloud", () => {
    before(function () {
      if (HAS_GCLOUD) return;
      console.log("    skipped: needs gcloud (https://cloud.google.com/sdk/docs/install)");
      this.skip();
    });

    for (const [command, roles] of COMMANDS) {
      it(`is shown by ${command.slice(0, 3).join(" ")}`, async () => {
        const shown = await run(["gcloud", ...command, "--format=value(bindings.role)"]);
        expect(shown).to.deep.equal({ output: roles, errors: "" });
      });
    }
  });
});
