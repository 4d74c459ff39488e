/** `npm run check`: format, lint and types at once, each tool's output in one piece. Fails where one of them does. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const { resolve } = createRequire(import.meta.url);

/** The slowest begins first. */
const TOOLS = [
  [
    packageFile("eslint", "bin/eslint.js"),
    "--cache",
    "--cache-location",
    "node_modules/.cache/eslint",
    ".",
  ],
  [packageFile("typescript", "bin/tsc")],
  [packageFile("prettier", "bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
];

/** A package's program, which it need not export. */
function packageFile(name: string, file: string): string {
  return join(resolve(`${name}/package.json`), "..", file);
}

function succeeds(args: readonly string[]): Promise<boolean> {
  return new Promise((done) => {
    const options = { cwd: ROOT, maxBuffer: MAX_OUTPUT_BYTES };
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      process.stdout.write(stdout);
      process.stderr.write(stderr);
      done(error === null);
    });
  });
}

const results = await Promise.all(TOOLS.map(succeeds));
if (results.includes(false)) process.exitCode = 1;
