/** An API without descriptors behind its host name: the gateway tells it who is calling, the rest it does by itself. */
import { CODES, type ApiError } from "../errors.ts";
import { header, jsonResponse, type LocalRequest, type LocalResponse } from "../http/message.ts";
import { listener, urlThroughGateway } from "../http/node.ts";
import type { RestSimulator } from "../google/api.ts";
import { identified, type Serving } from "./call.ts";
import type { HostHandler } from "./host-handler.ts";
import { apiErrorOf, restError } from "./status.ts";

export function serveRest(simulator: RestSimulator, serving: Serving): HostHandler {
  return {
    http: listener(
      urlThroughGateway,
      (request) => answerRest(simulator, request, serving),
      serving.cloud.log,
    ),
  };
}

/** One request, its caller told by its access token. Never rejects: errors are Google's, a bug of ours is INTERNAL. */
export async function answerRest(
  simulator: RestSimulator,
  request: LocalRequest,
  serving: Serving,
): Promise<LocalResponse> {
  const where = `${request.method} ${request.url.origin}${request.url.pathname}`;
  try {
    const said = simulator.identify?.(request);
    const caller =
      // Waits only where it must: a body that nobody reads yet may break off meanwhile.
      (said instanceof Promise ? await said : said) ??
      identified(header(request.headers, "authorization"), where, serving);
    return await simulator.handle(request, caller);
  } catch (thrown) {
    const error = apiErrorOf(thrown, where, serving.cloud.log);
    return (simulator.refusal ?? statusInJson)(error, request);
  }
}

function statusInJson(error: ApiError): LocalResponse {
  return jsonResponse(CODES[error.code].http, restError(error));
}
