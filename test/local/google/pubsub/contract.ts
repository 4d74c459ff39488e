/** What Google's Pub/Sub client meets, whichever Pub/Sub stands behind the gateway. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Message, protos } from "@google-cloud/pubsub";
import { expect } from "chai";
import { PROJECT, type Target } from "./target.ts";

type Received = protos.google.pubsub.v1.IReceivedMessage;

/** Title of a test → why it cannot hold on this target. */
export type Lacking = Readonly<Record<string, string>>;

export function contract(name: string, start: () => Promise<Target>, lacking: Lacking = {}): void {
  describe(`Pub/Sub as ${name} has it`, () => {
    let target: Target;
    let count = 0;
    const titles = new Set<string>();

    before(async function () {
      this.timeout(90_000);
      target = await start();
    });
    after(() => target.stop());
    after("every part that is left out is a part of the contract", () => {
      expect(Object.keys(lacking).filter((title) => !titles.has(title))).to.deep.equal([]);
    });

    const rule = (title: string, test: () => Promise<void>): void => {
      titles.add(title);
      const reason = lacking[title];
      if (reason === undefined) it(title, test);
      else it.skip(`${title} (not on ${name}: ${reason})`);
    };

    /** A topic of its own. */
    const newTopic = async (): Promise<string> => {
      const topic = `${PROJECT}/topics/contract-${++count}`;
      await target.editor.publisher.createTopic({ name: topic });
      return topic;
    };
    const newSubscription = async (
      topic: string,
      settings: protos.google.pubsub.v1.ISubscription = {},
    ): Promise<string> => {
      const name = `${PROJECT}/subscriptions/contract-${++count}`;
      await target.editor.subscriber.createSubscription({ name, topic, ...settings });
      return name;
    };
    const publish = async (
      topic: string,
      ...messages: protos.google.pubsub.v1.IPubsubMessage[]
    ): Promise<string[]> => {
      const [{ messageIds }] = await target.editor.publisher.publish({ topic, messages });
      return messageIds ?? [];
    };
    const pull = async (subscription: string, maxMessages = 10): Promise<Received[]> => {
      const [{ receivedMessages }] = await target.editor.subscriber.pull({
        subscription,
        maxMessages,
      });
      return receivedMessages ?? [];
    };
    /** Without waiting for messages. */
    const rest = async (subscription: string): Promise<Received[]> => {
      const request = { subscription, maxMessages: 10, returnImmediately: true };
      const [{ receivedMessages }] = await target.editor.subscriber.pull(request);
      return receivedMessages ?? [];
    };
    const answer = (subscription: string, messages: readonly Received[], seconds?: number) => {
      const ackIds = messages.map(({ ackId }) => ackId ?? "");
      const { subscriber } = target.editor;
      return seconds === undefined
        ? subscriber.acknowledge({ subscription, ackIds })
        : subscriber.modifyAckDeadline({ subscription, ackIds, ackDeadlineSeconds: seconds });
    };

    rule("creates, shows, lists and deletes topics", async () => {
      const { publisher } = target.editor;
      const name = await newTopic();
      const [topic] = await publisher.getTopic({ topic: name });
      expect(topic.name).to.equal(name);
      const [topics] = await publisher.listTopics({ project: PROJECT });
      expect(topics.map((each) => each.name)).to.include(name);
      expect(await codeOf(publisher.createTopic({ name }))).to.equal(ALREADY_EXISTS);
      await publisher.deleteTopic({ topic: name });
      expect(await codeOf(publisher.getTopic({ topic: name }))).to.equal(NOT_FOUND);
      expect(await codeOf(publisher.deleteTopic({ topic: name }))).to.equal(NOT_FOUND);
    });

    rule("lists in pages", async () => {
      const topic = await newTopic();
      const wanted = [await newSubscription(topic), await newSubscription(topic)].toSorted();
      const { publisher } = target.editor;
      const page = { autoPaginate: false } as const;
      const [first, next] = await publisher.listTopicSubscriptions({ topic, pageSize: 1 }, page);
      const [second, end] = await publisher.listTopicSubscriptions({ ...next, topic }, page);
      expect([...first, ...second].toSorted()).to.deep.equal(wanted);
      expect(end).to.equal(null);
    });

    rule("refuses malformed names", async () => {
      const { publisher, subscriber } = target.editor;
      for (const id of ["ab", "goog-x", "1abc", "a b", "a".repeat(256)]) {
        const name = `${PROJECT}/topics/${id}`;
        expect(await codeOf(publisher.createTopic({ name })), id).to.equal(INVALID);
      }
      const subscription = `${PROJECT}/topics/plan`;
      expect(await codeOf(subscriber.getSubscription({ subscription }))).to.equal(INVALID);
    });

    rule("refuses what cannot be published", async () => {
      const topic = await newTopic();
      const data = Buffer.from("x");
      const tooMany = Array.from({ length: 1001 }, () => ({ data }));
      expect(await codeOf(publish(topic))).to.equal(INVALID);
      expect(await codeOf(publish(topic, {}))).to.equal(INVALID);
      expect(await codeOf(publish(topic, ...tooMany))).to.equal(INVALID);
      expect(await codeOf(publish(`${topic}-missing`, { data }))).to.equal(NOT_FOUND);
    });

    rule("refuses sizes beyond the limits", async () => {
      const topic = await newTopic();
      const data = Buffer.from("x");
      const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, "v"]));
      for (const message of [
        { data, orderingKey: "k".repeat(1025) },
        { attributes: many },
        { attributes: { ["k".repeat(257)]: "v" } },
        { attributes: { k: "v".repeat(1025) } },
        { attributes: { "": "v" } },
      ]) {
        expect(await codeOf(publish(topic, message))).to.equal(INVALID);
      }
    });

    rule("gives a subscription its defaults", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      const [shown] = await target.editor.subscriber.getSubscription({ subscription });
      expect(shown).to.deep.include({
        name: subscription,
        topic,
        ackDeadlineSeconds: 10,
        messageRetentionDuration: { seconds: "604800", nanos: 0 },
        enableMessageOrdering: false,
        filter: "",
        retryPolicy: null,
        deadLetterPolicy: null,
      });
    });

    rule("fills in what a policy leaves open", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic, {
        deadLetterPolicy: { deadLetterTopic: topic },
        retryPolicy: { minimumBackoff: { seconds: 20 } },
      });
      const [shown] = await target.editor.subscriber.getSubscription({ subscription });
      expect(shown.deadLetterPolicy).to.deep.equal({
        deadLetterTopic: topic,
        maxDeliveryAttempts: 5,
      });
      expect(shown.retryPolicy).to.deep.equal({
        minimumBackoff: { seconds: "20", nanos: 0 },
        maximumBackoff: { seconds: "600", nanos: 0 },
      });
    });

    rule("refuses settings out of range", async () => {
      const topic = await newTopic();
      const seconds = (value: number) => ({ seconds: value });
      const dead = (maxDeliveryAttempts: number) => ({
        deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts },
      });
      const backoff = (min: number, max: number) => ({
        retryPolicy: { minimumBackoff: seconds(min), maximumBackoff: seconds(max) },
      });
      const refusals: [number, protos.google.pubsub.v1.ISubscription][] = [
        [INVALID, { ackDeadlineSeconds: 601 }],
        [INVALID, { messageRetentionDuration: seconds(599) }],
        [INVALID, { messageRetentionDuration: seconds(31 * 86_400 + 1) }],
        [INVALID, backoff(1, 601)],
        [INVALID, backoff(20, 10)],
        [INVALID, { retryPolicy: { maximumBackoff: seconds(5) } }],
        [INVALID, { pushConfig: { pushEndpoint: "plan-runner" } }],
        [OUT_OF_RANGE, dead(4)],
        [OUT_OF_RANGE, dead(101)],
        [NOT_FOUND, { deadLetterPolicy: { deadLetterTopic: `${topic}-missing` } }],
      ];
      for (const [code, settings] of refusals) {
        const refused = await codeOf(newSubscription(topic, settings));
        expect(refused, JSON.stringify(settings)).to.equal(code);
      }
      expect(await codeOf(newSubscription(`${topic}-missing`))).to.equal(NOT_FOUND);
      const name = await newSubscription(topic);
      const again = target.editor.subscriber.createSubscription({ name, topic });
      expect(await codeOf(again)).to.equal(ALREADY_EXISTS);
    });

    rule("refuses an ack deadline under ten seconds", async () => {
      const topic = await newTopic();
      expect(await codeOf(newSubscription(topic, { ackDeadlineSeconds: 9 }))).to.equal(INVALID);
    });

    rule("changes what a mask names, and nothing else", async () => {
      const topic = await newTopic();
      const name = await newSubscription(topic, { labels: { a: "b" } });
      const { subscriber } = target.editor;
      const update = (paths: string[]) =>
        subscriber.updateSubscription({
          subscription: { name, topic, ackDeadlineSeconds: 20 },
          updateMask: { paths },
        });
      const [changed] = await update(["ack_deadline_seconds"]);
      expect(changed).to.deep.include({ ackDeadlineSeconds: 20, labels: { a: "b" } });
      expect(await codeOf(update([]))).to.equal(INVALID);
      expect(await codeOf(update(["nope"]))).to.equal(INVALID);
      expect(await codeOf(update(["topic"]))).to.equal(INVALID);
    });

    rule("keeps a subscription whose topic is deleted, with its messages", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      await publish(topic, { data: Buffer.from("kept") });
      await target.editor.publisher.deleteTopic({ topic });
      const [shown] = await target.editor.subscriber.getSubscription({ subscription });
      expect(shown.topic).to.equal("_deleted-topic_");
      expect(dataOf(await pull(subscription))).to.deep.equal(["kept"]);
    });

    rule(
      "delivers a message as it was published, once it is acknowledged never again",
      async () => {
        const topic = await newTopic();
        const subscription = await newSubscription(topic);
        const sent = { data: Buffer.from("{}"), attributes: { kind: "pr" } };
        const [messageId] = await publish(topic, sent);
        const received = await pull(subscription);
        expect(received.map(({ message }) => message)).to.have.length(1);
        expect(received[0]?.message).to.deep.include({ ...sent, messageId, orderingKey: "" });
        expect(received[0]?.deliveryAttempt).to.equal(0);
        const at = Number(received[0]?.message?.publishTime?.seconds) * 1000;
        expect(Math.abs(Date.now() - at)).to.be.below(60_000);
        await answer(subscription, received);
        await answer(subscription, received);
        expect(await rest(subscription)).to.deep.equal([]);
      },
    );

    rule("gives each subscription its own copy, of what comes after it", async () => {
      const topic = await newTopic();
      const first = await newSubscription(topic);
      await publish(topic, { data: Buffer.from("1") });
      const second = await newSubscription(topic);
      await publish(topic, { data: Buffer.from("2") });
      const seen = [...(await rest(first)), ...(await rest(first))];
      expect(dataOf(seen).toSorted()).to.deep.equal(["1", "2"]);
      expect(dataOf(await rest(second))).to.deep.equal(["2"]);
    });

    rule("delivers a refused message again, and one whose deadline has passed", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      await publish(topic, { data: Buffer.from("x") });
      await answer(subscription, await pull(subscription), 0);
      await answer(subscription, await pull(subscription), 1);
      const third = await pull(subscription);
      expect(dataOf(third)).to.deep.equal(["x"]);
      await answer(subscription, third);
    });

    rule("refuses answers that make no sense", async () => {
      const subscription = await newSubscription(await newTopic());
      const garbage = [{ ackId: "garbage" }];
      expect(await codeOf(answer(subscription, garbage))).to.equal(INVALID);
      expect(await codeOf(answer(subscription, garbage, 10))).to.equal(INVALID);
      expect(await codeOf(answer(subscription, [], 10))).to.equal(INVALID);
      expect(await codeOf(answer(subscription, []))).to.equal(INVALID);
      expect(await codeOf(answer(subscription, garbage, -1))).to.equal(INVALID);
      expect(await codeOf(pull(subscription, 0))).to.equal(INVALID);
      expect(await codeOf(pull(`${subscription}-missing`))).to.equal(NOT_FOUND);
    });

    rule("streams messages to subscription.on('message') until it is closed", async () => {
      const { pubsub } = target.editor;
      const topic = pubsub.topic(await newTopic());
      const name = await newSubscription(topic.name);
      const subscription = pubsub.subscription(name);
      const seen: string[] = [];
      const all = Promise.withResolvers<undefined>();
      subscription.on("error", all.reject);
      subscription.on("message", (message: Message) => {
        seen.push(message.data.toString());
        message.ack();
        if (seen.length === 20) all.resolve(undefined);
      });
      const numbers = Array.from({ length: 20 }, (_, i) => String(i));
      await Promise.all(numbers.map((n) => topic.publishMessage({ data: Buffer.from(n) })));
      await all.promise;
      await subscription.close();
      expect(seen.toSorted()).to.deep.equal(numbers.toSorted());
      await topic.publishMessage({ data: Buffer.from("later") });
      expect(dataOf(await pull(name))).to.deep.equal(["later"]);
    });

    rule("delivers to a stream again what it refused, and what is slow only once", async () => {
      const { pubsub } = target.editor;
      const topic = pubsub.topic(await newTopic());
      const subscription = pubsub.subscription(await newSubscription(topic.name));
      const seen: string[] = [];
      const done = Promise.withResolvers<undefined>();
      subscription.on("error", done.reject);
      subscription.on("message", (message: Message) => {
        seen.push(message.data.toString());
        if (seen.length === 1) message.nack();
        else message.ack();
        if (seen.length === 2) done.resolve(undefined);
      });
      await topic.publishMessage({ data: Buffer.from("x") });
      await done.promise;
      await subscription.close();
      expect(seen).to.deep.equal(["x", "x"]);
    });

    rule("takes acknowledgements, refusals and longer deadlines in the stream", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      await publish(topic, ...["1", "2", "3"].map((n) => ({ data: Buffer.from(n) })));
      const stream = target.editor.subscriber.streamingPull();
      const received = new Map<string, string>();
      const again = Promise.withResolvers<string>();
      stream.on("error", again.reject);
      stream.on("data", ({ receivedMessages }: { receivedMessages: Received[] }) => {
        for (const message of receivedMessages) {
          const [data = ""] = dataOf([message]);
          if (received.has(data)) again.resolve(data);
          received.set(data, message.ackId ?? "");
        }
        if (received.size < 3) return;
        const idOf = (data: string): string => received.get(data) ?? "";
        stream.write({
          ackIds: [idOf("1")],
          modifyDeadlineAckIds: [idOf("2"), idOf("3")],
          modifyDeadlineSeconds: [600, 1],
        });
      });
      stream.write({ subscription, streamAckDeadlineSeconds: 10 });
      expect(await again.promise).to.equal("3");
      stream.off("error", again.reject);
      stream.on("error", () => undefined);
      stream.cancel();
      expect(await rest(subscription)).to.deep.equal([]);
    });

    rule("ends a stream that says what only its first request may say", async () => {
      const subscription = await newSubscription(await newTopic());
      const stream = target.editor.subscriber.streamingPull();
      stream.on("data", () => undefined);
      const ended = once(stream, "error") as Promise<[{ code: number }]>;
      stream.write({ subscription, streamAckDeadlineSeconds: 10 });
      stream.write({ subscription });
      const [{ code }] = await ended;
      expect(code).to.equal(INVALID);
    });

    rule("ends a stream whose subscription is missing", async () => {
      const subscription = target.editor.pubsub.subscription(`${PROJECT}/subscriptions/missing`);
      subscription.on("message", () => undefined);
      const [error] = (await once(subscription, "error")) as [{ code: number }];
      expect(error.code).to.equal(NOT_FOUND);
      await subscription.close();
    });

    rule("keeps the order of a key when a message is delivered again", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic, { enableMessageOrdering: true });
      const numbers = ["1", "2", "3"];
      await publish(topic, ...numbers.map((n) => ({ data: Buffer.from(n), orderingKey: "k" })));
      const first = await pull(subscription);
      expect(first[0]?.message?.orderingKey).to.equal("k");
      await answer(subscription, first, 0);
      const acknowledged: string[] = [];
      while (acknowledged.length < numbers.length) {
        const [next] = await pull(subscription, 1);
        if (next === undefined) continue;
        acknowledged.push(...dataOf([next]));
        await answer(subscription, [next]);
      }
      expect(acknowledged).to.deep.equal(numbers);
    });

    rule("delivers only what the filter lets through", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic, { filter: 'attributes.kind = "pr"' });
      await publish(topic, { data: Buffer.from("a") });
      await publish(topic, { data: Buffer.from("b"), attributes: { kind: "pr" } });
      expect(dataOf(await pull(subscription))).to.deep.equal(["b"]);
      expect(await rest(subscription)).to.deep.equal([]);
    });

    rule("refuses a malformed filter", async () => {
      const topic = await newTopic();
      expect(await codeOf(newSubscription(topic, { filter: "kind = pr" }))).to.equal(INVALID);
    });

    rule("waits between deliveries as the retry policy says", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic, {
        retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 1 } },
      });
      await publish(topic, { data: Buffer.from("x") });
      await answer(subscription, await pull(subscription), 0);
      expect(await rest(subscription)).to.deep.equal([]);
      expect(dataOf(await pull(subscription))).to.deep.equal(["x"]);
    });

    rule("counts deliveries under a dead-letter policy", async () => {
      const topic = await newTopic();
      const deadLetterPolicy = { deadLetterTopic: await newTopic() };
      const subscription = await newSubscription(topic, { deadLetterPolicy });
      await publish(topic, { data: Buffer.from("poison") });
      const attempts: unknown[] = [];
      for (let i = 0; i < 3; i++) {
        const received = await pull(subscription);
        attempts.push(...received.map(({ deliveryAttempt }) => deliveryAttempt));
        await answer(subscription, received, 0);
      }
      expect(attempts).to.deep.equal([1, 2, 3]);
    });

    rule("forwards a message to the dead-letter topic after its last delivery", async () => {
      const topic = await newTopic();
      const deadLetterTopic = await newTopic();
      const dead = await newSubscription(deadLetterTopic);
      const subscription = await newSubscription(topic, { deadLetterPolicy: { deadLetterTopic } });
      await publish(topic, { data: Buffer.from("poison"), attributes: { a: "b" } });
      for (let i = 0; i < 5; i++) await answer(subscription, await pull(subscription), 0);
      const [forwarded] = await pull(dead);
      expect(forwarded?.message?.data).to.deep.equal(Buffer.from("poison"));
      expect(forwarded?.message?.attributes).to.deep.include({
        a: "b",
        CloudPubSubDeadLetterSourceDeliveryCount: "5",
      });
      expect(await rest(subscription)).to.deep.equal([]);
    });

    rule("pushes the wrapped message, again until it is acknowledged", async () => {
      const topic = await newTopic();
      const endpoint = await startEndpoint([500, 204]);
      const subscription = await newSubscription(topic, {
        pushConfig: { pushEndpoint: endpoint.url },
      });
      const data = Buffer.from("{}");
      const [messageId] = await publish(topic, { data, attributes: { kind: "pr" } });
      await endpoint.done;
      await target.editor.subscriber.deleteSubscription({ subscription });
      endpoint.server.close();
      expect(endpoint.requests).to.have.length(2);
      for (const { method, type, body } of endpoint.requests) {
        expect({ method, type }).to.deep.equal({ method: "POST", type: "application/json" });
        expect(body.subscription).to.equal(subscription);
        expect(body.message).to.include({ data: "e30=", messageId, message_id: messageId });
        expect(body.message).to.deep.include({ attributes: { kind: "pr" } });
        expect(Date.parse(String(body.message.publishTime))).to.be.above(0);
      }
    });

    rule("starts to push what waited when a pull subscription gets an endpoint", async () => {
      const topic = await newTopic();
      const endpoint = await startEndpoint([204]);
      const subscription = await newSubscription(topic);
      await publish(topic, { data: Buffer.from("x") });
      const pushConfig = { pushEndpoint: endpoint.url };
      await target.editor.subscriber.modifyPushConfig({ subscription, pushConfig });
      await endpoint.done;
      endpoint.server.close();
      expect(endpoint.requests.map(({ body }) => body.message.data)).to.deep.equal(["eA=="]);
    });

    rule("serves REST beside gRPC", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      const { body } = await target.rest({
        method: "POST",
        path: `/v1/${topic}:publish`,
        body: { messages: [{ data: "eA==" }] },
      });
      expect(body).to.have.nested.property("messageIds[0]").that.is.a("string");
      expect(dataOf(await pull(subscription))).to.deep.equal(["x"]);
      const missing = await target.rest({ path: `/v1/${topic}-missing` });
      expect(missing.status).to.equal(404);
      expect(missing.body).to.have.nested.property("error.status", "NOT_FOUND");
    });

    rule("lets nobody do what their roles do not hold", async () => {
      const topic = await newTopic();
      const subscription = await newSubscription(topic);
      const { pubsub, publisher, subscriber } = target.publisherOnly;
      await publisher.publish({ topic, messages: [{ data: Buffer.from("x") }] });
      expect(await codeOf(publisher.getTopic({ topic }))).to.equal(DENIED);
      expect(await codeOf(subscriber.pull({ subscription, maxMessages: 1 }))).to.equal(DENIED);
      const stream = pubsub.subscription(subscription);
      stream.on("message", () => undefined);
      const [error] = (await once(stream, "error")) as [{ code: number }];
      expect(error.code).to.equal(DENIED);
      await stream.close();
      expect(dataOf(await pull(subscription))).to.deep.equal(["x"]);
    });

    rule("names a method that is missing", async () => {
      const project = PROJECT;
      const call = target.editor.subscriber.listSnapshots({ project });
      expect(await codeOf(call)).to.equal(UNIMPLEMENTED);
    });
  });
}

