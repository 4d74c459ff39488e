/** A task to be created: checked and in its stored form. Source: task.proto, target.proto. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import type { protos } from "@google-cloud/tasks";
import { ownBytes } from "../../http/own-bytes.ts";
import { invalid, refuseUnsupported } from "./fields.ts";
import * as limits from "./limits.ts";
import type { Task, TaskRequest } from "./state.ts";
import { millisOf } from "./time.ts";

type TaskMessage = protos.google.cloud.tasks.v2.ITask;
type HttpRequest = protos.google.cloud.tasks.v2.IHttpRequest;

/** Counters, times of creation and attempts, and `view` are output only: accepted and ignored. */
const TASK_FIELDS = new Set([
  ...["name", "httpRequest", "scheduleTime", "dispatchDeadline", "createTime", "dispatchCount"],
  ...["responseCount", "firstAttempt", "lastAttempt", "view", "messageType"],
]);
const REQUEST_FIELDS = new Set([
  ...["url", "httpMethod", "headers", "body", "oidcToken", "authorizationHeader"],
]);
const TOKEN_FIELDS = new Set(["serviceAccountEmail", "audience"]);

const METHODS = new Set(["POST", "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]);
const METHODS_WITH_BODY = new Set(["POST", "PUT", "PATCH"]);

/** The service stores this header with every HTTP task and shows it (recorded by aertje/cloud-tasks-emulator). */
export const USER_AGENT = "Google-Cloud-Tasks";

/** What a caller decides about a task. */
export type TaskSettings = Pick<Task, "request" | "dispatchDeadlineMs" | "dueAt">;

/**
 * Throws INVALID_ARGUMENT for a value that Cloud Tasks refuses and UNIMPLEMENTED for a field that would change
 * behaviour and is not imitated (App Engine targets, OAuth tokens). Messages are the service's own where a recording or
 * a public report has them: the URL, the schedule time and, in the operation, the size.
 */
export function taskSettingsOf(message: TaskMessage, now: number): TaskSettings {
  refuseUnsupported(message, "Task", TASK_FIELDS);
  if (message.httpRequest === null || message.httpRequest === undefined) {
    throw invalid("Task.httpRequest is required.");
  }
  return {
    request: requestOf(message.httpRequest),
    dispatchDeadlineMs: deadlineOf(message),
    dueAt: dueTimeOf(message, now),
  };
}

function requestOf(message: HttpRequest): TaskRequest {
  refuseUnsupported(message, "HttpRequest", REQUEST_FIELDS);
  const method = methodOf(message);
  const body = bodyOf(message);
  if (body.length > 0 && !METHODS_WITH_BODY.has(method)) {
    throw invalid(`HttpRequest.body is only allowed for POST, PUT and PATCH, not for ${method}.`);
  }
  return {
    method,
    url: urlOf(message),
    headers: headersOf(message),
    body,
    oidcToken: oidcTokenOf(message),
  };
}

function methodOf({ httpMethod }: HttpRequest): TaskRequest["method"] {
  const method = httpMethod ?? "HTTP_METHOD_UNSPECIFIED";
  if (method === "HTTP_METHOD_UNSPECIFIED") return "POST";
  if (typeof method === "string" && METHODS.has(method)) return method;
  throw invalid(`HttpRequest.httpMethod has no value ${method}.`);
}

/** Looks at the scheme and the length only: the service accepts a malformed rest and fails when it sends. */
function urlOf({ url }: HttpRequest): string {
  if (url === null || url === undefined || url === "")
    throw invalid("HttpRequest.url is required.");
  if (!/^https?:\/\//.test(url)) {
    throw invalid("HttpTarget.url must start with 'http://' or 'https://'.");
  }
  const length = URL.canParse(url) ? new URL(url).href.length : url.length;
  if (length > limits.MAX_URL_LENGTH) {
    throw invalid(
      `HttpRequest.url must not be longer than ${limits.MAX_URL_LENGTH} characters after encoding.`,
    );
  }
  return url;
}

function headersOf({ headers }: HttpRequest): Readonly<Record<string, string>> {
  const given = Object.entries(headers ?? {});
  const bytes = given.reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes >= limits.HEADERS_BYTES_LIMIT) {
    throw invalid("HttpRequest.headers must be smaller than 80KB.");
  }
  for (const header of given) checkHeader(header);
  const own = given.filter(([name]) => name.toLowerCase() !== "user-agent");
  return Object.fromEntries([...own, ["User-Agent", USER_AGENT]]);
}

/** By the grammar of HTTP (RFC 9110, 5.1 and 5.5). What the service says to such a header is not recorded. */
function checkHeader([name, value]: readonly [name: string, value: string]): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw invalid(`HttpRequest.headers has a malformed name or value: ${JSON.stringify(name)}.`);
  }
}

function bodyOf({ body }: HttpRequest): Buffer {
  if (body === null || body === undefined) return Buffer.alloc(0);
  return ownBytes(typeof body === "string" ? Buffer.from(body, "base64") : body);
}

function oidcTokenOf({ oidcToken }: HttpRequest): TaskRequest["oidcToken"] {
  if (oidcToken === null || oidcToken === undefined) return undefined;
  refuseUnsupported(oidcToken, "OidcToken", TOKEN_FIELDS);
  const { serviceAccountEmail, audience } = oidcToken;
  if (
    serviceAccountEmail === null ||
    serviceAccountEmail === undefined ||
    serviceAccountEmail === ""
  ) {
    throw invalid("OidcToken.serviceAccountEmail is required.");
  }
  return { serviceAccountEmail, audience: audience ?? "" };
}

function deadlineOf(message: TaskMessage): number {
  const given = millisOf(message.dispatchDeadline);
  if (given === undefined) return limits.DEFAULT_DISPATCH_DEADLINE_MS;
  if (given < limits.MIN_DISPATCH_DEADLINE_MS || given > limits.MAX_DISPATCH_DEADLINE_MS) {
    throw invalid("Task.dispatchDeadline must be between [15s, 30m] for HTTP tasks.");
  }
  return Math.floor(given);
}

function dueTimeOf(message: TaskMessage, now: number): number {
  const given = millisOf(message.scheduleTime) ?? now;
  if (given > now + limits.MAX_SCHEDULE_AHEAD_MS) {
    const time = new Date(given).toISOString();
    throw invalid(
      `The Task.scheduleTime, ${time}, is too far in the future. Schedule time must be no more than 720h in the future.`,
    );
  }
  return Math.max(given, now);
}
