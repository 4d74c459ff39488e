/** The person's own values, which no one commits: a file of lines KEY=VALUE or KEY=@FILE. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";

export const ENV_FILE = ".env.local";

export interface EnvFile {
  /** Key → value, quotes and escapes as dotenv reads them. */
  readonly values: Readonly<Record<string, string>>;
  /** Sentences that show nothing of what the file says. */
  readonly problems: readonly string[];
}

/** The file in a folder; empty where there is none. */
export function readEnvFile(folder: string): EnvFile {
  const text = readIfThere(join(folder, ENV_FILE));
  const problems = strayLines(text).map(
    (line) =>
      `line ${line} of ${ENV_FILE} is not KEY=VALUE; a value of several lines stands in quotes, a comment behind #.`,
  );
  const values: Record<string, string> = {};
  for (const [key, value = ""] of Object.entries(parseEnv(text))) {
    try {
      values[key] = valueOrContent(value, folder);
    } catch (error) {
      const { code = "unreadable" } = error as NodeJS.ErrnoException;
      problems.push(`${key} in ${ENV_FILE} names a file that cannot be read (${code}).`);
    }
  }
  return { values, problems };
}

/** What a value stands for: `@FILE`, from the folder, for the file's content. Throws where the file cannot be read. */
export function valueOrContent(value: string, folder: string): string {
  if (!value.startsWith("@")) return value;
  // Editors end a file with a line break.
  return readFileSync(resolve(folder, value.slice(1)), "utf8").replace(/\r?\n$/, "");
}

/** A value in quotes may go on over several lines. */
const ENTRY = /^[^\S\n]*(?:export[^\S\n]+)?[A-Za-z_]\w*[^\S\n]*=[^\S\n]*(?:(["'`])[^]*?\1)?.*$/gm;

/** Numbers, from 1, of the lines that are no entry, no comment and not blank: `parseEnv` passes them over. */
function strayLines(text: string): number[] {
  const withoutEntries = text.replace(ENTRY, (entry) => entry.replaceAll(/[^\n]/g, ""));
  return withoutEntries
    .split("\n")
    .flatMap((line, index) => (/^\s*(?:#|$)/.test(line) ? [] : [index + 1]));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
