/** The page for a browser, without bodies. */
import type { LocalResponse } from "../../../http/message.ts";
import { page, table } from "../../page.ts";
import type { Fault } from "../faults.ts";
import type { RecordedRequest } from "../requests.ts";

/** As many of each kind are shown, the newest first. */
const SHOWN = 50;

/** What was asked, and what is going to go wrong. */
export function overviewHtml(
  requests: readonly RecordedRequest[],
  faults: readonly Fault[],
): LocalResponse {
  return page("Gemini", [
    table(
      "Requests",
      ["at", "path", "key in", "bytes", "answered"],
      requests
        .slice(-SHOWN)
        .reverse()
        .map(({ at, method, path, keyIn, body, status }) => [
          new Date(at).toISOString(),
          `${method} ${path}`,
          keyIn.join(", "),
          String(Buffer.byteLength(body)),
          status === undefined ? "not" : String(status),
        ]),
    ),
    table(
      "Faults on order",
      ["fault"],
      faults.slice(0, SHOWN).map((fault) => [JSON.stringify(fault).slice(0, 500)]),
    ),
  ]);
}
