/** A stack's config as its file says it, for those who read it without Pulumi: local mode, the matrix, tests. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";
import { ConfigError } from "./errors.ts";

const ROOT = join(import.meta.dirname, "..");

const ProjectFile = v.object({
  name: v.string(),
  config: v.record(v.string(), v.object({ default: v.optional(v.unknown()) })),
});
const StackFile = v.object({ config: v.optional(v.record(v.string(), v.unknown()), {}) });

/**
 * The values of `Pulumi.<stack>.yaml` over the defaults of `Pulumi.yaml`, keys without `switchyard:`. Keys of other
 * namespaces are other readers'. A secret stays `{ secure: … }`: only Pulumi can decrypt it.
 * @throws ConfigError where a file is missing or is not what Pulumi writes.
 */
export function readStackFile(stack: string, root: string = ROOT): Record<string, unknown> {
  const project = readYaml(join(root, "Pulumi.yaml"), ProjectFile, "Restore it.");
  const { config } = readYaml(
    join(root, `Pulumi.${stack}.yaml`),
    StackFile,
    `Make one with: npm run pulumi -- stack init ${stack}, then npm run pulumi -- config set -s ${stack}; or copy Pulumi.dev.yaml.`,
  );
  const prefix = `${project.name}:`;
  const defaults = Object.entries(project.config).map(([key, entry]) => [key, entry.default]);
  const values = Object.entries(config)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), value]);
  return Object.fromEntries([...defaults, ...values]) as Record<string, unknown>;
}

function readYaml<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  ifMissing: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, parseYaml(path, read(path, ifMissing)));
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(
    (issue) => `${v.getDotPath(issue) ?? "file"}: ${issue.message}`,
  );
  throw new ConfigError(`${path} is not what Pulumi writes:`, problems);
}

function read(path: string, ifMissing: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ConfigError(`${path} does not exist. ${ifMissing}`, []);
  }
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text) ?? {};
  } catch (error) {
    throw new ConfigError(`${path} is not YAML:`, [(error as Error).message.split("\n")[0] ?? ""]);
  }
}
