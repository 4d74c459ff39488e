/** One push request from token to answer. Asks IAM what Google asks at that moment. */
import { addAbortSignal } from "node:stream";
import { finished } from "node:stream/promises";
import type { Headers, LocalResponse } from "../../../http/message.ts";
import type { Cloud } from "../../api.ts";
import type { Entry } from "../backlog.ts";
import type { PushSettings } from "../subscriptions/push-settings.ts";
import type { Subscription } from "../topics/topics.ts";
import { agentOf } from "./agent.ts";

/** How a request ended: the endpoint answered, or no answer came and `reason` says why. */
export type Answer =
  | {
      readonly answered: true;
      readonly status: number;
      /** Why the endpoint's front end refused the request, where it said so. */
      readonly why?: string | undefined;
    }
  | { readonly answered: false; readonly reason: string };

/** cloud.google.com/pubsub/docs/push: "102, 200, 201, 202, 204"; every other status is a refusal. */
const ACKNOWLEDGING = new Set([102, 200, 201, 202, 204]);

export function acknowledges(answer: Answer): boolean {
  return answer.answered && ACKNOWLEDGING.has(answer.status);
}

/** Sends the message and reads the answer to its end. Never rejects. */
export async function push(
  cloud: Cloud,
  subscription: Subscription,
  settings: PushSettings,
  entry: Entry,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const headers = await headersOf(cloud, settings);
    const body = Buffer.from(JSON.stringify(envelopeOf(subscription, entry)));
    const url = new URL(settings.endpoint);
    const response = await cloud.send({ method: "POST", url, headers, body, signal });
    await discard(response, signal);
    return { answered: true, status: response.status, why: response.why };
  } catch (error) {
    return { answered: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The wrapped form, every field in it as cloud.google.com/pubsub/docs/push shows it. */
function envelopeOf(subscription: Subscription, { message, failures }: Entry): object {
  const { id, data, attributes, orderingKey } = message;
  const publishedAt = new Date(message.publishedAt).toISOString();
  return {
    ...(subscription.settings.deadLetter && { deliveryAttempt: failures + 1 }),
    message: {
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(data.length > 0 && { data: data.toString("base64") }),
      messageId: id,
      message_id: id,
      ...(orderingKey !== "" && { orderingKey }),
      publishTime: publishedAt,
      publish_time: publishedAt,
    },
    subscription: subscription.name,
  };
}

/** `User-Agent` as public recordings of push requests have it. */
async function headersOf(cloud: Cloud, { oidcToken }: PushSettings): Promise<Headers> {
  return [
    ["Content-Type", "application/json"],
    ["Accept", "application/json"],
    ["User-Agent", "APIs-Google; (+https://developers.google.com/webmasters/APIs-Google.html)"],
    ...(oidcToken === undefined
      ? []
      : ([["Authorization", `Bearer ${await openIdToken(cloud, oidcToken)}`]] as const)),
  ];
}

/** Signed as the subscription's account, for which Pub/Sub's service agent must be allowed to ask. */
async function openIdToken(
  cloud: Cloud,
  { email, audience }: { readonly email: string; readonly audience: string },
): Promise<string> {
  cloud.authorize({
    principal: agentOf(cloud),
    permission: "iam.serviceAccounts.getOpenIdToken",
    resource: `projects/${cloud.projectId}/serviceAccounts/${email}`,
  });
  return cloud.identity.idToken({ email, audience });
}

/** Nobody reads the answer, but it has to arrive. With the attempt ends the stream, and what stands behind it is free. */
async function discard({ body }: LocalResponse, signal: AbortSignal): Promise<void> {
  if (Buffer.isBuffer(body)) return;
  await finished(addAbortSignal(signal, body).resume());
}
