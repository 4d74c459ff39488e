/** Tokens of Cloud Tasks' lists: each is good for two hours, for the list and the order in which it was given out. */
import type { Paging } from "../pages.ts";
import { invalid } from "./fields.ts";
import { PAGE_TOKEN_LIFETIME_MS } from "./limits.ts";

interface Token {
  /** The list it belongs to. */
  readonly of: string;
  /** Key of the last item that was returned. */
  readonly after: string | number;
  readonly at: number;
}

/** Goes through a list that is in ascending order of its items' keys. */
export function byKey<Item>(
  keyOf: (item: Item) => string | number,
  list: { readonly of: string; readonly limit: number; readonly now: number },
): Paging<Item> {
  return {
    limit: list.limit,
    tellOf: (last) => {
      const token: Token = { of: list.of, after: keyOf(last), at: list.now };
      return JSON.stringify(token);
    },
    after: (told) => {
      const { after } = tokenOf(told, list);
      return (item) => keyOf(item) > after;
    },
  };
}

function tokenOf(told: string, list: { readonly of: string; readonly now: number }): Token {
  const token = parsed(told) as Partial<Token> | null | undefined;
  const isGood = token?.of === list.of && token.after !== undefined && typeof token.at === "number";
  if (!isGood || list.now - (token.at ?? 0) >= PAGE_TOKEN_LIFETIME_MS) {
    throw invalid("The page_token is invalid or older than 2 hours.");
  }
  return token as Token;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