const INVALID = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const DENIED = 7;
const OUT_OF_RANGE = 11;
const UNIMPLEMENTED = 12;

/** The gRPC code that a call ends with; fails where it succeeds. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  throw new Error("the call was not refused");
}

function dataOf(messages: readonly Received[]): string[] {
  return messages.map(({ message }) => Buffer.from(message?.data as Buffer).toString());
}

interface Pushed {
  readonly method: string | undefined;
  readonly type: string | undefined;
  readonly body: {
    readonly message: Readonly<Record<string, unknown>>;
    readonly subscription: string;
  };
}

interface Endpoint {
  readonly url: string;
  readonly server: Server;
  readonly requests: Pushed[];
  /** Resolves when every status has been given. */
  readonly done: Promise<undefined>;
}

/** An endpoint on loopback that answers with the given statuses, one after another. */
async function startEndpoint(statuses: readonly number[]): Promise<Endpoint> {
  const requests: Pushed[] = [];
  const done = Promise.withResolvers<undefined>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      requests.push({
        method: request.method,
        type: request.headers["content-type"],
        body: JSON.parse(body) as Pushed["body"],
      });
      response.writeHead(statuses[requests.length - 1] ?? 204).end();
      if (requests.length === statuses.length)
        response.once("close", () => done.resolve(undefined));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/push`, server, requests, done: done.promise };
}
