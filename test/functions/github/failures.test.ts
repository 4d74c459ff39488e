import { RequestError } from "@octokit/request-error";
import { expect } from "chai";
import { failureOf } from "../../../functions/github/failures.ts";

const NOW = 1_000_000_000_000;

function failed(status: number, headers: Record<string, string> = {}, message = "m"): RequestError {
  const request = { method: "GET" as const, url: "http://x", headers: {} };
  const response = { status, headers, url: "http://x", data: {} };
  return new RequestError(message, status, { request, response });
}

describe("failureOf", () => {
  const reset = String(NOW / 1000 + 90);
  const limited: [string, RequestError, number][] = [
    ["429 that names a time", failed(429, { "retry-after": "7" }), 7],
    ["429 that names none", failed(429), 60],
    ["403 that names a time", failed(403, { "retry-after": "7" }), 7],
    [
      "403 of a spent limit",
      failed(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
      90,
    ],
    [
      "429 of a spent limit",
      failed(429, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }),
      90,
    ],
    [
      "403 of a limit that is over",
      failed(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1" }),
      1,
    ],
    [
      "403 that speaks of a limit",
      failed(403, {}, "You have exceeded a secondary rate limit."),
      60,
    ],
    ["500", failed(500), 10],
    ["503", failed(503), 10],
    ["408", failed(408), 10],
  ];
  for (const [what, error, retryAfterSeconds] of limited) {
    it(`takes ${what} for transient, for ${retryAfterSeconds} s`, () => {
      const { message } = error;
      expect(failureOf(error, NOW)).to.deep.equal({
        kind: "transient",
        message,
        retryAfterSeconds,
      });
    });
  }

  for (const status of [400, 401, 403, 404, 409, 410, 422]) {
    it(`takes ${status} for a refusal`, () => {
      const headers = { "x-ratelimit-remaining": "4999", "x-ratelimit-reset": reset };
      expect(failureOf(failed(status, headers), NOW)).to.deep.equal({
        kind: "refused",
        status,
        message: "m",
      });
    });
  }

  it("takes an aborted request for transient, whatever it was aborted with", () => {
    for (const name of ["AbortError", "TimeoutError"]) {
      expect(failureOf(new DOMException("over", name), NOW)?.kind).to.equal("transient");
    }
  });

  it("leaves bugs alone", () => {
    expect(failureOf(new TypeError("x is undefined"), NOW)).to.equal(undefined);
    expect(failureOf("text", NOW)).to.equal(undefined);
  });
});
