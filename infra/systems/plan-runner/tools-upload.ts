/** `npm run tools:upload`: puts what plan-executor plans with into the bucket it fetches it from. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar";
import { readArguments } from "../../commands/arguments.ts";
import { requireSystem, runCommand, stackConfig } from "../../commands/command.ts";
import { ConfigError } from "../../config/errors.ts";
import type { PlanRunnerConfig } from "./config.ts";
import { SYSTEM } from "./access.ts";
import { providerObject, toolsBucket, TOFU_PLATFORM, tofuObject } from "./tools.ts";

const USAGE = `Usage: npm run tools:upload -- [--stack NAME] [--archive FILE]

Downloads the official OpenTofu release that the stack pins (tofuVersion), checks it against tofuSha256 and uploads it
to the stack's tools bucket, with the providers that the stack mirrors (planProviders). Run it once before the first
plan, and again whenever one of these keys changes. Uploads with your own Google credentials:
gcloud auth application-default login.

  --stack NAME     the stack whose Pulumi.NAME.yaml is read (default: dev)
  --archive FILE   an archive that is here already, instead of the download
  --help           this text`;

runCommand(async (args) => {
  const { values } = readArguments(args, {
    options: {
      stack: { type: "string", default: "dev" },
      archive: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const config = stackConfig(values.stack);
  requireSystem(config, SYSTEM, values.stack);
  await upload(config, values.archive);
});

async function upload(config: PlanRunnerConfig, given: string | undefined): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "switchyard-tools-"));
  try {
    const archive = given ?? (await download(config.tofuVersion, folder));
    await check(archive, config.tofuSha256);
    // Everything that may be refused on this machine comes before the first upload.
    const mirror = config.planProviders.length > 0 ? await mirrorOf(config, archive, folder) : [];
    await put(config, [{ object: tofuObject(config.tofuVersion), file: archive }, ...mirror]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function download(version: string, folder: string): Promise<string> {
  const name = `tofu_${version}_${TOFU_PLATFORM}.tar.gz`;
  const url = `https://github.com/opentofu/opentofu/releases/download/v${version}/${name}`;
  console.log(`Downloading ${url}`);
  const response = await fetch(url).catch(unreachable(url));
  if (!response.ok) {
    throw new ConfigError(`${url} answered ${response.status}; is tofuVersion a release?`, []);
  }
  const file = join(folder, name);
  const content = await response.arrayBuffer().catch(unreachable(url));
  await writeFile(file, Buffer.from(content));
  return file;
}

function unreachable(url: string): (error: unknown) => never {
  return (error) => {
    // What fetch throws says nothing itself.
    const { cause } = error as { cause?: unknown };
    throw new ConfigError(`${url} cannot be downloaded: ${sentenceOf(cause ?? error)}`, []);
  };
}

async function check(archive: string, expected: string): Promise<void> {
  const content = await readFile(archive).catch((error: unknown) => {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${archive} cannot be read (${code}).`, []);
  });
  const found = createHash("sha256").update(content).digest("hex");
  if (found === expected) return;
  throw new ConfigError(
    `${archive} is not what the stack pins: its sha256 is ${found}, tofuSha256 is ${expected}. Nothing was uploaded.`,
    [],
  );
}

interface Upload {
  readonly object: string;
  readonly file: string;
}

/** The providers as `tofu providers mirror` downloads and verifies them: the archives of the release, not unpacked. */
async function mirrorOf(
  { planProviders }: PlanRunnerConfig,
  archive: string,
  folder: string,
): Promise<Upload[]> {
  await extract({ file: archive, cwd: folder }, ["tofu"]);
  const required = planProviders.map(
    ({ source, version }, index) => [`p${index}`, { source, version }] as const,
  );
  const configuration = { terraform: { required_providers: Object.fromEntries(required) } };
  await writeFile(join(folder, "providers.tf.json"), JSON.stringify(configuration));
  const mirror = join(folder, "mirror");
  const args = ["providers", "mirror", `-platform=${TOFU_PLATFORM}`, mirror];
  const tofu = spawn(join(folder, "tofu"), args, { cwd: folder, stdio: "inherit" });
  const [code] = (await once(tofu, "exit").catch((error: unknown) => {
    const rule = `It is a program for ${TOFU_PLATFORM}: planProviders needs such a machine.`;
    throw new ConfigError(`The release does not run here: ${sentenceOf(error)}. ${rule}`, []);
  })) as [number | null];
  if (code !== 0) throw new ConfigError("tofu providers mirror failed. Nothing was uploaded.", []);
  return planProviders.map((provider) => {
    const object = providerObject(provider);
    return { object, file: join(mirror, object.replace(/^providers\//, "")) };
  });
}

async function put(config: PlanRunnerConfig, uploads: readonly Upload[]): Promise<void> {
  const { Storage } = await import("@google-cloud/storage");
  const bucket = new Storage({ projectId: config.project }).bucket(toolsBucket(config));
  for (const { object, file } of uploads) {
    console.log(`Uploading gs://${bucket.name}/${object}`);
    try {
      await pipeline(createReadStream(file), bucket.file(object).createWriteStream());
    } catch (error) {
      const what = `gs://${bucket.name}/${object} could not be uploaded`;
      throw new ConfigError(`${what}: ${sentenceOf(error)}`, []);
    }
  }
  console.log("Done. plan-executor takes it up at its next cold start.");
}

/** The first line: what Google's client throws may hold a whole answer. */
function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split("\n")[0] ?? "";
}
