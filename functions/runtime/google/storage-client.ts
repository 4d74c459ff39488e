// A file of its own, loaded at first use: a request that is refused should not pay for the client.
export { IdempotencyStrategy, Storage } from "@google-cloud/storage";
