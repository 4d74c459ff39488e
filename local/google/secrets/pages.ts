/** Pages of a list that is newest first, as service.proto says of secrets and of versions. */
import { ApiError } from "../../errors.ts";

/** service.proto, page_size of both lists; also what a request gets that names none, where the service decides. */
const MAX_PER_PAGE = 25_000;

export interface PageRequest {
  readonly pageSize?: number | null;
  readonly pageToken?: string | null;
}

/** A page of `items`, which are in ascending order of their keys. A token names the last key that was shown. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => number,
  { pageSize, pageToken }: PageRequest,
): { readonly items: Item[]; readonly nextPageToken?: string; readonly totalSize: number } {
  const wanted = pageSize ?? 0;
  if (wanted < 0) throw invalid("The page size cannot be negative.");
  const size = wanted === 0 ? MAX_PER_PAGE : Math.min(wanted, MAX_PER_PAGE);
  const before = shownBefore(pageToken);
  const rest = items.filter((item) => keyOf(item) < before).reverse();
  const page = rest.slice(0, size);
  const last = page.at(-1);
  const isMore = last !== undefined && rest.length > page.length;
  return {
    items: page,
    ...(isMore && { nextPageToken: Buffer.from(String(keyOf(last))).toString("base64url") }),
    totalSize: items.length,
  };
}

function shownBefore(token: string | null | undefined): number {
  if (token === null || token === undefined || token === "") return Infinity;
  const key = Buffer.from(token, "base64url").toString();
  if (/^\d+$/.test(key)) return Number(key);
  throw invalid("The page token is invalid.");
}

function invalid(message: string): ApiError {
  return new ApiError("INVALID_ARGUMENT", message);
}
