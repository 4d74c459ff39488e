/** `npm run verify`: whether a running service does what its document says, deployed or local. */
import { readArguments, UsageError } from "../../../commands/arguments.ts";
import { requireSystem, runCommand, stackConfig } from "../../../commands/command.ts";
import { runsBucket as nameOfBucket, SYSTEM } from "../names.ts";
import { health, healthWithKey } from "./health.ts";
import { launched } from "./launched.ts";
import { originIn } from "./origin.ts";
import { Report } from "./report.ts";
import { retried } from "./retried.ts";
import { runsBucket } from "./runs-bucket.ts";
import type { Scene } from "./scene.ts";
import { serviceAt } from "./service.ts";
import { hiddenBeside, writtenBeside } from "./written-beside.ts";

const USAGE = `Usage: npm run verify -- --base-url URL [--stack NAME] [--without-key]

Checks a running scenarioforge, as its document's script and checklist do: writes a run into the bucket beside the
service and looks for it, launches a mock run, reads what it made, launches it again, tries a node again, and deletes what
it made. Says what is wrong, and exits with 1.

It takes a key of the service, of the stack's scenarioDefaultTenant, from the variable SCENARIOOPS_API_KEY, and writes into
the bucket with the credentials of whoever runs it:
gcloud auth application-default login
or, in the local cloud: npm run within -- --as scenarioforge npm run verify -- …

  --base-url URL  where the service answers: https://…, or http:// on this machine (default: SCENARIOOPS_API_BASE)
  --stack NAME    the stack whose bucket is written, by its Pulumi.NAME.yaml (default: dev)
  --without-key   only what anybody may do
  --help          this text`;

/** Of the service's own keys. A shorter text could be in any answer. */
const MIN_KEY_LENGTH = 16;

runCommand(async (args) => {
  const { values } = readArguments(args, {
    options: {
      "base-url": { type: "string", default: process.env.SCENARIOOPS_API_BASE },
      stack: { type: "string", default: "dev" },
      "without-key": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const origin = originIn(values["base-url"]);
  const key = values["without-key"] ? undefined : keyIn(process.env);
  const report = new Report(console.log, key === undefined ? [] : [key]);
  const scene = sceneOf(values.stack, origin, report);
  if (key === undefined) await withoutKey(scene);
  else await everything(scene, origin, key);
  console.log(report.sum);
  if (report.wrong > 0) process.exitCode = 1;
});

function keyIn({ SCENARIOOPS_API_KEY: key = "" }: NodeJS.ProcessEnv): string {
  if (key.length >= MIN_KEY_LENGTH) return key;
  if (key !== "") {
    throw new UsageError(`SCENARIOOPS_API_KEY must have at least ${MIN_KEY_LENGTH} characters`);
  }
  throw new UsageError(
    "SCENARIOOPS_API_KEY is not set; --without-key checks what anybody may do (--help says what there is)",
  );
}

function sceneOf(stack: string, origin: string, report: Report): Scene {
  const config = stackConfig(stack);
  requireSystem(config, SYSTEM, stack);
  return {
    ask: serviceAt(origin),
    bucket: runsBucket({
      project: config.project,
      bucket: nameOfBucket(config),
      prefix: config.scenarioRunsPrefix,
      tenant: config.scenarioDefaultTenant,
    }),
    report,
    now: Date.now,
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
}

async function withoutKey(scene: Scene): Promise<void> {
  const { report } = scene;
  await report.story(() => health(scene));
  await report.story(async () => {
    await writtenBeside(scene);
  });
  report.note("Launching, deleting and hidden runs were not checked: they take a key.");
}

async function everything(scene: Scene, origin: string, key: string): Promise<void> {
  const { report } = scene;
  const keyed = { ...scene, key, keyed: serviceAt(origin, key) };
  await report.story(async () => {
    await health(keyed);
    await healthWithKey(keyed);
  });
  await report.story(async () => hiddenBeside(keyed, await writtenBeside(keyed)));
  await report.story(() => launched(keyed));
  await report.story(() => retried(keyed));
}
