/** A stack's config as its file says it, for those who read it without Pulumi: local mode, the matrix, tests. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import * as v from "valibot";
import { parse } from "yaml";
import { NAMESPACE, ourValues, stackFile } from "./origin.ts";
import { ConfigError } from "./errors.ts";
import { nearest } from "./nearest.ts";
import { placesIn } from "./yaml-lines.ts";

const ROOT = join(import.meta.dirname, "../..");

const ProjectFile = v.object({
  config: v.record(v.string(), v.object({ default: v.optional(v.unknown()) })),
});

const KEYS_RULE = `must be a group of keys, like ${NAMESPACE}:region`;
const StackFile = v.strictObject({
  config: v.nullish(v.record(v.string(), v.unknown(), KEYS_RULE)),
  // Pulumi's own. Source: pulumi/pulumi, sdk/go/common/workspace/project.go, ProjectStack.
  environment: v.optional(v.unknown()),
  secretsprovider: v.optional(v.unknown()),
  encryptedkey: v.optional(v.unknown()),
  encryptionsalt: v.optional(v.unknown()),
});

/**
 * The values of `Pulumi.<stack>.yaml` over the defaults of `Pulumi.yaml`, keys without `switchyard:`. Keys of other
 * readers' namespaces are left out; any other key stays as it is, to be refused. A secret stays `{ secure: … }`: only
 * Pulumi can decrypt it.
 * @throws ConfigError where a file is missing or is not what Pulumi writes.
 */
export function readStackFile(stack: string, root: string = ROOT): Record<string, unknown> {
  const project = readYaml(join(root, "Pulumi.yaml"), ProjectFile, () => "Restore it.");
  const file = join(root, stackFile(stack));
  const { config } = readYaml(file, StackFile, () => missing(stack, root));
  const defaults = Object.entries(project.config).map(
    ([key, entry]) => [key, entry.default] as const,
  );
  return { ...Object.fromEntries(defaults), ...ourValues(Object.entries(config ?? {})) };
}

function missing(stack: string, root: string): string {
  const names = readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const meant = nearest(stack, names);
  const question = meant === undefined ? "" : `Did you mean ${meant}? `;
  return `${question}There ${names.length === 1 ? "is" : "are"} ${names.join(", ") || "none"}. To make it: npm run pulumi -- stack init ${stack}, then npm run pulumi -- config set -s ${stack}; or copy Pulumi.dev.yaml.`;
}

function readYaml<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
  ifMissing: () => string,
): v.InferOutput<Schema> {
  const text = read(path, ifMissing);
  const parsed = v.safeParse(schema, parseYaml(path, text));
  if (parsed.success) return parsed.output;
  const find = placesIn(text);
  const problems = parsed.issues.map((issue) => {
    const keys = (issue.path ?? []).map(({ key }) => String(key));
    const { line } = find(keys);
    const place = line === undefined ? "" : `:${line}`;
    const said = isUnknown(issue)
      ? unknownKey(keys.join("."))
      : `${keys.join(".")} ${issue.message}.`;
    return `${basename(path)}${place}: ${said.trimStart()}`;
  });
  throw new ConfigError(`${path} is not what Pulumi writes:`, problems);
}

function isUnknown(issue: v.BaseIssue<unknown>): boolean {
  return issue.type === "strict_object" && issue.expected === "never";
}

/** Beside `config`, where nobody reads it. */
function unknownKey(key: string): string {
  if (key.includes(":")) return `${key} is not known here; it must stand below config:, indented.`;
  const known = Object.keys(StackFile.entries);
  const meant = nearest(key, known);
  return `${key} is not known; ${meant === undefined ? `there are ${known.join(", ")}.` : `did you mean ${meant}?`}`;
}

function read(path: string, ifMissing: () => string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new ConfigError(`${path} does not exist. ${ifMissing()}`, []);
  }
}

function parseYaml(path: string, text: string): unknown {
  let content: unknown;
  try {
    content = parse(text) ?? {};
  } catch (error) {
    throw new ConfigError(`${path} is not YAML:`, [(error as Error).message.split("\n")[0] ?? ""]);
  }
  if (typeof content === "object" && !Array.isArray(content)) return content;
  throw new ConfigError(`${path} is not what Pulumi writes:`, [
    "The file must be a group of keys.",
  ]);
}
