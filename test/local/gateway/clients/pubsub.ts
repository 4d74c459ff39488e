/** Run as a process of its own: Google's Pub/Sub client as anyone would use it. Prints one JSON line. */
import { PubSub, type Message } from "@google-cloud/pubsub";

const pubsub = new PubSub();
const [topic] = await pubsub.createTopic("plan");
const [subscription] = await topic.createSubscription("plan-runner");
const received = new Promise<Message>((resolve, reject) => {
  subscription.on("message", resolve);
  subscription.on("error", reject);
});
await topic.publishMessage({ json: { pr: 1 }, attributes: { kind: "pr" } });
const message = await received;
await message.ackWithResponse();
await subscription.close();
await pubsub.close();
const { data, attributes } = message;
console.log(JSON.stringify({ data: data.toString(), attributes }));
