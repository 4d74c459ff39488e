import { expect } from "chai";
import { callMethod, refusalOf } from "../../../support/fake-cloud.ts";
import * as plan from "./plan-topic.ts";
import { DEAD, PROJECT, PUSHED, PUSHER, RUNNER, TOPIC, planTopic } from "./plan-topic.ts";

const OWN = `${PROJECT}/subscriptions/own`;
const ENDPOINT = { pushConfig: { pushEndpoint: plan.ENDPOINT } };

describe("Pub/Sub topics and subscriptions", () => {
  it("shows a declared subscription whole", async () => {
    const { call } = planTopic({
      ...PUSHED,
      ackDeadlineSeconds: 600,
      expirationPolicy: {},
      retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
      deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: 50 },
    });
    expect(await call("GetSubscription", { subscription: RUNNER })).to.deep.equal({
      name: RUNNER,
      topic: TOPIC,
      pushConfig: {
        pushEndpoint: plan.ENDPOINT,
        attributes: { "x-goog-version": "v1" },
        oidcToken: { serviceAccountEmail: PUSHER, audience: new URL(plan.ENDPOINT).origin },
      },
      ackDeadlineSeconds: 600,
      messageRetentionDuration: { seconds: 604_800, nanos: 0 },
      labels: {},
      enableMessageOrdering: false,
      expirationPolicy: {},
      filter: "",
      deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: 50 },
      retryPolicy: {
        minimumBackoff: { seconds: 10, nanos: 0 },
        maximumBackoff: { seconds: 600, nanos: 0 },
      },
      state: "ACTIVE",
    });
  });

  it("changes a declared subscription in place, and makes it anew for another filter", async () => {
    const { simulator, publish, pull } = planTopic({});
    await publish(["x"]);
    simulator.declareSubscription({ name: RUNNER, topic: TOPIC, ackDeadlineSeconds: 20 });
    const [kept] = await pull();
    expect(kept?.message).to.deep.include({ messageId: "1" });
    simulator.declareSubscription({ name: RUNNER, topic: TOPIC, filter: "attributes:a" });
    await publish(["y"]);
    expect(await pull()).to.deep.equal([]);
  });

  it("removes what a plan no longer has, and leaves what is not there alone", async () => {
    const { simulator, call } = planTopic({});
    simulator.removeTopic(TOPIC);
    simulator.removeTopic(TOPIC);
    const shown = await call("GetSubscription", { subscription: RUNNER });
    expect(shown).to.deep.include({ topic: "_deleted-topic_" });
    simulator.removeSubscription(RUNNER);
    simulator.removeSubscription(RUNNER);
    const gone = await refusalOf(call("GetSubscription", { subscription: RUNNER }));
    expect(gone.code).to.equal("NOT_FOUND");
    expect(() => simulator.declareSubscription({ name: RUNNER, topic: TOPIC })).to.throw(
      "Resource not found (resource=plan).",
    );
  });

  it("asks who creates a subscription for the topic and for the push account", async () => {
    const { cloud, simulator, call } = planTopic();
    cloud.accounts.add(PUSHER);
    await call("CreateSubscription", { name: OWN, topic: TOPIC, ...PUSHED });
    const principal = "user:developer@example.com";
    expect(cloud.questions).to.deep.equal([
      { principal, permission: "pubsub.subscriptions.create", resource: PROJECT },
      { principal, permission: "pubsub.topics.attachSubscription", resource: TOPIC },
      {
        principal,
        permission: "iam.serviceAccounts.actAs",
        resource: `${PROJECT}/serviceAccounts/${PUSHER}`,
      },
    ]);
    expect(simulator.state.subscriptions.has(OWN)).to.equal(true);
  });

  for (const permission of ["pubsub.topics.attachSubscription", "iam.serviceAccounts.actAs"]) {
    it(`makes no subscription for who lacks ${permission}`, async () => {
      const { cloud, simulator, call } = planTopic();
      cloud.accounts.add(PUSHER);
      cloud.refused.add(permission);
      const refusal = await refusalOf(
        call("CreateSubscription", { name: OWN, topic: TOPIC, ...PUSHED }),
      );
      expect(refusal.code).to.equal("PERMISSION_DENIED");
      expect(simulator.state.subscriptions.has(OWN)).to.equal(false);
    });
  }

  it("asks for the push account whenever it may have changed, and only then", async () => {
    const { cloud, call } = planTopic(ENDPOINT);
    cloud.accounts.add(PUSHER);
    cloud.refused.add("iam.serviceAccounts.actAs");
    const update = (paths: string[]) =>
      call("UpdateSubscription", {
        subscription: { name: RUNNER, ...PUSHED, ackDeadlineSeconds: 20 },
        updateMask: { paths },
      });
    await update(["ack_deadline_seconds"]);
    for (const changing of [
      () => update(["push_config"]),
      () => update(["push_config.oidc_token"]),
      () => call("ModifyPushConfig", { subscription: RUNNER, ...PUSHED }),
    ]) {
      expect((await refusalOf(changing())).code).to.equal("PERMISSION_DENIED");
    }
  });

  it("refuses a push account that does not exist", async () => {
    const { call } = planTopic();
    const refusal = await refusalOf(
      call("CreateSubscription", { name: OWN, topic: TOPIC, ...PUSHED }),
    );
    expect(refusal).to.deep.include({
      code: "NOT_FOUND",
      message: `Service account ${PUSHER} does not exist.`,
    });
  });

  for (const pushEndpoint of ["http://example.com/push", "ftp://127.0.0.1/push", "push", "//x"]) {
    it(`refuses to push to ${pushEndpoint}`, async () => {
      const { call } = planTopic({});
      const request = { subscription: RUNNER, pushConfig: { pushEndpoint } };
      expect((await refusalOf(call("ModifyPushConfig", request))).code).to.equal(
        "INVALID_ARGUMENT",
      );
    });
  }

  const unsupported: readonly [field: string, settings: object][] = [
    ["Subscription.enableExactlyOnceDelivery", { enableExactlyOnceDelivery: true }],
    ["Subscription.retainAckedMessages", { retainAckedMessages: true }],
    ["Subscription.bigqueryConfig", { bigqueryConfig: {} }],
    ["Subscription.cloudStorageConfig", { cloudStorageConfig: { bucket: "b" } }],
    ["Subscription.messageTransforms", { messageTransforms: [{ disabled: true }] }],
    ["Subscription.detached", { detached: true }],
    ["PushConfig.noWrapper", { pushConfig: { pushEndpoint: plan.ENDPOINT, noWrapper: {} } }],
  ];
  for (const [field, settings] of unsupported) {
    it(`refuses ${field}, which it would otherwise ignore`, async () => {
      const { call } = planTopic();
      const refusal = await refusalOf(
        call("CreateSubscription", { name: OWN, topic: TOPIC, ...settings }),
      );
      expect(refusal).to.deep.include({
        code: "UNIMPLEMENTED",
        message: `${field} is not supported by the local Pub/Sub; remove the field.`,
      });
    });
  }

  it("refuses fields of a topic that it would otherwise ignore", async () => {
    const { call } = planTopic();
    for (const settings of [
      { kmsKeyName: "k" },
      { schemaSettings: { schema: "s" } },
      { ingestionDataSourceSettings: {} },
      { messageStoragePolicy: { allowedPersistenceRegions: ["r"], enforceInTransit: true } },
    ]) {
      const refusal = await refusalOf(call("CreateTopic", { name: `${TOPIC}-2`, ...settings }));
      expect(refusal.code).to.equal("UNIMPLEMENTED");
    }
  });

  it("changes what a topic's mask names", async () => {
    const { call } = planTopic({});
    const update = {
      topic: {
        name: TOPIC,
        labels: { a: "b" },
        messageRetentionDuration: { seconds: 3600 },
      },
      updateMask: { paths: ["labels", "message_retention_duration"] },
    };
    expect(await call("UpdateTopic", update)).to.deep.equal({
      name: TOPIC,
      labels: { a: "b" },
      messageRetentionDuration: { seconds: 3600, nanos: 0 },
      state: "ACTIVE",
    });
    expect(await call("GetSubscription", { subscription: RUNNER })).to.deep.include({
      topicMessageRetentionDuration: { seconds: 3600 },
    });
  });

  it("names a subscription that comes without a name", async () => {
    const { call } = planTopic();
    const created = await call<{ name: string }>("CreateSubscription", { topic: TOPIC });
    expect(created.name).to.match(/^projects\/switchyard-dev\/subscriptions\/auto-[\w-]+$/);
  });

  it("judges each method by the permission and the resource that Google's page names", async () => {
    const { simulator, cloud } = planTopic(PUSHED);
    const asked: Record<string, string> = {};
    const project = { project: PROJECT };
    const topic = { topic: TOPIC };
    const subscription = { subscription: RUNNER };
    const requests: Readonly<Record<string, object>> = {
      CreateTopic: { name: TOPIC },
      GetTopic: topic,
      ListTopics: project,
      UpdateTopic: { topic: { name: TOPIC } },
      DeleteTopic: topic,
      ListTopicSubscriptions: topic,
      Publish: topic,
      CreateSubscription: { name: RUNNER, topic: TOPIC },
      GetSubscription: subscription,
      ListSubscriptions: project,
      UpdateSubscription: { subscription: { name: RUNNER } },
      ModifyPushConfig: subscription,
      DeleteSubscription: subscription,
      Pull: subscription,
      Acknowledge: subscription,
      ModifyAckDeadline: subscription,
      GetIamPolicy: { resource: TOPIC },
    };
    const askNothing = ["SetIamPolicy", "TestIamPermissions"];
    expect(Object.keys(simulator.methods)).to.have.members([
      ...Object.keys(requests),
      ...askNothing,
    ]);
    for (const [name, request] of Object.entries(requests)) {
      const permission = simulator.methods[name]?.needs(request as never)[0]?.permission ?? "";
      cloud.refused.add(permission);
      await refusalOf(callMethod(simulator, cloud, name, request));
      const { resource } = cloud.questions.at(-1) ?? {};
      asked[name] = `${permission} on ${resource?.replace(`${PROJECT}/`, "") ?? ""}`;
    }
    expect(asked).to.deep.equal({
      CreateTopic: `pubsub.topics.create on ${PROJECT}`,
      GetTopic: "pubsub.topics.get on topics/plan",
      ListTopics: `pubsub.topics.list on ${PROJECT}`,
      UpdateTopic: "pubsub.topics.update on topics/plan",
      DeleteTopic: "pubsub.topics.delete on topics/plan",
      ListTopicSubscriptions: "pubsub.topics.get on topics/plan",
      Publish: "pubsub.topics.publish on topics/plan",
      CreateSubscription: `pubsub.subscriptions.create on ${PROJECT}`,
      GetSubscription: "pubsub.subscriptions.get on subscriptions/plan-runner",
      ListSubscriptions: `pubsub.subscriptions.list on ${PROJECT}`,
      UpdateSubscription: "pubsub.subscriptions.update on subscriptions/plan-runner",
      ModifyPushConfig: "pubsub.subscriptions.update on subscriptions/plan-runner",
      DeleteSubscription: "pubsub.subscriptions.delete on subscriptions/plan-runner",
      Pull: "pubsub.subscriptions.consume on subscriptions/plan-runner",
      Acknowledge: "pubsub.subscriptions.consume on subscriptions/plan-runner",
      ModifyAckDeadline: "pubsub.subscriptions.consume on subscriptions/plan-runner",
      GetIamPolicy: "pubsub.topics.getIamPolicy on topics/plan",
    });
  });
});
