import type { v1 } from "@google-cloud/pubsub";
import { lazy } from "../../runtime/lazy.ts";
import type { PlanAppEnv } from "../env.ts";
import type { Ports } from "../ports.ts";
import { unavailable } from "./unavailable.ts";

/** All attempts together: the client tries again by itself, and GitHub does not wait for long. */
const PUBLISH_TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 10;

type Client = Pick<v1.PublisherClient, "publish">;

/** The topic of plan requests. One request to Pub/Sub publishes all messages, or none. */
export function planTopic(
  { PROJECT_ID, PUBSUB_TOPIC_PLAN }: Pick<PlanAppEnv, "PROJECT_ID" | "PUBSUB_TOPIC_PLAN">,
  makeClient: () => Promise<Client> = newClient,
): Ports["publish"] {
  const client = lazy(makeClient);
  const topic = `projects/${PROJECT_ID}/topics/${PUBSUB_TOPIC_PLAN}`;
  return async (messages) => {
    const wired = messages.map(({ request, attributes }) => ({
      data: Buffer.from(JSON.stringify(request)),
      attributes,
    }));
    try {
      const publisher = await client();
      // The client would gather messages of several calls into one request.
      await publisher.publish(
        { topic, messages: wired },
        { timeout: PUBLISH_TIMEOUT_MS, isBundling: false },
      );
    } catch (error) {
      throw unavailable("Pub/Sub did not take the plan requests", error, RETRY_AFTER_SECONDS);
    }
  };
}

async function newClient(): Promise<Client> {
  const { PublisherClient } = await import("../publisher-client.ts");
  return new PublisherClient();
}
