/**
 * Records the program in a thread of its own: a changed file of the program is then really read again, and the
 * command that started the thread never loads Pulumi.
 */
import { parentPort, workerData } from "node:worker_threads";
import { startBundling } from "./bundles.ts";

// Bundling goes on while Pulumi loads here, which takes as long.
const bundleOf = startBundling();
const { planned } = await import("./planned.ts");
parentPort?.postMessage(await planned(workerData as string, bundleOf));
