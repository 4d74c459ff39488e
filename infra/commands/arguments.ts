/** The command lines of all commands: read alike, refused in the same words. */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearest } from "../config/nearest.ts";

/** What is wrong with the command line, in one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** As `parseArgs` reads them; a number below zero is a value too, and no option. Throws a UsageError. */
export function readArguments<Config extends ParseArgsConfig>(
  args: readonly string[],
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  const { options = {} } = config;
  const whole: Config = { ...config, args: withNumbers(args, options) };
  try {
    return parseArgs(whole);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw new UsageError(`${said(error.message, options)} (--help says what there is)`);
  }
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** `--port -3` as `--port=-3`, which is refused as a number and not as a riddle. */
function withNumbers(args: readonly string[], options: Options): string[] {
  const joined: string[] = [];
  for (const word of args) {
    const option = joined.at(-1) ?? "";
    const takesValue = option.startsWith("--") && options[option.slice(2)]?.type === "string";
    if (takesValue && /^-\d/.test(word)) joined[joined.length - 1] = `${option}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function isRefusal(error: unknown): error is Error {
  return (
    error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_")
  );
}

/** Node's sentence without its advice about words that begin with a hyphen, or a clearer one. */
function said(message: string, options: Options): string {
  const [sentence = ""] = message.split(/\.\s/);
  const [, option = ""] = /^(?:Unknown option|Option) '(?:-\w, )?(--?[^' ]+)/.exec(sentence) ?? [];
  if (/argument (missing|is ambiguous)$/.test(sentence)) return `${option} needs a value`;
  if (sentence.endsWith("does not take an argument")) return `${option} takes no value`;
  if (!sentence.startsWith("Unknown option")) return sentence;
  const meant = nearest(option.replace(/^-+/, ""), Object.keys(options));
  return meant === undefined ? sentence : `${sentence}; did you mean --${meant}?`;
}
