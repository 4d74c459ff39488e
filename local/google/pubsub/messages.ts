/** Messages: what a publisher may send, and how a subscriber sees it. Sources: pubsub.proto, PubsubMessage; limits.ts. */
import type { protos } from "@google-cloud/pubsub";
import { ownBytes } from "../../http/own-bytes.ts";
import type { Lease } from "./backlog.ts";
import { invalid } from "./fields.ts";
import * as limits from "./limits.ts";
import type { Content, Subscription } from "./topics/topics.ts";
import { protoTime } from "./time.ts";

type PubsubMessage = protos.google.pubsub.v1.IPubsubMessage;

/** The messages of a publish request. Throws INVALID_ARGUMENT for what Pub/Sub refuses; wordings: Google's emulator, or ours. */
export function contentsOf(messages: readonly PubsubMessage[]): Content[] {
  if (messages.length === 0) throw invalid("No messages to publish");
  if (messages.length > limits.MAX_MESSAGES_PER_PUBLISH)
    throw invalid("Too many messages to publish");
  const contents = messages.map(contentOf);
  const bytes = contents.reduce((sum, content) => sum + sizeOf(content), 0);
  if (bytes > limits.MAX_PUBLISH_BYTES) {
    throw invalid(
      `The request is too large: ${bytes} bytes, where ${limits.MAX_PUBLISH_BYTES} is the most.`,
    );
  }
  if (new Set(contents.map(({ orderingKey }) => orderingKey)).size > 1) {
    throw invalid("All messages of a request must have the same ordering key.");
  }
  return contents;
}

/** Bytes that count against limits. */
export function sizeOf({ data, attributes, orderingKey }: Content): number {
  const texts = [orderingKey, ...Object.entries(attributes).flat()];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), data.length);
}

/** A delivery as pulls and streams return it. */
export function receivedMessage(
  { settings }: Subscription,
  { ackId, entry }: Lease,
): protos.google.pubsub.v1.IReceivedMessage {
  const { id, data, attributes, orderingKey, publishedAt } = entry.message;
  return {
    ackId,
    message: { data, attributes, messageId: id, publishTime: protoTime(publishedAt), orderingKey },
    ...(settings.deadLetter && { deliveryAttempt: entry.failures + 1 }),
  };
}

/** Id and time are the server's to give, whatever the message says. */
function contentOf(message: PubsubMessage): Content {
  const content: Content = {
    data: bytesOf(message.data),
    attributes: message.attributes ?? {},
    orderingKey: message.orderingKey ?? "",
  };
  const attributes = Object.entries(content.attributes);
  if (content.data.length === 0 && attributes.length === 0) {
    throw invalid("Some messages are empty");
  }
  atMost("ordering key", Buffer.byteLength(content.orderingKey), limits.MAX_ORDERING_KEY_BYTES);
  atMost("number of attributes", attributes.length, limits.MAX_ATTRIBUTES);
  for (const [key, value] of attributes) {
    if (key === "") throw invalid("An attribute's key must not be empty.");
    atMost("attribute key", Buffer.byteLength(key), limits.MAX_ATTRIBUTE_KEY_BYTES);
    atMost("attribute value", Buffer.byteLength(value), limits.MAX_ATTRIBUTE_VALUE_BYTES);
  }
  return content;
}

function bytesOf(data: PubsubMessage["data"]): Buffer {
  if (data === null || data === undefined) return Buffer.alloc(0);
  return ownBytes(typeof data === "string" ? Buffer.from(data, "base64") : data);
}

function atMost(what: string, given: number, limit: number): void {
  if (given > limit)
    throw invalid(`The ${what} is too large: ${given}, where ${limit} is the most.`);
}
