/** What is inside, where nobody from outside is to be: it answers, so that a test sees who came. */
import { found, page, TEXT, type Page } from "../site.ts";

/** In everything that is inside: whoever has this was where they should not be. */
export const INSIDE = "inside-2f6c1b: nobody outside reads this";

export const INSIDE_PAGES: readonly Page[] = [
  page("/computeMetadata/v1/{path*}", () =>
    found(
      "application/json",
      JSON.stringify({ access_token: INSIDE, expires_in: 3599, token_type: "Bearer" }),
      [["metadata-flavor", "Google"]],
    ),
  ),
  page("/[{path*}]", () => found(TEXT, `${INSIDE}\n`)),
];
