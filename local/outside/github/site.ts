/** GitHub on loopback, for one person: its pages, and its API below `/api/v3` as GitHub Enterprise Server has it. */
import type { Send } from "../../http/message.ts";

export const SITE = "https://github.com";

const API_PATH = /^\/api\/v3(?=\/|$)/;

/** Passes on requests to `SITE`, those for the API to their own host. */
export function siteOf(send: Send): Send {
  return (request) => {
    const { pathname, search } = request.url;
    if (!API_PATH.test(pathname)) return send(request);
    const path = pathname.replace(API_PATH, "");
    return send({ ...request, url: new URL(`https://api.github.com${path}${search}`) });
  };
}
