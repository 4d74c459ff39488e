import http from "node:http";
import type { IncomingMessage } from "node:http";
import https from "node:https";
import * as v from "valibot";
import { PlanExecutionResult } from "../../messages/plan-execution.ts";
import { sentenceOf } from "../../runtime/errors.ts";
import { idTokenClient } from "../../runtime/google/id-tokens.ts";
import { lazy } from "../../runtime/lazy.ts";
import { NO_PLAN_TIMINGS } from "../comment/timings.ts";
import { Unavailable } from "../faults.ts";
import type { Executor } from "../ports.ts";

/** Makes the headers that let a request through to a service. */
type Authorize = () => Promise<Headers>;

/** Cloud Run's own limit of an answer (https://cloud.google.com/run/quotas#request_limits). */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
/** After the budget: OpenTofu gets 20 s from SIGINT to SIGKILL, and the answer travels. */
const GRACE_MS = 30_000;

const OK = 200;
/**
 * Where nothing is wrong with the request: busy, broken, a grant that has not reached the front end yet, or an older
 * version, which is about to be replaced and does not understand it.
 */
const isPassing = (status: number): boolean =>
  status >= 500 || [401, 403, 408, 422, 429].includes(status);

/**
 * The role that runs OpenTofu.
 * @param url its origin, the audience of our tokens
 */
export function executorAt(url: string, authorize: Authorize = idTokensFor(url)): Executor {
  return {
    execute: async (execution, signal) => {
      const overdue = AbortSignal.timeout(execution.budget_ms + GRACE_MS);
      const until = AbortSignal.any([signal, overdue]);
      const headers = await Promise.race([authorize(), aborted(until)]).catch((error: unknown) => {
        throw new Unavailable(`No ID token could be had: ${String(error)}`);
      });
      try {
        const body = JSON.stringify(execution);
        const answer = await post(`${url}/plan`, headers, body, until);
        return resultOf(answer);
      } catch (error) {
        if (overdue.aborted && !signal.aborted) return silent(execution.budget_ms);
        throw error;
      }
    },
  };
}

/** Fails as soon as the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error("Nobody waits for it any more."));
    if (signal.aborted) fail();
    signal.addEventListener("abort", fail, { once: true });
  });
}

interface Answer {
  readonly status: number;
  /** Seconds, where the answer names them. */
  readonly retryAfter: number | undefined;
  readonly text: string;
}

/** Not by fetch, which gives an answer five minutes to begin, whatever it is asked. */
async function post(
  url: string,
  headers: Headers,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { request } = url.startsWith("https:") ? https : http;
  const sent = request(url, {
    method: "POST",
    signal,
    headers: {
      ...Object.fromEntries(headers),
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
    },
  });
  sent.on("response", resolve).on("error", reject).end(body);
  try {
    const response = await promise;
    const seconds = Number(response.headers["retry-after"] ?? Number.NaN);
    return {
      status: response.statusCode ?? 0,
      retryAfter: seconds > 0 ? seconds : undefined,
      text: await textOf(response),
    };
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Unavailable(`The executor did not answer: ${reason}`);
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    received += chunk.length;
    if (received > MAX_ANSWER_BYTES) throw new Unavailable("The executor's answer is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function resultOf({ status, text, retryAfter }: Answer): PlanExecutionResult {
  if (status === OK) return v.parse(PlanExecutionResult, JSON.parse(text));
  const message = `The executor answered ${status}: ${shown(text)}`;
  if (isPassing(status)) throw new Unavailable(message, retryAfter);
  throw new Error(message);
}

/** The role's own sentence; Cloud Run's front end answers in text of its own. */
function shown(text: string): string {
  const json = v.safeParse(v.pipe(v.string(), v.parseJson()), text);
  const sentence = (json.success ? sentenceOf(json.output) : undefined) ?? text;
  return sentence.replaceAll(/\s+/g, " ").trim().slice(0, 300);
}

/** What is told where the executor outlives its own deadline. */
function silent(budgetMs: number): PlanExecutionResult {
  const seconds = Math.round(budgetMs / 1000);
  return {
    outcome: "failed",
    step: "timeout",
    error: `Nothing was heard of the plan within ${seconds} seconds.`,
    timings: NO_PLAN_TIMINGS,
  };
}

function idTokensFor(audience: string): Authorize {
  const client = lazy(() => idTokenClient(audience));
  return async () => (await client()).getRequestHeaders();
}
