/**
 * The Security Token Service, as far as access tokens are cut down by it: a token for one with a Credential Access Boundary.
 * Source: cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token and docs/downscoping-short-lived-credentials.
 */
import { ApiError } from "../../errors.ts";
import { boundedBodyOf, jsonResponse } from "../../http/message.ts";
import type { LocalRequest } from "../../http/message.ts";
import type { Cloud, RestSimulator } from "../api.ts";
import type { RunsService } from "../service.ts";
import { sts as declares } from "./declared.ts";
import { exchanged } from "./exchange.ts";
import { exchangeIn, MAX_BYTES, OAuthError } from "./form.ts";

const HOST = "sts.googleapis.com";

export function securityTokens(cloud: Cloud): RestSimulator {
  return {
    hosts: [HOST],
    // The token that is exchanged says who asks.
    identify: () => ({ principal: "anonymous" }),
    handle: async (request) => {
      checkAsked(request);
      const body = await boundedBodyOf(request, MAX_BYTES);
      try {
        return jsonResponse(200, exchanged(exchangeIn(body), cloud));
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error;
        return jsonResponse(400, { error: error.code, error_description: error.message });
      }
    },
  };
}

function checkAsked({ method, url }: LocalRequest): void {
  const called = `${method} https://${HOST}${url.pathname}`;
  if (called === `POST https://${HOST}/v1/token` && url.search === "") return;
  throw new ApiError("UNIMPLEMENTED", `${called}${url.search} is not simulated.`);
}

/** The Security Token Service as a part of the local cloud. */
export const stsService: RunsService = {
  declares,
  start: (cloud) => ({ apis: [securityTokens(cloud)], takes: {} }),
};
