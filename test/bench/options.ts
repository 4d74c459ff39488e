/** What can be said on the command line of `npm run bench`. */
import { readArguments, UsageError } from "../../infra/commands/arguments.ts";
import type { Measurement } from "./measurement.ts";

export interface BenchOptions {
  /** In the order in which they run. */
  readonly chosen: readonly Measurement[];
  readonly isJson: boolean;
  readonly isShort: boolean;
  readonly wantsHelp: boolean;
}

/** Without names, all of them are chosen. Throws a UsageError. */
export function parseOptions(
  args: readonly string[],
  measurements: readonly Measurement[],
): BenchOptions {
  const { values, positionals } = parse(args);
  const known = measurements.map(({ name }) => name);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(`There is no measurement "${unknown}"; there are ${known.join(", ")}.`);
  }
  const isChosen = ({ name }: Measurement): boolean =>
    positionals.length === 0 || positionals.includes(name);
  return {
    chosen: measurements.filter(isChosen),
    isJson: values.json,
    isShort: values.short,
    wantsHelp: values.help,
  };
}

function parse(args: readonly string[]) {
  return readArguments(args, {
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      short: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
}

export function helpOf(measurements: readonly Measurement[]): string {
  const width = Math.max(...measurements.map(({ name }) => name.length));
  return `Measures how fast it is, beside floors that are taken in the same run.

  npm run bench -- [measurements] [options]

${measurements.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`).join("\n")}

  --short   small counts, to see that everything runs; the numbers mean little
  --json    print one JSON object instead of a table
  --help    this text

A limit that is missed is said in the table and ends nothing: the command fails only where something broke.`;
}
