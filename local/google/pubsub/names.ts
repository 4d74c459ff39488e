/** Resource names of Pub/Sub and the refusal of malformed ones. Source: pubsub.proto, Topic.name and Subscription.name. */
import { invalid } from "./fields.ts";

type Name = string | null | undefined;

const PROJECT = /^projects\/[A-Za-z0-9:.-]+$/;
const RESOURCE =
  /^(?<project>projects\/[A-Za-z0-9:.-]+)\/(?<kind>topics|subscriptions)\/(?!goog)[A-Za-z][\w.~+%-]{2,254}$/;

/** What Subscription.topic says after its topic was deleted. */
export const DELETED_TOPIC = "_deleted-topic_";

/** Throws INVALID_ARGUMENT for anything but `projects/P`. */
export function checkProject(name: Name): string {
  if (typeof name === "string" && PROJECT.test(name)) return name;
  throw malformed(name);
}

/** Throws INVALID_ARGUMENT for anything but `projects/P/topics/T`. */
export function checkTopic(name: Name): string {
  return check(name, "topics");
}

/** Throws INVALID_ARGUMENT for anything but `projects/P/subscriptions/S`. */
export function checkSubscription(name: Name): string {
  return check(name, "subscriptions");
}

/** `projects/P` of a topic's or a subscription's name that was checked. */
export function projectOf(name: string): string {
  return name.split("/", 2).join("/");
}

function check(name: Name, kind: string): string {
  if (typeof name === "string" && RESOURCE.exec(name)?.groups?.kind === kind) return name;
  throw malformed(name);
}

function malformed(name: Name): Error {
  return invalid(
    `Invalid resource name given (name=${name ?? ""}). Refer to https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names for more information.`,
  );
}
