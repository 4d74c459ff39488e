import * as v from "valibot";
import { parsedJson } from "../json.ts";
import { GeminiError } from "./gemini-error.ts";

const RETRIED = new Set([408, 429, 500, 502, 503, 504]);
const MAX_MESSAGE = 200;

// https://cloud.google.com/apis/design/errors#error_model
const Refusal = v.object({
  error: v.object({
    message: v.optional(v.string(), ""),
    status: v.optional(v.string(), ""),
    details: v.optional(v.array(v.looseObject({ "@type": v.optional(v.string(), "") })), []),
  }),
});
const QuotaFailure = v.object({
  violations: v.array(v.object({ quotaId: v.optional(v.string(), "") })),
});
const RetryInfo = v.object({ retryDelay: v.pipe(v.string(), v.regex(/^\d+(\.\d+)?s$/)) });

/** What a status other than 200 means. `retryAfter`: the header. */
export function refusalOf(
  status: number,
  body: string,
  retryAfter: string | undefined,
): GeminiError {
  const read = v.safeParse(Refusal, parsedJson(body));
  const { message, details } = read.success ? read.output.error : { message: "", details: [] };
  const words = message.replace(/\s+/g, " ").slice(0, MAX_MESSAGE).toWellFormed();
  const said = `Gemini answered ${status}${words === "" ? "" : `: ${words}`}`;
  const isDaily = details.some((detail) => {
    const quota = v.safeParse(QuotaFailure, detail);
    return (
      quota.success && quota.output.violations.some(({ quotaId }) => quotaId.includes("PerDay"))
    );
  });
  if (isDaily)
    return new GeminiError(`${said} (the quota of the day is used up)`, { isFinal: true });
  if (!RETRIED.has(status)) return new GeminiError(said, { isFinal: true });
  const seconds = secondsIn(details) ?? headerSeconds(retryAfter);
  return new GeminiError(said, seconds === undefined ? {} : { retryAfterSeconds: seconds });
}

function secondsIn(details: readonly unknown[]): number | undefined {
  for (const detail of details) {
    const info = v.safeParse(RetryInfo, detail);
    if (info.success) return Number(info.output.retryDelay.slice(0, -1));
  }
  return undefined;
}

function headerSeconds(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) : undefined;
}
