/**
 * What Cloud Run answers when a function has no answer of its own. The sentences are those of its request log; what it
 * writes into the body is not documented.
 */
import { textResponse, type LocalResponse } from "../http/message.ts";

export interface Refusal {
  readonly status: number;
  readonly sentence: string;
}

/**
 * 429, 503 and 504: docs.cloud.google.com/run/docs/troubleshooting. The two about the start are on no page of Google's;
 * published request logs have them, 500 within the second in which the container exits and 503 after the 240 seconds of
 * the startup probe.
 */
export const REFUSALS = {
  noInstance: {
    status: 429,
    sentence: "The request was aborted because there was no available instance.",
  },
  crashedAtStart: {
    status: 500,
    sentence: "The request failed because the instance could not start successfully.",
  },
  neverListened: {
    status: 503,
    sentence: "The request failed because the instance failed the readiness check.",
  },
  brokenAnswer: {
    status: 503,
    sentence:
      "The request failed because either the HTTP response was malformed or connection to the instance had an error.",
  },
  timeout: {
    status: 504,
    sentence: "The request has been terminated because it has reached the maximum request timeout.",
  },
} as const satisfies Record<string, Refusal>;

/** Why a request could not be answered: Cloud Run's part for the sender, the reason for the log. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal, reason: string) {
    super(reason);
    this.refusal = refusal;
  }
}

export function refusalResponse({ status, sentence }: Refusal): LocalResponse {
  return textResponse(status, sentence);
}
