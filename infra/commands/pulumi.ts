/** `npm run pulumi`: the person's own Pulumi CLI. npm has put our Node first in PATH, which is what runs the program. */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const MISSING = `The Pulumi CLI is not on your PATH. No npm package carries it; install it once:
  https://www.pulumi.com/docs/install/
and log in to a backend (pulumi login, or pulumi login --local). Then run this command again.`;

const child = spawn("pulumi", process.argv.slice(2), { stdio: "inherit" });
// The terminal sends Ctrl-C to both; Pulumi decides how to end an update.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.once("error", (error: NodeJS.ErrnoException) => {
  console.error(error.code === "ENOENT" ? MISSING : error.message);
  process.exitCode = 1;
});
child.once("exit", (code, signal) => {
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
});
