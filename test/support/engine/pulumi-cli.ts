import { accessSync, constants } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { readEvents, readPreview, readState, type Step } from "./cli-output.ts";
import type { Driver, Outcome } from "./driver.ts";
import { STACK } from "./stack.ts";
import type { ProjectTree } from "./project-tree.ts";
import { secretsOf } from "./secrets.ts";
import { runProcess, type Ended } from "./run-process.ts";

/** The person's own CLI, with its state in a temporary folder and `stand-in-provider.ts` in place of Google. */
export const pulumiCli: Driver = {
  name: "the Pulumi CLI",
  missing: () =>
    isOnPath("pulumi") ? undefined : "needs the Pulumi CLI (https://www.pulumi.com/docs/install/)",
  register: async (tree, mode) => {
    const deployment = await Deployment.start(tree);
    try {
      return await (mode === "preview" ? deployment.preview() : deployment.up());
    } finally {
      await deployment.remove();
    }
  },
};

/** What came of one command. */
export interface Deployed extends Outcome {
  /** What it did or would do, in order, without what stays the same. */
  readonly changes: readonly Step[];
}

/** The stack `dev` of one tree, empty at first. */
export class Deployment {
  readonly #tree: ProjectTree;
  readonly #folder: string;

  private constructor(tree: ProjectTree, folder: string) {
    this.#tree = tree;
    this.#folder = folder;
  }

  static async start(tree: ProjectTree): Promise<Deployment> {
    const folder = await mkdtemp(join(tmpdir(), "switchyard-pulumi-"));
    await mkdir(join(folder, "state"));
    await mkdir(join(folder, "bin"));
    // The CLI takes Node and a provider's plugin from PATH.
    await symlink(process.execPath, join(folder, "bin/node"));
    const plugin = join(folder, "bin/pulumi-resource-gcp");
    const provider = join(import.meta.dirname, "stand-in-provider.ts");
    await writeFile(plugin, `#!/bin/sh\nexec node '${provider}' "$@"\n`);
    await chmod(plugin, 0o755);
    const deployment = new Deployment(tree, folder);
    await deployment.#succeed("stack", "init");
    const secrets = Object.entries(secretsOf(tree)).flatMap(([key, text]) => [
      "--secret",
      `${key}=${text}`,
    ]);
    if (secrets.length > 0) await deployment.#succeed("config", "set-all", ...secrets);
    return deployment;
  }

  /** What `up` would do. */
  async preview(): Promise<Deployed> {
    const ended = await this.#pulumi("preview", "--json");
    const { messages, ...rest } = readPreview(ended.stdout);
    return { ...outcomeOf(ended, messages), ...rest, visible: ended.stdout };
  }

  up(): Promise<Deployed> {
    return this.#change("up");
  }

  destroy(): Promise<Deployed> {
    return this.#change("destroy");
  }

  /** Takes over what a file for `pulumi import` names. */
  import(file: string): Promise<Deployed> {
    return this.#change("import", "--file", file, "--protect=false", "--generate-code=false");
  }

  /** Removes the state; the stand-in has nothing else. */
  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  async #change(...command: string[]): Promise<Deployed> {
    const ended = await this.#pulumi(...command, "--yes", "--skip-preview", "--json");
    const { messages, changes } = readEvents(ended.stdout);
    const registered = readState(await this.#succeed("stack", "export", "--show-secrets"));
    const visible = await this.#succeed("stack", "export");
    return { ...outcomeOf(ended, messages), changes, registered, visible };
  }

  async #succeed(...parameters: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#pulumi(...parameters);
    if (exitCode !== 0) throw new Error(`pulumi ${parameters.join(" ")}: ${stderr}`);
    return stdout;
  }

  #pulumi(...parameters: string[]): Promise<Ended> {
    return runProcess("pulumi", [...parameters, "--stack", STACK, "--non-interactive"], {
      cwd: this.#tree.root,
      env: {
        PATH: [join(this.#folder, "bin"), process.env.PATH].join(delimiter),
        PULUMI_HOME: join(this.#folder, "home"),
        PULUMI_BACKEND_URL: `file://${join(this.#folder, "state")}`,
        PULUMI_CONFIG_PASSPHRASE: "nothing here is secret",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
    });
  }
}

function outcomeOf({ exitCode, stderr }: Ended, messages: readonly string[]) {
  const output = stripVTControlCharacters([...messages, stderr].join("\n"));
  return { succeeded: exitCode === 0, output };
}

function isOnPath(program: string): boolean {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
