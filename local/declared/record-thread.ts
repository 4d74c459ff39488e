/**
 * Records the program in a thread of its own: a changed file of the program is then really read again, and the
 * command that started the thread never loads Pulumi.
 */
import { parentPort, workerData } from "node:worker_threads";
import { startBundling } from "./bundles.ts";
import type { RecordRequest } from "./recorded.ts";

const request = workerData as RecordRequest;
// Bundling goes on while Pulumi loads here, which takes as long.
const bundleOf = startBundling();
const { recorded } = await import("./recorded.ts");
parentPort?.postMessage(await recorded(request, bundleOf));
