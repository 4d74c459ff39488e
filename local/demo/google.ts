/** Google's APIs as a person's own programs reach them: at their real hosts, with a token of somebody's. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import type { Attachment } from "../run-folder.ts";

const TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token";

export interface GoogleCall {
  readonly url: string;
  /** An access token. Default: none is sent. */
  readonly token?: string;
  /** Sent by POST: JSON, or fields of a form. Default: nothing, by GET. */
  readonly body?: string | URLSearchParams;
}

export async function askGoogle(
  { proxyUrl, caFile }: Attachment,
  { url, token, body }: GoogleCall,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const agent = new Agent({ ca: await readFile(caFile), proxyEnv: { HTTPS_PROXY: proxyUrl } });
  try {
    const isForm = body instanceof URLSearchParams;
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      "content-type": isForm ? "application/x-www-form-urlencoded" : "application/json",
    };
    const method = body === undefined ? "GET" : "POST";
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(url, { method, headers, agent, signal });
    sent.once("response", resolve).once("error", reject).end(body?.toString());
    const response = await promise;
    return { status: response.statusCode ?? 0, text: await text(response) };
  } finally {
    agent.destroy();
  }
}

/** An access token of an account of the stack (its short name) or of the developer, as its metadata server hands it out. */
export async function tokenOf(
  { metadataHosts }: Attachment,
  account: string,
  signal: AbortSignal,
): Promise<string> {
  const headers = { "Metadata-Flavor": "Google" };
  const url = `http://${metadataHosts[account] ?? ""}${TOKEN}`;
  const response = await fetch(url, { headers, signal });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
