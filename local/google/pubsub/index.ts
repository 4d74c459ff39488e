/**
 * Pub/Sub v1 on one machine: method → operation, permission and resource. It may import what is beside it, `../types.ts`
 * and the shared shapes of local/, never another simulator. Snapshots, seeking, detaching and schemas are missing.
 */
import type { protos } from "@google-cloud/pubsub";
import type { Cloud, Method, ProtoSimulator, StreamingMethod } from "../api.ts";
import { iamMethods } from "../iam-methods.ts";
import type { RunsService, SliceOf } from "../service.ts";
import { pubsub as declares } from "./declared.ts";
import { Courier } from "./delivery/courier.ts";
import { checkProject, checkSubscription, checkTopic, projectOf } from "./names.ts";
import * as pulls from "./pull/pull-operations.ts";
import { PubSubState } from "./state.ts";
import type { Subscription, Topic } from "./topics/topics.ts";
import { streamingPull } from "./pull/streaming-pull.ts";
import * as subscriptions from "./subscriptions/subscription-operations.ts";
import { subscriptionSettingsOf } from "./subscriptions/subscription-settings.ts";
import type {
  SubscriptionMessage,
  SubscriptionSettings,
} from "./subscriptions/subscription-settings.ts";
import * as topics from "./topics/topic-operations.ts";
import { topicSettingsOf } from "./topics/topic-settings.ts";

type TopicMessage = protos.google.pubsub.v1.ITopic;

export interface PubSub extends ProtoSimulator<PubSubState> {
  /** Creates a declared topic, or changes its settings, without asking IAM. Throws what CreateTopic throws. */
  declareTopic(topic: TopicMessage): void;
  /** Deletes a declared topic; one that does not exist is left alone. */
  removeTopic(name: string): void;
  /**
   * Creates a declared subscription, or changes its settings, without asking IAM. One whose topic, filter or ordering
   * changes is made anew, as a deployment would, and loses what it holds. Throws what CreateSubscription throws, so its
   * topics come first.
   */
  declareSubscription(subscription: SubscriptionMessage): void;
  /** Deletes a declared subscription with its messages; one that does not exist is left alone. */
  removeSubscription(name: string): void;
  /** Ends what is under way and delivers nothing more. */
  stop(): void;
}

/** Pub/Sub for the given cloud, without topics. */
export function pubSub(cloud: Cloud): PubSub {
  const known = new Map<string, Topic>();
  const courier = new Courier(cloud, known);
  const state = new PubSubState(known, courier);
  return {
    ...PUBSUB_API,
    state,
    methods: METHODS,
    streams: STREAMS,
    declareTopic(message) {
      const name = checkTopic(message.name);
      const settings = topicSettingsOf(message);
      const topic = state.topics.get(name);
      if (topic === undefined) state.addTopic(name, settings);
      else topic.settings = settings;
    },
    removeTopic(name) {
      const topic = state.topics.get(name);
      if (topic !== undefined) state.deleteTopic(topic);
    },
    declareSubscription(message) {
      const name = checkSubscription(message.name);
      const settings = subscriptionSettingsOf(message);
      const topic = topics.existingTopic(state, message.topic);
      subscriptions.checkDeadLetterTopic(state, settings);
      const subscription = state.subscriptions.get(name);
      if (subscription !== undefined && !isReplaced(subscription, topic, settings)) {
        state.configure(subscription, settings);
        return;
      }
      if (subscription !== undefined) state.deleteSubscription(subscription);
      state.addSubscription(name, topic, settings, cloud.clock.now());
    },
    removeSubscription(name) {
      const subscription = state.subscriptions.get(name);
      if (subscription !== undefined) state.deleteSubscription(subscription);
    },
    stop: () => courier.stop(),
  };
}

/** Pub/Sub as a part of the local cloud. */
export const pubsubService: RunsService<SliceOf<typeof declares>> = {
  declares,
  start: (cloud) => {
    const simulator = pubSub(cloud);
    return {
      apis: [simulator],
      takes: {
        // A subscription is refused where a topic that it names is missing.
        topic: {
          declare: (topic) => simulator.declareTopic(topic),
          remove: (name) => simulator.removeTopic(name),
        },
        subscription: {
          declare: (subscription) => simulator.declareSubscription(subscription),
          remove: (name) => simulator.removeSubscription(name),
        },
      },
      stop: () => simulator.stop(),
    };
  },
};

/** Where the API is and what describes it. */
const PUBSUB_API = {
  host: "pubsub.googleapis.com",
  descriptors: "@google-cloud/pubsub/build/protos/protos.json",
  service: [
    "google.pubsub.v1.Publisher",
    "google.pubsub.v1.Subscriber",
    "google.pubsub.v1.SchemaService",
  ],
  mixins: [
    {
      // Pub/Sub's own package lacks this service.
      descriptors: "@google-cloud/tasks/build/protos",
      service: "google.iam.v1.IAMPolicy",
      // googleapis/googleapis: google/pubsub/v1/pubsub_v1.yaml
      paths: {
        GetIamPolicy: onBoth("GET", "getIamPolicy"),
        SetIamPolicy: onBoth("POST", "setIamPolicy"),
        TestIamPermissions: onBoth("POST", "testIamPermissions"),
      },
    },
  ],
} as const;

