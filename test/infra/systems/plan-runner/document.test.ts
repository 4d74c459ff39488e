/** Every gcloud command of the plan-runner document, and what it says of IAM, beside what the program declares in its place. */
import { expect } from "chai";
import { importedResources, remarks } from "../../../../infra/commands/import-plan.ts";
import type { Recording } from "../../../../local/declared/record.ts";
import { recorded, resource } from "../../../support/recorded.ts";

const ACCOUNT = "gcp:serviceaccount/account:Account";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const REPOSITORY_MEMBER = "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember";
const SERVICE_MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const SUBSCRIPTION = "gcp:pubsub/subscription:Subscription";
const SUBSCRIPTION_MEMBER = "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember";
const TOPIC = "gcp:pubsub/topic:Topic";
const TOPIC_MEMBER = "gcp:pubsub/topicIAMMember:TopicIAMMember";

/** The document's project and region; its number is not said. */
const PROJECT = {
  project: "devstage-419614",
  projectNumber: "223080314602",
  region: "us-east4",
  systems: ["plan-runner"],
  workers: [],
};
const DOMAIN = `${PROJECT.project}.iam.gserviceaccount.com`;
const PUSH_SA = `pubsub-push-sa@${DOMAIN}`;
/** `gcloud run services describe` would print this URL or one with a hash; Cloud Run answers at both. */
const RUNNER_URL = `https://plan-runner-${PROJECT.projectNumber}.${PROJECT.region}.run.app`;

/** The commands, with their shell variables filled in. */
const DESCRIBE = `gcloud run services describe runner --project=${PROJECT.project} --region=${PROJECT.region} --format=value(status.url)`;
const CREATE_ACCOUNT = `gcloud iam service-accounts create pubsub-push-sa --project ${PROJECT.project} --display-name "Pub/Sub Push to Runner"`;
const BIND = `gcloud run services add-iam-policy-binding runner --project ${PROJECT.project} --region ${PROJECT.region} --member serviceAccount:${PUSH_SA} --role roles/run.invoker`;
const CREATE_SUBSCRIPTION = [
  `gcloud pubsub subscriptions create plan-runner --project ${PROJECT.project} --topic plan`,
  `--push-endpoint=${RUNNER_URL}/pubsub/push --push-auth-service-account=${PUSH_SA}`,
  `--push-auth-token-audience=${RUNNER_URL}/pubsub/push`,
].join(" ");

/** The value of a command's flag. */
function flag(command: string, name: string): string {
  const value = new RegExp(` --${name}[= ](\\S+)`).exec(command)?.[1];
  if (value === undefined) throw new Error(`${command} has no --${name}`);
  return value;
}

