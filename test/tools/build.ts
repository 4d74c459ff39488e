/** `npm run tools`: builds the OpenTofu that go.mod pins into .tools/, from source, through Go's module proxy. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { runCommand } from "../../infra/commands/command.ts";

const USAGE = `Usage: npm run tools

Builds OpenTofu into .tools/tofu, where the local cloud and the tests look for it.

Needs Go (https://go.dev/dl); the version is pinned in test/tools/go.mod. The first build takes some minutes.`;

const HERE = import.meta.dirname;
const TOFU = join(HERE, "../../.tools/tofu");
const PACKAGE = "github.com/opentofu/opentofu/cmd/tofu";
// What OpenTofu's own release build sets; without it the program calls itself a development version (.goreleaser.yml).
const RELEASE = "-s -w -X github.com/opentofu/opentofu/version.dev=no";

runCommand(async (args) => {
  const { values } = parseArgs({ args: [...args], options: { help: { type: "boolean" } } });
  if (values.help) console.log(USAGE);
  else process.exitCode = await build();
});

async function build(): Promise<number> {
  await mkdir(join(TOFU, ".."), { recursive: true });
  console.log("Building OpenTofu from source; the first time takes some minutes.");
  const code = await run("go", ["build", "-trimpath", "-ldflags", RELEASE, "-o", TOFU, PACKAGE]);
  if (code !== 0) return code;
  console.log(`Built ${TOFU}`);
  // A person's own settings may name registries and credentials that are of no concern here.
  return run(TOFU, ["version"], { TF_CLI_CONFIG_FILE: "/dev/null" });
}

async function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<number> {
  const child = spawn(program, args, {
    cwd: HERE,
    stdio: "inherit",
    env: { ...process.env, CGO_ENABLED: "0", ...env },
  });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    return code ?? 1;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    console.error(
      `${program} is not on your PATH. Install Go from https://go.dev/dl, then run this again.`,
    );
    return 1;
  }
}
