/** Google's APIs as the developer's own programs reach them: at their real hosts, with the developer's token. */
import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { text } from "node:stream/consumers";
import { DEVELOPER } from "../identity/metadata-servers.ts";
import type { Attachment } from "../run-folder.ts";

const TOKEN = "/computeMetadata/v1/instance/service-accounts/default/token";

/** Posts JSON. */
export async function askGoogle(
  { proxyUrl, caFile, metadataHosts }: Attachment,
  url: string,
  body: string,
  signal: AbortSignal,
): Promise<{ readonly status: number; readonly text: string }> {
  const agent = new Agent({ ca: await readFile(caFile), proxyEnv: { HTTPS_PROXY: proxyUrl } });
  try {
    const headers = {
      authorization: `Bearer ${await tokenAt(metadataHosts[DEVELOPER] ?? "", signal)}`,
      "content-type": "application/json",
    };
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const sent = request(url, { method: "POST", headers, agent, signal });
    sent.once("response", resolve).once("error", reject).end(body);
    const response = await promise;
    return { status: response.statusCode ?? 0, text: await text(response) };
  } finally {
    agent.destroy();
  }
}

async function tokenAt(metadataHost: string, signal: AbortSignal): Promise<string> {
  const headers = { "Metadata-Flavor": "Google" };
  const response = await fetch(`http://${metadataHost}${TOKEN}`, { headers, signal });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return token;
}
