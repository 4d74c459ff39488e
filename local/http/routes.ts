/** Routes as an API's documentation writes them: `GET /storage/v1/b/{bucket}/o/{object}`. */

/** A verb and a path. */
export interface Pattern {
  readonly method: string;
  readonly path: RegExp;
}

/** The route that a request asks for, and the variables of its path as they were sent. */
export interface Matched<Route extends Pattern> {
  readonly route: Route;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a template. `{name}` is one segment of the path, `{name*}` may hold slashes, and what stands in `[…]` may be left
 * out.
 */
export function patternOf(template: string): Pattern {
  const [method = "", path = ""] = template.split(" ");
  const source = path.replaceAll(
    /\{(\w+)(\*?)\}|./g,
    (written: string, name: string | undefined, many: string | undefined) => {
      if (name !== undefined) return many === "*" ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
      if (written === "[") return "(?:";
      return written === "]" ? ")?" : written.replace(/[.+?^$()|\\]/, "\\$&");
    },
  );
  return { method, path: new RegExp(`^${source}$`) };
}

/** The first route that fits; undefined where none does. */
export function matchOf<Route extends Pattern>(
  routes: readonly Route[],
  method: string,
  pathname: string,
): Matched<Route> | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(pathname) : null;
    if (match !== null) return { route, variables: { ...match.groups } };
  }
  return undefined;
}

/** A part of a path without its percent-escapes. Throws what `malformed` makes where one is none. */
export function decoded(text: string, malformed: (text: string) => Error): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw malformed(text);
  }
}
