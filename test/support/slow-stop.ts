/** A program that has a run folder, is asked to stop, and takes longer about it than anybody waits. */
import { createRunFolder } from "../../local/run-folder.ts";
import { stopSignals } from "../../local/command/stop-signals.ts";

/** Longer than the time in which two signals are one request. */
const NEXT_REQUEST_MS = 350;
const LONGER_THAN_ANYBODY_WAITS_MS = 600_000;

const signals = stopSignals();
await createRunFolder();
if (process.argv.includes("--started")) signals.started();
console.log("running");
setTimeout(() => undefined, LONGER_THAN_ANYBODY_WAITS_MS);
await signals.asked;
setTimeout(() => console.log("still stopping"), NEXT_REQUEST_MS);
