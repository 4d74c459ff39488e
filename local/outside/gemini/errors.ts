/** Refusals in the words and the shape of the API: ai.google.dev/gemini-api/docs/troubleshooting. */
import type { LocalResponse } from "../../http/message.ts";

const SERVICE = "generativelanguage.googleapis.com";
const TYPES = "type.googleapis.com/google.rpc";

const STATUSES = {
  INVALID_ARGUMENT: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

/** What a request is answered with in the place of what it asked for. */
export class GeminiError extends Error {
  override readonly name = "GeminiError";
  readonly status: keyof typeof STATUSES;
  readonly details: readonly object[];

  constructor(status: keyof typeof STATUSES, message: string, details: readonly object[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }

  get response(): LocalResponse {
    const { status, message, details } = this;
    const code = STATUSES[status];
    return geminiResponse(code, {
      error: { code, message, status, ...(details.length > 0 && { details }) },
    });
  }
}

export function geminiResponse(status: number, value: unknown): LocalResponse {
  return {
    status,
    headers: [["content-type", "application/json; charset=UTF-8"]],
    body: Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`),
  };
}

export function invalid(message: string): GeminiError {
  return new GeminiError("INVALID_ARGUMENT", message);
}

/** Fields that the message does not have, or has as another type. */
export function badFields(
  violations: readonly { readonly field: string; readonly description: string }[],
): GeminiError {
  return new GeminiError(
    "INVALID_ARGUMENT",
    violations.map(({ description }) => description).join("\n"),
    [{ "@type": `${TYPES}.BadRequest`, fieldViolations: violations }],
  );
}

export function noKey(): GeminiError {
  return new GeminiError(
    "PERMISSION_DENIED",
    "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
  );
}

export function badKey(): GeminiError {
  return new GeminiError("INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [
    errorInfo("API_KEY_INVALID"),
    {
      "@type": `${TYPES}.LocalizedMessage`,
      locale: "en-US",
      message: "API key not valid. Please pass a valid API key.",
    },
  ]);
}

/** A credential that is no API key, and none that the API knows. */
export function unauthenticated(): GeminiError {
  return new GeminiError(
    "UNAUTHENTICATED",
    "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    [errorInfo("ACCESS_TOKEN_TYPE_UNSUPPORTED")],
  );
}

/** A key of a project that may not use the API. */
export function permissionDenied(): GeminiError {
  return new GeminiError(
    "PERMISSION_DENIED",
    "Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService are blocked.",
    [errorInfo("API_KEY_SERVICE_BLOCKED")],
  );
}

export function noModel(model: string, method: string): GeminiError {
  return new GeminiError(
    "NOT_FOUND",
    `models/${model} is not found for API version v1beta, or is not supported for ${method}. Call ListModels to see the list of available models and their supported methods.`,
  );
}

/** How a quota is named, and how long one is told to wait where nothing else is ordered. */
const QUOTAS = {
  minute: { id: "GenerateRequestsPerMinutePerProjectPerModel-FreeTier", seconds: 37.25 },
  day: { id: "GenerateRequestsPerDayPerProjectPerModel-FreeTier", seconds: 51_743 },
} as const;

export function quotaExceeded(
  per: keyof typeof QUOTAS,
  model: string,
  retryDelaySeconds: number = QUOTAS[per].seconds,
): GeminiError {
  const metric = `${SERVICE}/generate_content_free_tier_requests`;
  return new GeminiError(
    "RESOURCE_EXHAUSTED",
    `You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: ${metric}, limit: 20, model: ${model}\nPlease retry in ${retryDelaySeconds}s.`,
    [
      {
        "@type": `${TYPES}.Help`,
        links: [
          {
            description: "Learn more about Gemini API quotas",
            url: "https://ai.google.dev/gemini-api/docs/rate-limits",
          },
        ],
      },
      {
        "@type": `${TYPES}.QuotaFailure`,
        violations: [
          {
            quotaMetric: metric,
            quotaId: QUOTAS[per].id,
            quotaDimensions: { location: "global", model },
            quotaValue: "20",
          },
        ],
      },
      { "@type": `${TYPES}.RetryInfo`, retryDelay: `${retryDelaySeconds}s` },
    ],
  );
}

export function internal(): GeminiError {
  return new GeminiError(
    "INTERNAL",
    "An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting",
  );
}

export function overloaded(): GeminiError {
  return new GeminiError("UNAVAILABLE", "The model is overloaded. Please try again later.");
}

export function deadlineExceeded(): GeminiError {
  return new GeminiError("DEADLINE_EXCEEDED", "Deadline expired before operation could complete.");
}

function errorInfo(reason: string): object {
  return {
    "@type": `${TYPES}.ErrorInfo`,
    reason,
    domain: "googleapis.com",
    metadata: { service: SERVICE },
  };
}
