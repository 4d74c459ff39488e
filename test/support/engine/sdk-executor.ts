import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import type { Driver, Mode, Outcome } from "./driver.ts";
import { PROJECT, STACK } from "./stack.ts";
import { EngineServices } from "./engine-services.ts";
import type { ProjectTree } from "./project-tree.ts";
import { secretsOf } from "./secrets.ts";
import { runProcess } from "./run-process.ts";

/**
 * The SDK's own executor, called as Pulumi's Node language host calls it, with the engine played by `EngineServices`
 * [pulumi/pulumi: sdk/nodejs/cmd/pulumi-language-nodejs/main.go, constructArguments and execRuntime].
 */
export const sdkExecutor: Driver = {
  name: "the SDK's own executor",
  missing: () => undefined,
  register,
};

async function register(tree: ProjectTree, mode: Mode): Promise<Outcome> {
  const services = new EngineServices(PROJECT, STACK, mode);
  try {
    const address = await services.listen();
    const { exitCode, stdout, stderr } = await runProcess(
      process.execPath,
      executorParameters(tree, mode, address),
      {
        cwd: tree.root,
        env: {
          PULUMI_CONFIG: JSON.stringify(configOf(tree)),
          PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(
            Object.keys(secretsOf(tree)).map((key) => `${PROJECT}:${key}`),
          ),
        },
      },
    );
    return {
      succeeded: exitCode === 0,
      output: stripVTControlCharacters([...services.messages, stdout, stderr].join("\n")),
      visible: services.visible,
      registered: services.registered,
    };
  } finally {
    services.close();
  }
}

/** `main: infra/` makes that folder the working directory and `.` the program [pulumi: pkg/engine/project.go]. */
function executorParameters(tree: ProjectTree, mode: Mode, address: string): string[] {
  return [
    join(tree.root, "node_modules/@pulumi/pulumi/cmd/run"),
    ...["--monitor", address, "--engine", address],
    ...["--organization", "organization", "--project", PROJECT, "--stack", STACK],
    ...["--root-directory", tree.root, "--pwd", join(tree.root, "infra")],
    ...(mode === "preview" ? ["--dry-run"] : []),
    ...["--parallel", "8", "."],
  ];
}

/** Every value as text, lists and objects as JSON, under the keys that the language host writes (constructConfig). */
function configOf(tree: ProjectTree): Record<string, string> {
  const all = { ...readStackFile(STACK, tree.root), ...secretsOf(tree) };
  const values = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    values.map(([key, value]) => [
      `${PROJECT}:config:${key}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
}
