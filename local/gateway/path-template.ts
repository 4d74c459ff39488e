/** The path templates of `google.api.http` (google/api/http.proto, "Path template syntax"). */
import { invalid } from "./proto-json.ts";

/** Values of the variables by field path (`queue.name`); undefined where the path does not fit. */
export type MatchPath = (path: string) => ReadonlyMap<string, string> | undefined;

/** Compiles a template. The path it is tried on is without query; its variables come out percent-decoded. */
export function compileTemplate(template: string): MatchPath {
  const names: string[] = [];
  const { head, verb } = splitVerb(template);
  const source = head.replaceAll(
    /\{([^}=]+)(?:=([^}]*))?\}|([^{}]+)/g,
    (_whole, name: string | undefined, pattern: string | undefined, literal: string) => {
      if (name === undefined) return segments(literal);
      names.push(name);
      return `(${segments(pattern ?? "*")})`;
    },
  );
  const path = new RegExp(`^${source}$`);

  return (given) => {
    const { head: asked, verb: askedVerb } = splitVerb(given);
    if (askedVerb !== verb) return undefined;
    const match = path.exec(asked);
    if (match === null) return undefined;
    return new Map(names.map((name, index) => [name, decoded(match[index + 1] ?? "")]));
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid("", `Invalid percent-escape in the path: ${text}`);
  }
}

/** The custom verb is what follows the last colon of the last segment; elsewhere a colon is part of a name. */
function splitVerb(path: string): { readonly head: string; readonly verb: string | undefined } {
  const [, head = path, verb] = /^(.*):([A-Za-z]+)$/.exec(path) ?? [];
  return { head, verb };
}

function segments(pattern: string): string {
  return pattern
    .split(/(\*\*|\*)/)
    .map((part) => {
      if (part === "**") return ".+";
      return part === "*" ? "[^/]+" : part.replaceAll(/[.+?^$()|[\]\\]/g, "\\$&");
    })
    .join("");
}
