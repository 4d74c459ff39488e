/** A stand-in GitHub with one App, and the unmodified octokit to ask it by. */
import { generateKeyPairSync } from "node:crypto";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { createGitHub, type GitHub } from "../../../../local/outside/github/index.ts";
import type { GitHubOptions } from "../../../../local/outside/github/options.ts";
import type { App } from "../../../../local/outside/github/state/model.ts";
import {
  bodyOf,
  headersOf,
  textResponse,
  type LocalRequest,
  type LocalResponse,
  type Send,
} from "../../../../local/http/message.ts";
import type { LogEntry } from "../../../../local/log.ts";

export const KEYS = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

export const PLANNER: App = {
  id: 77,
  slug: "planner",
  publicKeyPem: KEYS.publicKey,
  webhookSecret: "s3cret",
  webhookUrl: "https://plan-app-223080314602.us-central1.run.app/webhook",
  permissions: { contents: "read", issues: "write", checks: "write", pull_requests: "read" },
  events: ["pull_request", "issue_comment", "check_run"],
};

export interface SmallHub {
  readonly github: GitHub;
  readonly log: readonly LogEntry[];
  /** Webhooks as the App got them. */
  readonly received: readonly LocalRequest[];
}

export interface SmallHubOptions extends Partial<GitHubOptions> {
  readonly app?: Partial<App>;
}

export function smallHub({ app, ...options }: SmallHubOptions = {}): SmallHub {
  const log: LogEntry[] = [];
  const received: LocalRequest[] = [];
  const github = createGitHub({
    apps: [{ ...PLANNER, ...app }],
    deliver: (request) => {
      received.push(request);
      return Promise.resolve(textResponse(202, "accepted"));
    },
    log: (entry) => void log.push(entry),
    ...options,
  });
  return { github, log, received };
}

/** Octokit as the App; with an installation's id as that installation. */
export function asApp({ github }: SmallHub, installationId?: number): Octokit {
  const fetch = fetchBy(github.send);
  return new Octokit({
    request: { fetch },
    log: SILENT,
    authStrategy: createAppAuth,
    auth: {
      appId: PLANNER.id,
      privateKey: KEYS.privateKey,
      ...(installationId !== undefined && { installationId }),
    },
  });
}

/** Octokit with a token, or with none. */
export function withToken({ github }: SmallHub, token?: string): Octokit {
  return new Octokit({ request: { fetch: fetchBy(github.send) }, log: SILENT, auth: token });
}

export interface Narrowed {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly repositories?: string[];
}

/** A token of an installation, narrowed or not. */
export async function mint(
  hub: SmallHub,
  installationId: number,
  narrowed: Narrowed = {},
): Promise<string> {
  const { data } = await asApp(hub).rest.apps.createInstallationAccessToken({
    installation_id: installationId,
    ...narrowed,
  });
  return data.token;
}

/** How a refused call was answered. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ status: number; message: string }> {
  try {
    await call;
  } catch (error) {
    const { status, response } = error as {
      status: number;
      response?: { data: { message: string } };
    };
    return { status, message: response?.data.message ?? String(error) };
  }
  throw new Error("The call was answered.");
}

const ignore = (): void => undefined;
export const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** `fetch` by a `Send`: follows redirects, and gives no credential to another host. */
export function fetchBy(send: Send): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init.headers);
    const response = await send({
      method: init.method ?? "GET",
      url,
      headers: headersOf([...headers].flat()),
      body: typeof init.body === "string" ? Buffer.from(init.body) : Buffer.alloc(0),
      ...(init.signal && { signal: init.signal }),
    });
    const location = new Headers(pairsOf(response)).get("location");
    if (location === null) return responseOf(response);
    const target = new URL(location, url);
    if (target.host !== url.host) headers.delete("authorization");
    return fetchBy(send)(target, { ...init, headers });
  };
}

async function responseOf(response: LocalResponse): Promise<Response> {
  const { status } = response;
  const body = status === 204 ? null : new Uint8Array(await bodyOf(response));
  return new Response(body, { status, headers: pairsOf(response) });
}

function pairsOf({ headers }: LocalResponse): [string, string][] {
  return headers.map(([name, value]) => [name, value]);
}
