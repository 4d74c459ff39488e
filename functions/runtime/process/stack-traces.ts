// The bundler puts this before everything else in a role's index.js; nothing imports it.
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import type { SourceMapPayload } from "node:module";

const FOLDER = new URL(".", import.meta.url).href;

const maps = new Map<string, SourceMap | undefined>();
const write = Error.prepareStackTrace.bind(Error);

/**
 * Stacks name the source, `functions/enqueuer/enqueue.ts:12:5`, in place of the line of the bundle, whoever prints them:
 * our log, Functions Framework where index.js cannot be loaded, Node itself. Not by Node's own source maps: those must be
 * on before index.js is loaded, and are read at every start. These are read with the first stack that needs them.
 */
Error.prepareStackTrace = (error, frames): string => {
  const title = String(write(error, []));
  return [title, ...frames.map((frame) => `    at ${placed(frame)}`)].join("\n");
};

function placed(frame: NodeJS.CallSite): string {
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- V8 gives frames a toString that the types lack
  const text = frame.toString();
  const [file, line, column] = [
    frame.getFileName(),
    frame.getLineNumber(),
    frame.getColumnNumber(),
  ];
  if (file?.startsWith(FOLDER) !== true || line === null || column === null) return text;
  const origin = mapOf(file)?.findOrigin(line, column);
  // Packages stay where they are in the bundle: its map knows only our own sources.
  if (origin === undefined || !("fileName" in origin)) return text;
  const place = `${origin.fileName}:${origin.lineNumber}:${origin.columnNumber}`;
  return text.replace(`${file}:${line}:${column}`, () => place);
}

function mapOf(file: string): SourceMap | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  return maps.get(file);
}

/** Undefined where it cannot be read: a stack without it is better than an error about it in its place. */
function readMap(file: string): SourceMap | undefined {
  try {
    const map = JSON.parse(readFileSync(new URL(`${file}.map`), "utf8")) as SourceMapPayload;
    return new SourceMap(map);
  } catch {
    return undefined;
  }
}
