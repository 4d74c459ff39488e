/** docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api */
import type { Answer, Call } from "./route.ts";

const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** One page of the items, with the `Link` header to the others. */
export function page<T>(
  call: Call,
  items: readonly T[],
  shown: (onPage: readonly T[]) => unknown,
): Answer {
  const perPage = Math.min(positive(call.query("per_page")) ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
  const number = positive(call.query("page")) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const links = [
    ...(number > 1 ? [link(call, number - 1, "prev")] : []),
    ...(number < last ? [link(call, number + 1, "next"), link(call, last, "last")] : []),
    ...(number > 1 ? [link(call, 1, "first")] : []),
  ];
  return {
    status: 200,
    json: shown(items.slice((number - 1) * perPage, number * perPage)),
    headers: links.length === 0 ? [] : [["link", links.join(", ")]],
  };
}

function link({ url }: Call, number: number, relation: string): string {
  const target = new URL(url);
  target.searchParams.set("page", String(number));
  return `<${target.href}>; rel="${relation}"`;
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
