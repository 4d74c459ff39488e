// A file of its own, loaded at first use: the generated client alone, without the batching publisher and the subscribers
// around it, of which an instance that sleeps between requests has no use.
export { PublisherClient } from "@google-cloud/pubsub/build/src/v1/publisher_client.js";
