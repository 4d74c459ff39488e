/**
 * Records the program in a thread of its own: a changed file of the program is then really read again, and the
 * command that started the thread never loads Pulumi.
 */
import { parentPort, workerData } from "node:worker_threads";
import { startBundling } from "./bundles.ts";
import type { RecordRequest } from "./recorded.ts";
import { stackValues } from "./stack-values.ts";

const { stack, known } = workerData as RecordRequest;
// Bundling goes on while Pulumi loads here, which takes as long, and a key is generated.
const bundleOf = startBundling();
const values = stackValues(stack, known);
values.catch(() => undefined);
const { recorded } = await import("./recorded.ts");
parentPort?.postMessage(await recorded(stack, values, bundleOf));