describe("the plan-runner document's commands", () => {
  let stack: Recording;

  before(async () => {
    stack = await recorded(PROJECT);
  });

  const bindingsOf = (member: string, type: string) =>
    stack.registrations
      .filter(({ inputs, type: each }) => each === type && inputs.member === member)
      .map(({ inputs }) => inputs);

  it(`${DESCRIBE} → the URL is computed and known beforehand; the operators may run the command, on plan-runner`, () => {
    const inputs = resource(stack, SERVICE_MEMBER, {
      name: "plan-runner",
      role: "roles/run.viewer",
      member: "user:developer@example.com",
    }).inputs;
    expect(inputs.location).to.equal(flag(DESCRIBE, "region"));
    const { serviceConfig } = resource(stack, FUNCTION, { name: "plan-runner" }).inputs;
    expect(serviceConfig).to.have.nested.property("environmentVariables.AUDIENCE", RUNNER_URL);
  });

  it(`${CREATE_ACCOUNT} → the same account; the display name is its id, as of every account here`, () => {
    expect(resource(stack, ACCOUNT, { accountId: "pubsub-push-sa" }).inputs).to.deep.equal({
      accountId: CREATE_ACCOUNT.split(" ")[4],
      project: flag(CREATE_ACCOUNT, "project"),
      displayName: "pubsub-push-sa",
      description: "Whom Pub/Sub's deliveries carry: calls what they go to",
    });
  });

  it(`${BIND} → the same on plan-runner, whose account deliveries carry too on plan-deadletter`, () => {
    const common = {
      project: flag(BIND, "project"),
      location: flag(BIND, "region"),
      member: flag(BIND, "member"),
      role: flag(BIND, "role"),
    };
    expect(bindingsOf(flag(BIND, "member"), SERVICE_MEMBER)).to.have.deep.members([
      { ...common, name: "plan-runner" },
      { ...common, name: "plan-deadletter" },
    ]);
  });

  describe(CREATE_SUBSCRIPTION, () => {
    const inputs = () => resource(stack, SUBSCRIPTION, { name: "plan-runner" }).inputs;
    const push = () =>
      inputs().pushConfig as {
        readonly pushEndpoint: string;
        readonly oidcToken: { readonly serviceAccountEmail: string; readonly audience: string };
      };

    it("--project, --topic, --push-endpoint, --push-auth-service-account → the same", () => {
      expect({
        project: inputs().project,
        topic: inputs().topic,
        endpoint: push().pushEndpoint,
        account: push().oidcToken.serviceAccountEmail,
      }).to.deep.equal({
        project: flag(CREATE_SUBSCRIPTION, "project"),
        topic: `projects/${PROJECT.project}/topics/${flag(CREATE_SUBSCRIPTION, "topic")}`,
        endpoint: flag(CREATE_SUBSCRIPTION, "push-endpoint"),
        account: flag(CREATE_SUBSCRIPTION, "push-auth-service-account"),
      });
      expect(resource(stack, TOPIC, { name: "plan" }).inputs).to.deep.equal({
        name: flag(CREATE_SUBSCRIPTION, "topic"),
        project: PROJECT.project,
      });
    });

    it("--push-auth-token-audience → the endpoint's origin instead of all of it: what Cloud Run accepts, and what the runner checks", () => {
      const documented = flag(CREATE_SUBSCRIPTION, "push-auth-token-audience");
      expect(push().oidcToken.audience).to.equal(new URL(documented).origin);
      const { serviceConfig } = resource(stack, FUNCTION, { name: "plan-runner" }).inputs;
      expect(serviceConfig).to.have.nested.property(
        "environmentVariables.AUDIENCE",
        push().oidcToken.audience,
      );
    });

    it("no --ack-deadline, --min-retry-delay, --dead-letter-topic, --expiration-period → said here: the defaults would end a plan after 10 s, and the subscription after 31 days without pull requests", () => {
      expect(inputs()).to.deep.include({
        ackDeadlineSeconds: 600,
        retryPolicy: { minimumBackoff: "10s", maximumBackoff: "600s" },
        deadLetterPolicy: {
          deadLetterTopic: `projects/${PROJECT.project}/topics/plan-dead-letter`,
          maxDeliveryAttempts: 50,
        },
        messageRetentionDuration: "604800s",
        expirationPolicy: { ttl: "" },
      });
    });
  });

  it("runner/deploy.sh → a function that Google builds from source, reached by nobody but those who are listed", () => {
    const invokers = stack.registrations
      .filter(
        ({ type, inputs }) =>
          type === SERVICE_MEMBER &&
          inputs.name === "plan-runner" &&
          inputs.role === "roles/run.invoker",
      )
      .map(({ inputs }) => inputs.member);
    expect(invokers).to.have.members([
      `serviceAccount:${PUSH_SA}`,
      `serviceAccount:plan-deadletter@${DOMAIN}`,
    ]);
    expect(remarks(stack.config)).to.include(
      `gcloud run services delete runner --region=${PROJECT.region} --project=${PROJECT.project}`,
    );
  });

  it("what the commands made is taken over: the account, the topic and the subscription", () => {
    expect(importedResources(stack.config).flatMap(({ id }) => id ?? [])).to.deep.equal([
      `projects/${PROJECT.project}/serviceAccounts/${PUSH_SA}`,
      `projects/${PROJECT.project}/topics/plan`,
      `projects/${PROJECT.project}/subscriptions/plan-runner`,
    ]);
  });

  describe("IAM", () => {
    it("App service account: roles/pubsub.publisher on topic plan → the same", () => {
      const member = `serviceAccount:plan-app@${DOMAIN}`;
      expect(bindingsOf(member, TOPIC_MEMBER)).to.deep.equal([
        { project: PROJECT.project, topic: "plan", member, role: "roles/pubsub.publisher" },
      ]);
    });

    it("Runner service account: no Pub/Sub role → the same", () => {
      const member = `serviceAccount:plan-runner@${DOMAIN}`;
      const found = [TOPIC_MEMBER, SUBSCRIPTION_MEMBER].flatMap((type) => bindingsOf(member, type));
      expect(found).to.deep.equal([]);
    });

    it("Runner service account: Artifact Registry pull → none: Google's own agent fetches the image of a function", () => {
      const member = `serviceAccount:plan-runner@${DOMAIN}`;
      expect(bindingsOf(member, REPOSITORY_MEMBER)).to.deep.equal([]);
    });

    it("Pub/Sub push service account: roles/run.invoker on runner → the same, on plan-runner", () => {
      const bindings = bindingsOf(`serviceAccount:${PUSH_SA}`, SERVICE_MEMBER);
      expect(bindings.map(({ name, role }) => `${String(role)} ${String(name)}`)).to.include(
        "roles/run.invoker plan-runner",
      );
    });
  });
});
