/** Where results of tools go. The execution that waits for one is not there: what comes is kept, and answered 200. */
import { jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { newDocumentId } from "../envelope.ts";
import { route, spaceOf, type Call } from "../route.ts";

export const CALLBACK_ROUTES = [
  route("POST /callbacks", register),
  route("POST /callbacks/{id}", invoke, "callback"),
];

function register({ world, user, project, fields }: Call): LocalResponse {
  const { callback_url: url } = fields;
  if (typeof url !== "string" || !isHttpUrl(url)) {
    return jsonResponse(400, { error: "callback_url must be a valid http(s) URL" });
  }
  const callback = { id: newDocumentId(), callback_url: url };
  world.state.addCallback(world.state.write(user, project), callback);
  return jsonResponse(201, callback);
}

function invoke(call: Call): LocalResponse {
  const { world, user, project, body } = call;
  const id = call.param("id").trim();
  if (id === "") return jsonResponse(400, { error: "Missing callback id" });
  const isKnown = spaceOf(call).callbacks.has(id);
  const answer = isKnown
    ? jsonResponse(200, {})
    : jsonResponse(404, { error: "Callback not found" });
  noteCallback(call, { id, body, status: answer.status });
  if (isKnown) {
    const message = `A result came for callback ${id} of ${user}/${project}`;
    world.log({ source: "workflows", severity: "INFO", message });
  }
  return answer;
}

/** Keeps what came for a callback, however it is answered. */
export function noteCallback(
  { world, user, project }: Call,
  came: { readonly id: string; readonly body: unknown; readonly status: number },
): void {
  const bytes = Buffer.byteLength(JSON.stringify(came.body));
  world.records.callbacks.note({ user, project, at: world.clock.now(), ...came }, bytes);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
