/** An API without descriptors behind its host name: the gateway tells it who is calling, the rest it does by itself. */
import { ApiError, CODES } from "../errors.ts";
import { header, jsonResponse } from "../http.ts";
import { listener, originOf } from "../node-http.ts";
import type { RestSimulator } from "../simulators/types.ts";
import { callerOf, type Serving } from "./call.ts";
import type { HostHandler } from "./host-handler.ts";

export function serveRest(simulator: RestSimulator, { principalOf }: Serving): HostHandler {
  return {
    http: listener(originOf, (request) => {
      try {
        const principal = callerOf(header(request.headers, "authorization"), principalOf);
        return simulator.handle(request, principal);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const status = CODES[error.code].http;
        const body = { error: { code: status, message: error.message, status: error.code } };
        return Promise.resolve(jsonResponse(status, body));
      }
    }),
  };
}
