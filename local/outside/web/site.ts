/** What a site is made of. */
import type { Clock } from "../../clock.ts";
import type { Headers, LocalRequest, LocalResponse } from "../../http/message.ts";
import { patternOf, type Pattern } from "../../http/routes.ts";

/** One request for a page. */
export interface Call {
  readonly url: URL;
  readonly clock: Clock;
  readonly signal: LocalRequest["signal"];
  /** The path's variable of that name. */
  readonly param: (name: string) => string;
  /** A whole number of the query from 0 to `most`; `otherwise` where there is none. */
  readonly number: (name: string, otherwise: number, most: number) => number;
  /** How often the page was asked for before, under this name. */
  readonly visits: (name: string) => number;
}

export interface Page extends Pattern {
  readonly answer: (call: Call) => LocalResponse | Promise<LocalResponse>;
}

/** A page: `/articles/{name}`. */
export function page(path: string, answer: Page["answer"]): Page {
  return { ...patternOf(`GET ${path}`), answer };
}

/** An answer with 200, unless it is said otherwise. */
export function found(
  type: string,
  body: LocalResponse["body"] | string,
  headers: Headers = [],
  status = 200,
): LocalResponse {
  return {
    status,
    headers: [["content-type", type], ...headers],
    body: typeof body === "string" ? Buffer.from(body) : body,
  };
}

export const HTML = "text/html; charset=utf-8";
export const TEXT = "text/plain; charset=utf-8";

/** A page that says what went wrong. */
export function failed(status: number, text: string, headers: Headers = []): LocalResponse {
  return found(HTML, `<!doctype html><title>${status}</title><h1>${text}</h1>\n`, headers, status);
}

export function redirect(location: string, status = 302): LocalResponse {
  return found(HTML, "<p>Moved.</p>\n", [["location", location]], status);
}
