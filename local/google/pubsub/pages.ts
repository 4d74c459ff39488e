/** Pages of a list of names or of named things. */
import { invalid } from "./fields.ts";
import { MAX_ITEMS_PER_PAGE } from "./limits.ts";

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

export interface Page<Item> {
  readonly items: Item[];
  /** Absent on the last page. */
  readonly nextPageToken?: string;
}

/** A page of `items` by their names. A size of zero or above the limit means the limit (google.aip.dev/158). */
export function pageOf<Item extends { readonly name: string }>(
  items: Iterable<Item>,
  { pageSize, pageToken }: PageRequest,
): Page<Item> {
  const wanted = pageSize ?? 0;
  if (wanted < 0) throw invalid("The page_size cannot be negative.");
  const size = wanted === 0 ? MAX_ITEMS_PER_PAGE : Math.min(wanted, MAX_ITEMS_PER_PAGE);
  const after = Buffer.from(pageToken ?? "", "base64url").toString();
  if (after !== "" && !after.startsWith("projects/")) throw invalid("Invalid page token.");
  const rest = [...items]
    .filter(({ name }) => name > after)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const page = rest.slice(0, size);
  const last = page.at(-1);
  if (rest.length <= size || last === undefined) return { items: page };
  return { items: page, nextPageToken: Buffer.from(last.name).toString("base64url") };
}
