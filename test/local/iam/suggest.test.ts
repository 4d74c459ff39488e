import { expect } from "chai";
import { suggest } from "../../../local/iam/suggest.ts";
import type { Principal } from "../../../local/iam/types.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const AGENT = "serviceAccount:service-1@gcp-sa-cloudtasks.iam.gserviceaccount.com";
const OTHER_AGENT = "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com";
const USER = "user:developer@example.com";
const LOCATION = "projects/p/locations/us-central1";
const QUEUE = `${LOCATION}/queues/queue-brain`;
const TOPIC = "projects/p/topics/plan";
const SUBSCRIPTION = "projects/p/subscriptions/plan-runner";
const ACCOUNT = "projects/p/serviceAccounts/tasks-dispatcher@p.iam.gserviceaccount.com";
const BUCKET = "projects/_/buckets/b";
const OBJECT = `${BUCKET}/objects/a/queues/b`;

describe("suggest", () => {
  const cases: [
    principal: Principal,
    permission: string,
    resource: string,
    role: string,
    on: string,
    kind: "role" | "google",
  ][] = [
    [USER, "cloudtasks.tasks.create", QUEUE, "cloudtasks.enqueuer", QUEUE, "role"],
    [USER, "cloudtasks.tasks.get", `${QUEUE}/tasks/t`, "cloudtasks.viewer", QUEUE, "role"],
    [USER, "cloudtasks.tasks.run", `${QUEUE}/tasks/t`, "cloudtasks.taskRunner", QUEUE, "role"],
    [USER, "cloudtasks.queues.list", LOCATION, "cloudtasks.viewer", "projects/p", "role"],
    [USER, "cloudtasks.queues.create", LOCATION, "cloudtasks.queueAdmin", "projects/p", "role"],
    [USER, "run.services.list", `${LOCATION}/services`, "run.viewer", "projects/p", "role"],
    [
      USER,
      "secretmanager.versions.access",
      "projects/p/secrets/s/versions/latest",
      "secretmanager.secretAccessor",
      "projects/p/secrets/s",
      "role",
    ],
    [USER, "iam.serviceAccounts.actAs", ACCOUNT, "iam.serviceAccountUser", ACCOUNT, "role"],
    [USER, "pubsub.topics.publish", TOPIC, "pubsub.publisher", TOPIC, "role"],
    [USER, "pubsub.topics.get", TOPIC, "pubsub.viewer", TOPIC, "role"],
    [USER, "pubsub.subscriptions.consume", SUBSCRIPTION, "pubsub.subscriber", SUBSCRIPTION, "role"],
    [USER, "pubsub.subscriptions.get", SUBSCRIPTION, "pubsub.viewer", SUBSCRIPTION, "role"],
    [USER, "storage.objects.get", OBJECT, "storage.objectViewer", BUCKET, "role"],
    [USER, "storage.objects.delete", OBJECT, "storage.objectUser", BUCKET, "role"],
    [USER, "storage.buckets.create", "projects/p", "storage.admin", "projects/p", "role"],
    [
      USER,
      "iam.serviceAccounts.getOpenIdToken",
      ACCOUNT,
      "iam.serviceAccountTokenCreator",
      ACCOUNT,
      "role",
    ],
    [
      OTHER_AGENT,
      "iam.serviceAccounts.getOpenIdToken",
      ACCOUNT,
      "iam.serviceAccountTokenCreator",
      ACCOUNT,
      "role",
    ],
    [
      AGENT,
      "iam.serviceAccounts.getOpenIdToken",
      ACCOUNT,
      "cloudtasks.serviceAgent",
      "projects/p",
      "google",
    ],
  ];
  for (const [principal, permission, resource, role, on, kind] of cases) {
    it(`proposes ${role} on ${on} for ${permission} to ${principal}`, () => {
      expect(suggest({ principal, permission, resource }, GRANTABLE)).to.deep.equal({
        member: principal,
        role: `roles/${role}`,
        resource: on,
        kind,
      });
    });
  }

  it("proposes nothing to the anonymous, nor for a permission that no role holds", () => {
    const request = { permission: "run.routes.invoke", resource: QUEUE };
    expect(suggest({ ...request, principal: "anonymous" }, GRANTABLE)).to.equal(undefined);
    expect(suggest({ principal: USER, permission: "a.b.c", resource: QUEUE }, GRANTABLE)).to.equal(
      undefined,
    );
  });
});
