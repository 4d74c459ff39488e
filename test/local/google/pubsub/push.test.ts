import { setImmediate as turn } from "node:timers/promises";
import { expect } from "chai";
import type { LocalResponse } from "../../../../local/http/message.ts";
import { refusalOf, response } from "../../../support/fake-cloud.ts";
import * as plan from "./plan-topic.ts";
import { AGENT, DEAD, ENDPOINT, PUSHED, PUSHER, RUNNER, planTopic } from "./plan-topic.ts";

const DEAD_LETTER = { deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: 5 } };

describe("Pub/Sub push", () => {
  it("posts the wrapped message with a token of the push account", async () => {
    const { cloud, publish, pushed, lines } = planTopic(PUSHED);
    await publish([{ data: Buffer.from("{}"), attributes: { a: "b" }, orderingKey: "k" }]);
    await cloud.clock.settle();

    const [request] = cloud.requests;
    expect({ method: request?.method, url: request?.url.href }).to.deep.equal({
      method: "POST",
      url: ENDPOINT,
    });
    expect(Object.fromEntries(request?.headers ?? [])).to.deep.equal({
      Accept: "application/json",
      Authorization: `Bearer token of ${PUSHER} for ${new URL(ENDPOINT).origin}`,
      "Content-Type": "application/json",
      "User-Agent": "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)",
    });
    expect(pushed()).to.deep.equal([
      {
        message: {
          attributes: { a: "b" },
          data: "e30=",
          messageId: "1",
          message_id: "1",
          orderingKey: "k",
          publishTime: "2026-01-01T00:00:00.000Z",
          publish_time: "2026-01-01T00:00:00.000Z",
        },
        subscription: RUNNER,
      },
    ]);
    expect(lines()).to.deep.equal(["plan-runner/1 attempt 1: 200, done"]);
  });

  it("leaves out what a message does not have, and the token where none is asked for", async () => {
    const { cloud, publish, pushed } = planTopic({ pushConfig: { pushEndpoint: ENDPOINT } });
    await publish([{ attributes: { a: "b" } }]);
    await cloud.clock.settle();
    expect(Object.keys(pushed()[0]?.message ?? {})).to.deep.equal([
      ...["attributes", "messageId", "message_id", "publishTime", "publish_time"],
    ]);
    expect(cloud.requests[0]?.headers.map(([name]) => name)).not.to.include("Authorization");
    expect(cloud.questions.map(({ permission }) => permission)).to.deep.equal([
      "pubsub.topics.publish",
    ]);
  });

  it("makes the endpoint the audience where none is set", async () => {
    const { cloud, publish } = planTopic({
      pushConfig: { pushEndpoint: ENDPOINT, oidcToken: { serviceAccountEmail: PUSHER } },
    });
    await publish(["x"]);
    await cloud.clock.settle();
    expect(cloud.requests[0]?.headers).to.deep.include([
      "Authorization",
      `Bearer token of ${PUSHER} for ${ENDPOINT}`,
    ]);
  });

  for (const status of [102, 200, 201, 202, 204]) {
    it(`takes ${status} for an acknowledgement`, async () => {
      const { cloud, publish } = planTopic(PUSHED);
      cloud.answer = () => response(status);
      await publish(["x"]);
      await cloud.clock.advance({ seconds: 86_400 });
      expect(cloud.requests).to.have.length(1);
    });
  }

  for (const status of [203, 302, 400, 429, 500, 503]) {
    it(`delivers again after ${status}`, async () => {
      const { cloud, publish, lines } = planTopic(PUSHED);
      cloud.answer = () => response(cloud.requests.length === 1 ? status : 204);
      await publish(["x"]);
      await cloud.clock.advance({ seconds: 3600 });
      expect(lines()).to.deep.equal([
        `plan-runner/1 attempt 1: ${status}, next try in 0.1 s`,
        "plan-runner/1 attempt 2: 204, done",
      ]);
    });
  }

  it("backs off by the retry policy, doubling from the minimum to the maximum", async () => {
    const { cloud, publish } = planTopic({
      ...PUSHED,
      retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 60 } },
    });
    const start = cloud.clock.now();
    const sent: number[] = [];
    cloud.answer = () => {
      sent.push((cloud.clock.now() - start) / 1000);
      return response(500);
    };
    await publish(["x"]);
    await cloud.clock.advance({ seconds: 240 });
    expect(sent).to.deep.equal([0, 10, 30, 70, 130, 190]);
  });

  it("gives a request the ack deadline and then aborts it", async () => {
    const { cloud, publish, lines } = planTopic({ ...PUSHED, ackDeadlineSeconds: 600 });
    const hanging = new Promise<LocalResponse>(() => undefined);
    cloud.answer = () => (cloud.requests.length === 1 ? hanging : response(200));
    await publish(["x"]);
    await turn();
    await cloud.clock.advance({ seconds: 599 });
    expect(cloud.requests.map(({ signal }) => signal?.aborted)).to.deep.equal([false]);
    await cloud.clock.advance({ seconds: 2 });
    expect(cloud.requests[0]?.signal?.aborted).to.equal(true);
    expect(lines()).to.deep.equal([
      "plan-runner/1 attempt 1: no answer (nothing within 600 s), next try in 0.1 s",
      "plan-runner/1 attempt 2: 200, done",
    ]);
  });

  it("starts with one request, doubles on success and halves on failure", async () => {
    const { cloud, publish } = planTopic(PUSHED);
    const open: ((answer: LocalResponse) => void)[] = [];
    cloud.answer = () => new Promise((resolve) => open.push(resolve));
    await publish(Array.from({ length: 30 }, (_, i) => String(i)));
    const underWay: number[] = [];
    for (const status of [200, 200, 500, 200]) {
      for (let turns = 0; turns < 5; turns++) await turn();
      underWay.push(open.length);
      open.shift()?.(response(status));
    }
    for (let turns = 0; turns < 5; turns++) await turn();
    underWay.push(open.length);
    expect(underWay).to.deep.equal([1, 2, 4, 3, 4]);
  });

  it("asks whether Pub/Sub's agent may sign as the push account", async () => {
    const { cloud, publish, lines } = planTopic(PUSHED);
    cloud.refused.add("iam.serviceAccounts.getOpenIdToken");
    await publish(["x"]);
    await cloud.clock.settle();
    expect(cloud.questions.at(-1)).to.deep.equal({
      principal: AGENT,
      permission: "iam.serviceAccounts.getOpenIdToken",
      resource: `${plan.PROJECT}/serviceAccounts/${PUSHER}`,
    });
    expect(cloud.requests).to.deep.equal([]);
    expect(lines()[0]).to.match(/^plan-runner\/1 attempt 1: no answer \(.* lacks .*\), next try/);
  });

  it("names the account that the endpoint refused", async () => {
    const { cloud, publish, lines } = planTopic(PUSHED);
    cloud.answer = () => response(403);
    await publish(["x"]);
    await cloud.clock.settle();
    expect(lines()).to.deep.equal([
      `plan-runner/1 attempt 1: 403, ${new URL(ENDPOINT).host} refused ${PUSHER}, next try in 0.1 s`,
    ]);
  });

  it("says why the endpoint's front end refused it, where that is known", async () => {
    const { cloud, publish, lines } = planTopic(PUSHED);
    cloud.answer = () => ({ ...response(401), why: "the audience is another's" });
    await publish(["x"]);
    await cloud.clock.settle();
    expect(lines()).to.deep.equal([
      `plan-runner/1 attempt 1: 401, ${new URL(ENDPOINT).host} refused ${PUSHER}: the audience is another's, next try in 0.1 s`,
    ]);
  });

  it("counts deliveries under a dead-letter policy and forwards the message after the last", async () => {
    const { cloud, simulator, publish, pull, pushed, lines } = planTopic({
      ...PUSHED,
      ...DEAD_LETTER,
    });
    const dead = `${plan.PROJECT}/subscriptions/dead`;
    simulator.declareSubscription({ name: dead, topic: DEAD });
    cloud.answer = () => response(500);
    await publish([{ data: Buffer.from("poison"), attributes: { a: "b" }, orderingKey: "k" }]);
    await cloud.clock.advance({ seconds: 3600 });

    expect(pushed().map(({ deliveryAttempt }) => deliveryAttempt)).to.deep.equal([1, 2, 3, 4, 5]);
    expect(lines().at(-1)).to.equal(
      "plan-runner/1 attempt 5: 500, gave up and forwarded it to the dead-letter topic",
    );
    const [received, ...others] = await pull(dead);
    expect(others).to.deep.equal([]);
    expect(received?.message).to.deep.equal({
      data: Buffer.from("poison"),
      attributes: {
        a: "b",
        CloudPubSubDeadLetterSourceDeliveryCount: "5",
        CloudPubSubDeadLetterSourceSubscription: "plan-runner",
        CloudPubSubDeadLetterSourceSubscriptionProject: "switchyard-dev",
        CloudPubSubDeadLetterSourceTopicPublishTime: "2026-01-01T00:00:00.000+00:00",
      },
      messageId: "2",
      publishTime: { seconds: 1_767_225_601, nanos: 500_000_000 },
      orderingKey: "k",
    });
    expect(received).not.to.have.property("deliveryAttempt");
  });

  for (const [permission, resource] of [
    ["pubsub.topics.publish", DEAD],
    ["pubsub.subscriptions.consume", RUNNER],
  ] as const) {
    it(`keeps a poison message while Pub/Sub's agent lacks ${permission}`, async () => {
      const { cloud, publish, pushed } = planTopic({ ...PUSHED, ...DEAD_LETTER });
      cloud.answer = () => response(500);
      await publish(["poison"]);
      cloud.refused.add(permission);
      await cloud.clock.advance({ seconds: 12 });
      const asked = cloud.questions.filter((q) => q.permission === permission).at(-1);
      expect(asked).to.deep.equal({ principal: AGENT, permission, resource });
      const attempts = pushed().map(({ deliveryAttempt }) => deliveryAttempt);
      expect(attempts).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);

      cloud.refused.clear();
      await cloud.clock.advance({ seconds: 3600 });
      expect(pushed().map(({ deliveryAttempt }) => deliveryAttempt)).to.deep.equal([
        ...attempts,
        8,
      ]);
    });
  }

  it("keeps a poison message whose dead-letter topic is gone, and says so", async () => {
    const { cloud, simulator, publish, pull, pushed, lines } = planTopic({
      ...PUSHED,
      ...DEAD_LETTER,
    });
    cloud.answer = () => response(500);
    simulator.removeTopic(DEAD);
    await publish(["poison"]);
    await cloud.clock.advance({ seconds: 4 });
    expect(lines()).to.include(
      `${RUNNER} has lost its dead-letter topic ${DEAD}: a message that should go there stays.`,
    );
    const attempts = pushed().map(({ deliveryAttempt }) => deliveryAttempt);
    expect(attempts.slice(4)).to.deep.equal([5, 6]);

    simulator.declareTopic({ name: DEAD });
    const dead = `${plan.PROJECT}/subscriptions/dead`;
    simulator.declareSubscription({ name: dead, topic: DEAD });
    await cloud.clock.advance({ seconds: 3600 });
    const [received, ...others] = await pull(dead);
    expect(received?.message?.data?.toString()).to.equal("poison");
    expect(others).to.deep.equal([]);
  });

  it("pushes messages of one key one after another, and a failed one holds up its followers", async () => {
    const { cloud, publish, pushed } = planTopic({ ...PUSHED, enableMessageOrdering: true });
    cloud.answer = () => response(cloud.requests.length === 2 ? 500 : 200);
    const ordered = ["1", "2", "3"].map((text) => ({ data: Buffer.from(text), orderingKey: "k" }));
    await publish(ordered);
    await cloud.clock.advance({ seconds: 1 });
    expect(
      pushed().map(({ message }) => Buffer.from(String(message.data), "base64").toString()),
    ).to.deep.equal(["1", "2", "2", "3"]);
  });

  it("stops when it becomes a pull subscription, and starts when it becomes a push one", async () => {
    const { cloud, call, publish, pull } = planTopic(PUSHED);
    await call("ModifyPushConfig", { subscription: RUNNER, pushConfig: {} });
    await publish(["x"]);
    await cloud.clock.settle();
    expect(cloud.requests).to.deep.equal([]);
    const [message] = await pull();
    expect(message?.message).to.deep.include({ messageId: "1" });

    const pushConfig = { pushEndpoint: ENDPOINT };
    await call("ModifyPushConfig", { subscription: RUNNER, pushConfig });
    await cloud.clock.advance({ seconds: 11 });
    expect(cloud.requests).to.have.length(1);
    const refusal = await refusalOf(pull());
    expect(refusal.code).to.equal("FAILED_PRECONDITION");
  });

  it("ends requests when their subscription is deleted, and when Pub/Sub stops", async () => {
    for (const end of ["delete", "stop"]) {
      const { cloud, simulator, publish, lines } = planTopic(PUSHED);
      cloud.answer = () => new Promise(() => undefined);
      await publish(["x", "y"]);
      await turn();
      if (end === "delete") simulator.removeSubscription(RUNNER);
      else simulator.stop();
      await cloud.clock.settle();
      await cloud.clock.advance({ seconds: 3600 });
      expect(cloud.requests.map(({ signal }) => signal?.aborted)).to.deep.equal([true]);
      expect(lines()).to.deep.equal([]);
    }
  });

  it("delivers nothing more after Pub/Sub has stopped, whoever asks", async () => {
    const { cloud, simulator, call, publish, pull } = planTopic(PUSHED);
    const pulled = `${plan.PROJECT}/subscriptions/pulled`;
    simulator.declareSubscription({ name: pulled, topic: plan.TOPIC });
    simulator.stop();
    await publish(["x"]);
    simulator.declareSubscription({ name: `${pulled}-later`, topic: plan.TOPIC, ...PUSHED });
    await publish(["y"]);
    expect(await pull(pulled)).to.deep.equal([]);
    await cloud.clock.advance({ seconds: 3600 });
    expect(cloud.requests).to.deep.equal([]);
    expect(await call("GetSubscription", { subscription: pulled })).to.include({ name: pulled });
  });

  it("forgets a message that was not acknowledged within the retention", async () => {
    const { cloud, publish } = planTopic({
      ...PUSHED,
      messageRetentionDuration: { seconds: 600 },
      retryPolicy: { minimumBackoff: { seconds: 300 }, maximumBackoff: { seconds: 300 } },
    });
    cloud.answer = () => response(500);
    await publish(["x"]);
    await cloud.clock.advance({ seconds: 86_400 });
    expect(cloud.requests).to.have.length(3);
  });

  it("is pushed only what the filter lets through", async () => {
    const { cloud, publish, pushed } = planTopic({ ...PUSHED, filter: 'attributes.kind = "pr"' });
    await publish([
      { data: Buffer.from("a"), attributes: { kind: "pr" } },
      { data: Buffer.from("b"), attributes: { kind: "issue" } },
    ]);
    await cloud.clock.settle();
    expect(pushed().map(({ message }) => message.data)).to.deep.equal(["YQ=="]);
  });
});
