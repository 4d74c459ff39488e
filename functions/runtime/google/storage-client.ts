// A file of its own, loaded at first use: a request that is refused should not pay for the client.
import { EventEmitter } from "node:events";

/** Google's client listens eleven times to one stream while it reads what is large; Node would take that for a leak. */
EventEmitter.defaultMaxListeners = 16;

export { IdempotencyStrategy, Storage } from "@google-cloud/storage";
