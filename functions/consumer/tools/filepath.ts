const NAMES = ["filepath", "path", "file", "target"];

/** The file that is meant, under any of its names. */
export function filepathIn(args: Readonly<Record<string, unknown>>): string | undefined {
  const named = NAMES.map((name) => args[name]);
  return named.find((value): value is string => typeof value === "string" && value !== "");
}
