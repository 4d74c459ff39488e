/** One topic of Pub/Sub on a fake cloud, with a subscription where a test wants one. */
import type { protos } from "@google-cloud/pubsub";
import { pubSub, type PubSub } from "../../../../local/google/pubsub/index.ts";
import { FakeCloud, callMethod } from "../../../support/fake-cloud.ts";

export type Subscription = protos.google.pubsub.v1.ISubscription;
export type Message = protos.google.pubsub.v1.IPubsubMessage;
export type Received = protos.google.pubsub.v1.IReceivedMessage;

export const PROJECT = "projects/switchyard-dev";
export const TOPIC = `${PROJECT}/topics/plan`;
export const DEAD = `${PROJECT}/topics/plan-dead`;
export const RUNNER = `${PROJECT}/subscriptions/plan-runner`;
export const ENDPOINT = "https://plan-runner-223080314602.us-central1.run.app/pubsub/push";
export const PUSHER = "pubsub-push-sa@switchyard-dev.iam.gserviceaccount.com";
export const AGENT = "serviceAccount:service-223080314602@gcp-sa-pubsub.iam.gserviceaccount.com";

/** Pushed to plan-runner with a token, as the plan-runner document has it. */
export const PUSHED: Subscription = {
  pushConfig: {
    pushEndpoint: ENDPOINT,
    oidcToken: {
      serviceAccountEmail: PUSHER,
      audience: "https://plan-runner-223080314602.us-central1.run.app",
    },
  },
};

export interface PlanTopic {
  readonly cloud: FakeCloud;
  readonly simulator: PubSub;
  /** Calls an API method as the developer. */
  readonly call: <Response = unknown>(method: string, request: object) => Promise<Response>;
  /** Publishes messages to TOPIC, or to another topic; a text stands for its data. Returns their ids. */
  readonly publish: (messages: (string | Message)[], topic?: string) => Promise<string[]>;
  /** Pulls what is there now. */
  readonly pull: (subscription?: string, maxMessages?: number) => Promise<Received[]>;
  readonly ack: (messages: readonly Received[], subscription?: string) => Promise<unknown>;
  readonly nack: (messages: readonly Received[], subscription?: string) => Promise<unknown>;
  /** What the log says. */
  readonly lines: () => string[];
  /** Bodies of the push requests. */
  readonly pushed: () => Envelope[];
}

export interface Envelope {
  readonly message: Readonly<Record<string, unknown>>;
  readonly subscription: string;
  readonly deliveryAttempt?: number;
}

/** A fresh simulator with TOPIC, DEAD and, where it is given, RUNNER on TOPIC. */
export function planTopic(subscription?: Subscription): PlanTopic {
  const cloud = new FakeCloud();
  const simulator = pubSub(cloud);
  simulator.declareTopic({ name: TOPIC });
  simulator.declareTopic({ name: DEAD });
  if (subscription) {
    simulator.declareSubscription({ name: RUNNER, topic: TOPIC, ...subscription });
  }
  const call: PlanTopic["call"] = (method, request) =>
    callMethod(simulator, cloud, method, request);
  return {
    cloud,
    simulator,
    call,
    publish: async (messages, topic = TOPIC) => {
      const contents = messages.map((m) => (typeof m === "string" ? { data: Buffer.from(m) } : m));
      const request = { topic, messages: contents };
      const { messageIds } = await call<{ messageIds: string[] }>("Publish", request);
      return messageIds;
    },
    pull: async (name = RUNNER, maxMessages = 100) => {
      const request = { subscription: name, maxMessages, returnImmediately: true };
      return (await call<{ receivedMessages: Received[] }>("Pull", request)).receivedMessages;
    },
    ack: (messages, name = RUNNER) =>
      call("Acknowledge", { subscription: name, ackIds: messages.map(({ ackId }) => ackId) }),
    nack: (messages, name = RUNNER) =>
      call("ModifyAckDeadline", {
        subscription: name,
        ackIds: messages.map(({ ackId }) => ackId),
        ackDeadlineSeconds: 0,
      }),
    lines: () => cloud.lines.map(({ message }) => message),
    pushed: () =>
      cloud.requests.map(({ body }) => {
        if (!Buffer.isBuffer(body)) throw new TypeError("a push has its body at hand");
        return JSON.parse(body.toString()) as Envelope;
      }),
  };
}

/** The data of deliveries, as text. */
export function texts(messages: readonly Received[]): string[] {
  return messages.map(({ message }) => Buffer.from(message?.data as Buffer).toString());
}
