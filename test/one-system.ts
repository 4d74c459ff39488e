/** `npm run test:system`: the tests of one system, which are found by what it declares and what its roles are made of. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative, sep } from "node:path";
import { readArguments, UsageError } from "../infra/commands/arguments.ts";
import { bundle, type Bundle } from "../infra/bundle/bundle.ts";
import { runCommand } from "../infra/commands/command.ts";
import type { PlatformConfig } from "../infra/config/config.ts";
import { record } from "../local/declared/record.ts";
import { DECLARES } from "../local/google/declares.ts";
import { devConfig } from "./support/recorded.ts";

const USAGE = `Usage: npm run test:system -- SYSTEM [-- MOCHA'S OPTIONS]

Runs the tests of one system: of its config, its resources and access, its roles and all that they are made of, the
Google services that it uses, its stories, its demo. Format, lint and types are left to npm run check.

  SYSTEM   as a stack names it in its \`systems\`
  --list   only names the files
  --help   this text`;

const ROOT = join(import.meta.dirname, "..");

/** The test files of the config's systems, from the root, in order. */
export async function testsOf(config: PlatformConfig): Promise<string[]> {
  const bundles: Bundle[] = [];
  const { registrations } = await record(config, "dev", async (role) => {
    const made = await bundle(role, { root: ROOT });
    bundles.push(made);
    return made;
  });
  const sources = bundles.flatMap(({ inputs }) => inputs.map((file) => relative(ROOT, file)));
  const folders = new Set(sources.map((file) => file.split(sep).slice(0, 2).join("/")));
  const types = new Set(registrations.map(({ type }) => type));
  const services = DECLARES.filter(({ declares }) =>
    Object.keys(declares).some((type) => types.has(type)),
  );
  const patterns = [
    ...config.systems.flatMap((system) => [
      `test/infra/systems/${system}/**/*.test.ts`,
      `test/local/systems/${system}/**/*.test.ts`,
      `test/systems/${system}/**/*.test.ts`,
    ]),
    ...[...folders].map((folder) => `test/${folder}/**/*.test.ts`),
    ...services.map(({ name }) => `test/local/google/${name}/**/*.test.ts`),
  ];
  return [...new Set(globSync(patterns, { cwd: ROOT }))].sort();
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, {
    options: {
      list: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const [system, ...options] = positionals;
  if (system === undefined) throw new UsageError("Which system? (--help says how it is named)");
  const files = await testsOf(devConfig({ systems: [system] }));
  if (values.list) console.log(files.join("\n"));
  else process.exitCode = await mocha([...options, ...files]);
}

/** Runs mocha as npm test does. Returns its exit code. */
async function mocha(args: readonly string[]): Promise<number> {
  const program = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");
  const child = spawn(process.execPath, [program, ...args], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

if (import.meta.main) runCommand(main);
