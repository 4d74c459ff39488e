/** Pages of a list that is newest first, as service.proto says of secrets and of versions. */
import { ApiError } from "../../errors.ts";
import { pageOf, type Page, type PageRequest } from "../pages.ts";

/** service.proto, page_size of both lists; also what a request gets that names none, where the service decides. */
const MAX_PER_PAGE = 25_000;

/** A page of `items`, which are in ascending order of their keys. A token names the last key that was shown. */
export function newestFirst<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => number,
  request: PageRequest,
): Page<Item> & { readonly totalSize: number } {
  const paging = {
    limit: MAX_PER_PAGE,
    tellOf: (item: Item) => String(keyOf(item)),
    after: (shown: string) => {
      if (!/^\d+$/.test(shown)) {
        throw new ApiError("INVALID_ARGUMENT", "The page token is invalid.");
      }
      return (item: Item) => keyOf(item) < Number(shown);
    },
  };
  return { ...pageOf(items.toReversed(), paging, request), totalSize: items.length };
}
