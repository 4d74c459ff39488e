import { expect } from "chai";
import fc from "fast-check";
import type { PubSub } from "../../../../local/google/pubsub/index.ts";
import { refusalOf, type FakeCloud } from "../../../support/fake-cloud.ts";
import { DEAD, PROJECT, RUNNER, TOPIC, planTopic, texts, type Received } from "./plan-topic.ts";

/** Resolves when the stream has ended. */
function openStream(
  { streams, state }: PubSub,
  cloud: FakeCloud,
  signal: AbortSignal,
): Promise<void> {
  const requests: AsyncIterable<never> = {
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => undefined) }),
  };
  const stream = { requests, send: () => Promise.resolve(), signal };
  const first = { subscription: RUNNER, streamAckDeadlineSeconds: 10 };
  const call = { caller: { principal: "user:developer@example.com" }, state, cloud } as const;
  const pulled = streams?.StreamingPull;
  if (pulled === undefined) throw new Error("There is no StreamingPull.");
  return pulled.operation(first as never, stream, call);
}

describe("Pub/Sub pull", () => {
  it("delivers again when the ack deadline has passed, and not before", async () => {
    const { cloud, publish, pull } = planTopic({ ackDeadlineSeconds: 30 });
    await publish(["x"]);
    expect(texts(await pull())).to.deep.equal(["x"]);
    await cloud.clock.advance({ seconds: 29 });
    expect(await pull()).to.deep.equal([]);
    await cloud.clock.advance({ seconds: 1 });
    expect(texts(await pull())).to.deep.equal(["x"]);
  });

  it("delivers the data as they were when they were published", async () => {
    const { publish, pull } = planTopic({});
    const request = Buffer.from("a request with its data");
    await publish([{ data: request.subarray(2, 9) }]);
    request.fill(0);
    expect(texts(await pull())).to.deep.equal(["request"]);
  });

  it("counts a changed deadline from the change", async () => {
    const { cloud, call, publish, pull } = planTopic();
    const subscription = `${PROJECT}/subscriptions/own`;
    await call("CreateSubscription", { name: subscription, topic: TOPIC });
    await publish(["x"]);
    const [{ ackId } = {}] = await pull(subscription);
    await cloud.clock.advance({ seconds: 9 });
    const extended = { subscription, ackIds: [ackId], ackDeadlineSeconds: 60 };
    await call("ModifyAckDeadline", extended);
    await cloud.clock.advance({ seconds: 59 });
    expect(await pull(subscription)).to.deep.equal([]);
    await cloud.clock.advance({ seconds: 1 });
    expect(texts(await pull(subscription))).to.deep.equal(["x"]);
  });

  it("takes a late acknowledgement, unless the message is out again", async () => {
    const { cloud, publish, pull, ack } = planTopic({});
    await publish(["x", "y"]);
    const late = await pull();
    await cloud.clock.advance({ seconds: 10 });
    expect(texts(await pull(RUNNER, 1))).to.deep.equal(["x"]);
    await ack(late);
    await cloud.clock.advance({ seconds: 10 });
    expect(texts(await pull())).to.deep.equal(["x"]);
  });

  it("waits for a first message, for a while", async () => {
    const { cloud, call, publish, ack } = planTopic({});
    const request = { subscription: RUNNER, maxMessages: 5 };
    const waiting = call<{ receivedMessages: Received[] }>("Pull", request);
    await publish(["x"]);
    const { receivedMessages } = await waiting;
    expect(texts(receivedMessages)).to.deep.equal(["x"]);
    await ack(receivedMessages);

    const inVain = call<{ receivedMessages: Received[] }>("Pull", request);
    await cloud.clock.advance({ seconds: 10 });
    expect(await inVain).to.deep.equal({ receivedMessages: [] });
  });

  it("ends a pull that waits when the subscription is deleted", async () => {
    const { call } = planTopic({});
    const waiting = refusalOf(call("Pull", { subscription: RUNNER, maxMessages: 1 }));
    await call("DeleteSubscription", { subscription: RUNNER });
    expect((await waiting).code).to.equal("NOT_FOUND");
  });

  it("tells the ids of another subscription from its own", async () => {
    const { call, publish, pull, ack } = planTopic({});
    const other = `${PROJECT}/subscriptions/other`;
    await call("CreateSubscription", { name: other, topic: TOPIC });
    await publish(["x"]);
    const refusal = await refusalOf(ack(await pull(other)));
    expect(refusal.code).to.equal("INVALID_ARGUMENT");
  });

  it("forgets a subscription that nobody used for the time of its expiration policy", async () => {
    const day = 86_400;
    for (const [policy, lives] of [
      [undefined, 31 * day],
      [{ ttl: { seconds: day } }, day],
      [{}, Infinity],
    ] as const) {
      const { cloud, simulator, pull } = planTopic({ ...(policy && { expirationPolicy: policy }) });
      await cloud.clock.advance({ seconds: day / 2 });
      await pull();
      await cloud.clock.advance({ seconds: Math.min(lives, 400 * day) - 1 });
      expect(simulator.state.subscriptions.has(RUNNER)).to.equal(true);
      await cloud.clock.advance({ seconds: 2 });
      expect(simulator.state.subscriptions.has(RUNNER)).to.equal(lives === Infinity);
    }
  });

  it("forgets no subscription while a stream of it is open, and one that is only pushed", async () => {
    const day = 86_400;
    const { cloud, simulator } = planTopic({ expirationPolicy: { ttl: { seconds: day } } });
    const pushed = `${PROJECT}/subscriptions/pushed`;
    const pushConfig = { pushEndpoint: "https://elsewhere.test/" };
    const expirationPolicy = { ttl: { seconds: day } };
    simulator.declareSubscription({ name: pushed, topic: TOPIC, pushConfig, expirationPolicy });
    const client = new AbortController();
    const open = openStream(simulator, cloud, client.signal);
    for (let days = 0; days < 3; days++) await cloud.clock.advance({ seconds: day });
    expect([...simulator.state.subscriptions.keys()]).to.deep.equal([RUNNER]);
    client.abort();
    await open;
    await cloud.clock.advance({ seconds: day });
    expect([...simulator.state.subscriptions.keys()]).to.deep.equal([]);
  });

  it("forgets the messages that nobody came for within the retention", async () => {
    const { cloud, simulator, publish, pull } = planTopic({
      messageRetentionDuration: { seconds: 600 },
    });
    const backlog = simulator.state.subscriptions.get(RUNNER)?.backlog;
    for (let minute = 0; minute < 30; minute++) {
      await publish([String(minute)]);
      await cloud.clock.advance({ seconds: 60 });
    }
    expect([...(backlog?.entries ?? [])]).to.have.length(11);
    expect(texts(await pull())).to.deep.equal(
      Array.from({ length: 10 }, (_, index) => String(index + 20)),
    );
  });

  it("lets every message be acknowledged once by a consumer that does, whatever fails before", async () => {
    const message = fc.record({ nacks: fc.nat(6), key: fc.constantFrom("", "a", "b") });
    const check = async (
      messages: readonly { nacks: number; key: string }[],
      isOrdered: boolean,
    ): Promise<void> => {
      const { cloud, publish, pull, ack, nack } = planTopic({
        enableMessageOrdering: isOrdered,
        retryPolicy: { minimumBackoff: { seconds: 1 }, maximumBackoff: { seconds: 4 } },
      });
      for (const [index, { key }] of messages.entries()) {
        await publish([{ data: Buffer.from(String(index)), orderingKey: key }]);
      }
      const acked: string[] = [];
      const left = new Map(messages.map(({ nacks }, index) => [String(index), nacks]));
      for (let round = 0; round < 500 && acked.length < messages.length; round++) {
        for (const received of await pull(RUNNER, 3)) {
          const [text = ""] = texts([received]);
          const nacks = left.get(text) ?? 0;
          left.set(text, nacks - 1);
          if (nacks > 0) await nack([received]);
          else {
            acked.push(text);
            await ack([received]);
          }
        }
        await cloud.clock.advance({ seconds: 1 });
      }
      await cloud.clock.advance({ seconds: 3600 });
      expect(await pull()).to.deep.equal([]);
      expect(acked.toSorted()).to.deep.equal([...left.keys()].toSorted());
      if (!isOrdered) return;
      for (const key of ["a", "b"]) {
        const ofKey = acked.map(Number).filter((index) => messages[index]?.key === key);
        expect(ofKey).to.deep.equal(ofKey.toSorted((a, b) => a - b));
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(message, { maxLength: 12 }), fc.boolean(), check), {
      numRuns: 40,
    });
  });

  it("forwards a message after as many refusals or missed deadlines as the policy says, and no other", async () => {
    const check = async (maxDeliveryAttempts: number, failures: readonly number[]) => {
      const { cloud, simulator, publish, pull, ack, nack } = planTopic({
        deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts },
      });
      const dead = `${PROJECT}/subscriptions/dead`;
      simulator.declareSubscription({ name: dead, topic: DEAD });
      await publish(failures.map(String));
      const acked: string[] = [];
      for (let round = 1; round <= 20; round++) {
        for (const received of await pull()) {
          const [text = ""] = texts([received]);
          expect(received.deliveryAttempt).to.equal(round);
          if (round > Number(text)) {
            acked.push(text);
            await ack([received]);
          } else if (round % 2 === 0) await nack([received]);
        }
        await cloud.clock.advance({ seconds: 10 });
      }
      const forwarded = failures.filter((count) => count >= maxDeliveryAttempts);
      expect(
        texts(await pull(dead))
          .map(Number)
          .toSorted(),
      ).to.deep.equal(forwarded.toSorted());
      const others = failures.filter((count) => count < maxDeliveryAttempts);
      expect(acked.map(Number).toSorted()).to.deep.equal(others.toSorted());
    };
    const failures = fc.array(fc.nat(15), { minLength: 1, maxLength: 8 });
    await fc.assert(fc.asyncProperty(fc.integer({ min: 5, max: 12 }), failures, check), {
      numRuns: 30,
    });
  });
});
