/** Records the program in a process of its own. */
import { parseConfig } from "../../../infra/config/config.ts";
import { Secret } from "../../../infra/secret.ts";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import { declared } from "../../../local/declared/declared.ts";
import { record } from "../../../local/declared/record.ts";
import { answering } from "./answering.ts";

export interface RecordQuestion {
  /** Key → text that stands in for a secret of the dev stack. Made elsewhere, since a key takes its time. */
  readonly secrets: Readonly<Record<string, string>>;
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

answering(async ({ secrets, workers }: RecordQuestion): Promise<RecordAnswer> => {
  const began = performance.now();
  const standIns = Object.entries(secrets).map(([key, text]) => [key, new Secret(text)] as const);
  const values = { ...readStackFile("dev"), ...Object.fromEntries(standIns) };
  const entries = Array.from({ length: workers ?? 0 }, (_, i) => ({ name: `worker-${i}` }));
  const changed = workers === undefined ? values : { ...values, workers: entries };
  const config = parseConfig(changed, SYSTEMS);
  const recording = await record(config, "dev");
  declared(recording);
  const now = performance.now();
  return {
    millis: now - began,
    sinceStartMillis: now,
    resources: recording.registrations.length,
  };
});
