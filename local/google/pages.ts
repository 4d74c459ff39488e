/** Pages of a list, as Google's APIs have them (google.aip.dev/158). What a token holds is each API's own. */
import { ApiError } from "../errors.ts";

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/** How one API goes through a list. */
export interface Paging<Item> {
  /** The most items of a page: what a request gets that asks for more, for none, or for no number. */
  readonly limit: number;
  /** What a token says of the last item of a page, in plain text. */
  readonly tellOf: (last: Item) => string;
  /** Which items come after what a token says. Throws where the API has given out no such token. */
  readonly after: (told: string) => (item: Item) => boolean;
}

/** A page of `items`, which are in the list's order. */
export function pageOf<Item>(
  items: Iterable<Item>,
  { limit, tellOf, after }: Paging<Item>,
  { pageSize, pageToken }: PageRequest,
): Page<Item> {
  const wanted = pageSize ?? 0;
  if (wanted < 0) throw new ApiError("INVALID_ARGUMENT", "The page_size cannot be negative.");
  const size = wanted === 0 ? limit : Math.min(wanted, limit);
  const isAfter = pageToken ? after(Buffer.from(pageToken, "base64url").toString()) : () => true;
  const page: Item[] = [];
  for (const item of items) {
    if (!isAfter(item)) continue;
    const last = page.at(-1);
    if (page.length === size && last !== undefined) {
      return { items: page, nextPageToken: Buffer.from(tellOf(last)).toString("base64url") };
    }
    page.push(item);
  }
  return { items: page };
}
