/** The objects of a bucket over Cloud Storage's JSON API, as an account: what gcsfuse is to a mount. */
import { bodyOf, type LocalRequest, type Send } from "../../http/message.ts";

/** What was asked was refused; the message is Cloud Storage's own. */
export class Denied extends Error {
  override readonly name = "Denied";
}

/** Each call is asked of IAM as the account. Rejects with a Denied where it is refused. */
export interface Objects {
  /** Names that begin with the prefix. */
  readonly names: (prefix: string) => Promise<readonly string[]>;
  readonly read: (name: string) => Promise<Buffer>;
  /** Whatever was there is replaced: the last one that closes a file wins, as with gcsfuse. */
  readonly write: (name: string, bytes: Buffer) => Promise<void>;
  /** One that is gone already is fine. */
  readonly remove: (name: string) => Promise<void>;
}

const HOST = "https://storage.googleapis.com";

/** `token`: an access token of the account, asked for at each call, since one lasts an hour. */
export function objectsOf(bucket: string, send: Send, token: () => string): Objects {
  const objects = `/storage/v1/b/${bucket}/o`;
  async function ask(
    method: string,
    path: string,
    query: Readonly<Record<string, string>> = {},
    body: Buffer = Buffer.alloc(0),
  ): Promise<Buffer> {
    const url = new URL(path, HOST);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const request: LocalRequest = {
      method,
      url,
      headers: [["Authorization", `Bearer ${token()}`]],
      body,
    };
    const response = await send(request);
    const answer = await bodyOf(response);
    if (response.status < 300) return answer;
    if (response.status === 404 && method === "DELETE") return answer;
    throw new Denied(messageOf(answer) ?? `Cloud Storage answered ${response.status}.`);
  }
  return {
    names: async (prefix) => {
      const names: string[] = [];
      let pageToken: string | undefined;
      do {
        const query = { prefix, ...(pageToken !== undefined && { pageToken }) };
        const page = JSON.parse((await ask("GET", objects, query)).toString()) as Page;
        names.push(...(page.items ?? []).map(({ name }) => name));
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined);
      return names;
    },
    read: (name) => ask("GET", `${objects}/${encodeURIComponent(name)}`, { alt: "media" }),
    write: async (name, bytes) => {
      await ask("POST", `/upload${objects}`, { uploadType: "media", name }, bytes);
    },
    remove: async (name) => {
      await ask("DELETE", `${objects}/${encodeURIComponent(name)}`);
    },
  };
}

interface Page {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

/** Undefined where it is no error of Google's in JSON. */
function messageOf(body: Buffer): string | undefined {
  try {
    const { error } = JSON.parse(body.toString()) as { error?: { message?: string } };
    return error?.message;
  } catch {
    return undefined;
  }
}