function onBoth(method: string, verb: string): readonly string[] {
  return ["topics", "subscriptions"].map(
    (collection) => `${method} /v1/{resource=projects/*/${collection}/*}:${verb}`,
  );
}

function isTopic(name: string | null | undefined): boolean {
  return name?.split("/").at(-2) === "topics";
}

/** What cannot be changed on a subscription that exists. */
function isReplaced(
  { topic, settings }: Subscription,
  wantedTopic: Topic,
  wanted: SubscriptionSettings,
): boolean {
  return (
    topic !== wantedTopic ||
    settings.filter?.text !== wanted.filter?.text ||
    settings.isOrdered !== wanted.isOrdered
  );
}

interface Named {
  readonly name?: string | null;
}
interface OfTopic {
  readonly topic?: string | null;
}
interface OfSubscription {
  readonly subscription?: string | null;
}
interface OfProject {
  readonly project?: string | null;
}

const byTopic = ({ topic }: OfTopic): string => checkTopic(topic);
const bySubscription = ({ subscription }: OfSubscription): string =>
  checkSubscription(subscription);
const byProject = ({ project }: OfProject): string => checkProject(project);
const projectOfTopic = ({ name }: Named): string => projectOf(checkTopic(name));
/** The name may be left to the server, which then takes the topic's project. */
const projectOfSubscription = ({ name, topic }: Named & OfTopic): string =>
  projectOf((name ?? "") === "" ? checkTopic(topic) : checkSubscription(name));

/** Permissions: cloud.google.com/pubsub/docs/access-control. */
const METHODS: Readonly<Record<string, Method<PubSubState>>> = {
  CreateTopic: method(topics.createTopic, "pubsub.topics.create", projectOfTopic),
  GetTopic: method(topics.getTopic, "pubsub.topics.get", byTopic),
  ListTopics: method(topics.listTopics, "pubsub.topics.list", byProject),
  UpdateTopic: method(topics.updateTopic, "pubsub.topics.update", (r) => checkTopic(r.topic?.name)),
  DeleteTopic: method(topics.deleteTopic, "pubsub.topics.delete", byTopic),
  ListTopicSubscriptions: method(topics.listTopicSubscriptions, "pubsub.topics.get", byTopic),
  Publish: method(topics.publish, "pubsub.topics.publish", byTopic),
  CreateSubscription: method(
    subscriptions.createSubscription,
    "pubsub.subscriptions.create",
    projectOfSubscription,
  ),
  GetSubscription: method(
    subscriptions.getSubscription,
    "pubsub.subscriptions.get",
    bySubscription,
  ),
  ListSubscriptions: method(
    subscriptions.listSubscriptions,
    "pubsub.subscriptions.list",
    byProject,
  ),
  UpdateSubscription: method(subscriptions.updateSubscription, "pubsub.subscriptions.update", (r) =>
    checkSubscription(r.subscription?.name),
  ),
  ModifyPushConfig: method(
    subscriptions.modifyPushConfig,
    "pubsub.subscriptions.update",
    bySubscription,
  ),
  ...iamMethods<PubSubState>({
    governed: (name) =>
      isTopic(name)
        ? { permissions: "pubsub.topics", on: { resource: checkTopic(name) } }
        : { permissions: "pubsub.subscriptions", on: { resource: checkSubscription(name) } },
    existing: (name, { state }) =>
      isTopic(name)
        ? topics.existingTopic(state, name)
        : subscriptions.existingSubscription(state, name),
  }),
  DeleteSubscription: method(
    subscriptions.deleteSubscription,
    "pubsub.subscriptions.delete",
    bySubscription,
  ),
  Pull: method(pulls.pull, "pubsub.subscriptions.consume", bySubscription),
  Acknowledge: method(pulls.acknowledge, "pubsub.subscriptions.consume", bySubscription),
  ModifyAckDeadline: method(
    pulls.modifyAckDeadline,
    "pubsub.subscriptions.consume",
    bySubscription,
  ),
};

const STREAMS: Readonly<Record<string, StreamingMethod<PubSubState>>> = {
  StreamingPull: {
    operation: streamingPull,
    needs: (request) => [
      { permission: "pubsub.subscriptions.consume", resource: bySubscription(request) },
    ],
  } satisfies StreamingMethod<
    PubSubState,
    protos.google.pubsub.v1.IStreamingPullRequest,
    protos.google.pubsub.v1.IStreamingPullResponse
  >,
};

function method<Request>(
  operation: Method<PubSubState, Request>["operation"],
  permission: string,
  resource: (request: Request) => string,
): Method<PubSubState, Request> {
  return { operation, needs: (request) => [{ permission, resource: resource(request) }] };
}
