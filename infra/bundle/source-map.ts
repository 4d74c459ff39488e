/**
 * Source maps of bundles, as far as they tell of the project's own sources: those of the packages in a bundle would be
 * many times its own.
 */

/** https://tc39.es/ecma426/#sec-source-map-format */
interface SourceMap {
  readonly version: 3;
  readonly sources: readonly string[];
  readonly mappings: string;
}

/** A position of the bundle, in columns of its line, and where that comes from; no origin: from elsewhere. */
interface Segment {
  readonly column: number;
  readonly origin?: { readonly source: number; readonly line: number; readonly column: number };
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * The map as JSON on one line, without names and texts. `nameOf` says what a source is called in it, or undefined for
 * one that is left out. `root` leads from the map to what the names are relative to.
 */
export function mapOf(
  json: string,
  root: string,
  nameOf: (source: string) => string | undefined,
): string {
  const { sources, mappings } = JSON.parse(json) as SourceMap;
  const names = sources.map(nameOf);
  const kept = names.filter((name) => name !== undefined);
  const places = names.map((name) => (name === undefined ? undefined : kept.indexOf(name)));
  const map = {
    version: 3,
    sourceRoot: root,
    sources: kept,
    names: [],
    mappings: write(withoutOthers(read(mappings), places)),
  };
  return JSON.stringify(map);
}

/** Of what is left out only the first position stays: there the kept source before it ends. */
function withoutOthers(
  lines: readonly (readonly Segment[])[],
  places: readonly (number | undefined)[],
): Segment[][] {
  let isOwn = false;
  return lines.map((line) =>
    line.flatMap(({ column, origin }) => {
      const source = origin && places[origin.source];
      if (source === undefined && !isOwn) return [];
      isOwn = source !== undefined;
      return origin !== undefined && source !== undefined
        ? [{ column, origin: { ...origin, source } }]
        : [{ column }];
    }),
  );
}

/** Each number is the difference to the one before it of the same kind; columns of the bundle begin anew on each line. */
function read(mappings: string): Segment[][] {
  let source = 0;
  let originLine = 0;
  let originColumn = 0;
  return mappings.split(";").map((line) => {
    let column = 0;
    const segments = line === "" ? [] : line.split(",");
    return segments.map((segment): Segment => {
      const [columns = 0, ...[sources, lines = 0, originColumns = 0]] = numbersOf(segment);
      column += columns;
      if (sources === undefined) return { column };
      source += sources;
      originLine += lines;
      originColumn += originColumns;
      return { column, origin: { source, line: originLine, column: originColumn } };
    });
  });
}

function write(lines: readonly (readonly Segment[])[]): string {
  let last = { source: 0, line: 0, column: 0 };
  const written = lines.map((line) => {
    let lastColumn = 0;
    const segments = line.map(({ column, origin }) => {
      const numbers = [column - lastColumn];
      lastColumn = column;
      if (origin !== undefined) {
        const { source, line, column } = origin;
        numbers.push(source - last.source, line - last.line, column - last.column);
        last = origin;
      }
      return numbers.map(digitsOf).join("");
    });
    return segments.join(",");
  });
  return written.join(";").replace(/;+$/, "");
}

/** Base64 VLQ: five bits a digit, lowest first; the sixth says that more follow, the very first bit is the sign. */
function numbersOf(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = DIGITS.indexOf(digit);
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits >= 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}

function digitsOf(number: number): string {
  let rest = number < 0 ? (-number << 1) | 1 : number << 1;
  let digits = "";
  do {
    const bits = rest & 31;
    rest >>>= 5;
    digits += DIGITS.charAt(rest > 0 ? bits | 32 : bits);
  } while (rest > 0);
  return digits;
}
