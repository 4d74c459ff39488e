/** Bodies of requests, read as Express 4 reads JSON. */
import { STATUS_CODES } from "node:http";
import {
  drainedBodyOf,
  header,
  type LocalRequest,
  type LocalResponse,
} from "../../http/message.ts";

/** Of the whole service. */
const MAX_BODY_BYTES = 1_048_576;

/** A request that is refused before anybody looks at what it asks for. */
export class BadBody extends Error {
  override readonly name = "BadBody";
  readonly status: number;

  constructor(status: number) {
    super(STATUS_CODES[status] ?? "");
    this.status = status;
  }
}

/** The JSON of a body; an empty object where there is none, or it says that it is no JSON. Throws BadBody. */
export async function jsonOf(request: LocalRequest): Promise<unknown> {
  const { headers } = request;
  const bytes = await drainedBodyOf(request, MAX_BODY_BYTES);
  if (bytes === undefined) throw new BadBody(413);
  const [type = "", ...parameters] = (header(headers, "content-type") ?? "").split(";");
  if (bytes.length === 0 || type.trim().toLowerCase() !== "application/json") return {};
  const charset = parameters.map((each) => /^\s*charset="?([^"]*)"?\s*$/i.exec(each)?.[1]).join("");
  if (!/^(utf-8)?$/i.test(charset)) throw new BadBody(415);
  if (!/^(identity)?$/i.test(header(headers, "content-encoding") ?? "")) throw new BadBody(415);
  const text = bytes.toString();
  if (!/^[ \t\n\r]*[[{]/.test(text)) throw new BadBody(400);
  try {
    return JSON.parse(text);
  } catch {
    throw new BadBody(400);
  }
}

/** What Express answers where nobody else does. */
export function expressPage(status: number): LocalResponse {
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Error</title>
</head>
<body>
<pre>${STATUS_CODES[status] ?? ""}</pre>
</body>
</html>
`;
  return {
    status,
    headers: [
      ["content-type", "text/html; charset=utf-8"],
      ["content-security-policy", "default-src 'none'"],
      ["x-content-type-options", "nosniff"],
    ],
    body: Buffer.from(body),
  };
}
