/** Pages of a list in the order of names. */
import { pageOf, type Page, type PageRequest } from "../pages.ts";
import { invalid } from "./fields.ts";
import { MAX_ITEMS_PER_PAGE } from "./limits.ts";

/** A page of `items` by their names. A token names the last one that was shown. */
export function pageByName<Item extends { readonly name: string }>(
  items: Iterable<Item>,
  request: PageRequest,
): Page<Item> {
  const sorted = [...items].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const paging = { limit: MAX_ITEMS_PER_PAGE, tellOf: ({ name }: Item) => name, after };
  return pageOf(sorted, paging, request);
}

function after(shown: string): (item: { readonly name: string }) => boolean {
  if (!shown.startsWith("projects/")) throw invalid("Invalid page token.");
  return ({ name }) => name > shown;
}
