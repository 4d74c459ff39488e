/** Records the program in a process of its own. */
import { parseConfig } from "../../../infra/config.ts";
import { readStackFile } from "../../../infra/stack-file.ts";
import { plan } from "../../../local/plan.ts";
import { record } from "../../../local/record.ts";
import { answering } from "./answering.ts";

export interface RecordQuestion {
  /** So many workers in place of the dev stack's. Default: those of the dev stack. */
  readonly workers?: number;
}

export interface RecordAnswer {
  /** Milliseconds that recording and planning took. */
  readonly millis: number;
  /** Milliseconds since the process began, which includes loading Pulumi. */
  readonly sinceStartMillis: number;
  readonly resources: number;
}

answering(async ({ workers }: RecordQuestion): Promise<RecordAnswer> => {
  const began = performance.now();
  const values = readStackFile("dev");
  const entries = Array.from({ length: workers ?? 0 }, (_, i) => ({ name: `worker-${i}` }));
  const config = parseConfig(workers === undefined ? values : { ...values, workers: entries });
  const recording = await record(config, "dev");
  plan(recording);
  const now = performance.now();
  return {
    millis: now - began,
    sinceStartMillis: now,
    resources: recording.registrations.length,
  };
});
