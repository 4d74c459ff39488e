/** Pages of a list. A token is good for two hours, for the list and the order in which it was given out. */
import { invalid } from "./fields.ts";
import { PAGE_TOKEN_LIFETIME_MS } from "./limits.ts";

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

interface Token {
  /** The list it belongs to. */
  readonly of: string;
  /** Key of the last item that was returned. */
  readonly after: string | number;
  readonly at: number;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/**
 * A page of `items`, which are in ascending order of their keys. A size of zero or above the limit means the limit
 * (the usual rule of Google's APIs, google.aip.dev/158; not checked on Cloud Tasks).
 */
export function pageOf<Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => string | number,
  list: { readonly of: string; readonly limit: number; readonly now: number },
  { pageSize, pageToken }: PageRequest,
): Page<Item> {
  const wanted = pageSize ?? 0;
  if (wanted < 0) throw invalid("The page_size cannot be negative.");
  const size = wanted === 0 ? list.limit : Math.min(wanted, list.limit);
  const token = tokenOf(pageToken, list);
  const page: Item[] = [];
  for (const item of items) {
    if (token !== undefined && keyOf(item) <= token.after) continue;
    const last = page.at(-1);
    if (page.length === size && last !== undefined) {
      const next: Token = { of: list.of, after: keyOf(last), at: list.now };
      return {
        items: page,
        nextPageToken: Buffer.from(JSON.stringify(next)).toString("base64url"),
      };
    }
    page.push(item);
  }
  return { items: page };
}

function tokenOf(
  pageToken: string | null | undefined,
  list: { readonly of: string; readonly now: number },
): Token | undefined {
  if (pageToken === null || pageToken === undefined || pageToken === "") return undefined;
  const token = parsed(pageToken) as Partial<Token> | undefined;
  const isGood = token?.of === list.of && token.after !== undefined && typeof token.at === "number";
  if (!isGood || list.now - (token.at ?? 0) >= PAGE_TOKEN_LIFETIME_MS) {
    throw invalid("The page_token is invalid or older than 2 hours.");
  }
  return token as Token;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString()) as unknown;
  } catch {
    return undefined;
  }
}
