import * as v from "valibot";
import type { HttpResponse, Send } from "../../runtime/http-client.ts";
import type { Log } from "../../runtime/log.ts";
import type { SyncSettings } from "../ports.ts";

const Listing = v.object({
  items: v.optional(
    v.array(v.object({ name: v.string(), generation: v.string(), size: v.optional(v.string()) })),
    [],
  ),
  nextPageToken: v.optional(v.string()),
});
const Uploaded = v.object({ generation: v.string() });

export interface RemoteObject {
  readonly name: string;
  readonly generation: string;
  readonly size: number;
}

/** More answers than that are no listing of one tenant's files. */
const MAX_JSON_BYTES = 8_388_608;

/** Cloud Storage refused, or could not be asked. */
export class StorageRefused extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(`Cloud Storage answered ${status} to ${what}`);
    this.name = "StorageRefused";
    this.status = status;
  }
}

interface ApiOptions {
  readonly settings: SyncSettings;
  readonly token: string;
  readonly send: Send;
  readonly log: Log;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** The three requests that synchronising takes (producer contract, 2.7), with the session's token. */
export class ObjectsApi {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** One page of what begins with a prefix. A bucket that is not there is empty. */
  async list(
    prefix: string,
    pageToken: string | undefined,
  ): Promise<{ readonly items: readonly RemoteObject[]; readonly next: string | undefined }> {
    const response = await this.#request("GET", "/storage/v1", "/o", {
      prefix,
      ...(pageToken !== undefined && { pageToken }),
      fields: "items(name,etag,generation,updated,md5Hash,size),nextPageToken",
    });
    if (response.status === 404) {
      response.close();
      return { items: [], next: undefined };
    }
    const { items, nextPageToken } = v.parse(Listing, await this.#json(response, "a list"));
    return {
      items: items.map(({ size = "0", ...item }) => ({ ...item, size: Number(size) })),
      next: nextPageToken,
    };
  }

  async get(name: string): Promise<AsyncIterable<Uint8Array>> {
    const path = `/o/${encodeURIComponent(name)}`;
    const response = await this.#request("GET", "/download/storage/v1", path, { alt: "media" });
    if (response.status === 200) return response.body;
    response.close();
    throw new StorageRefused("a download", response.status);
  }

  /** The new generation. `generation` is the one that is replaced; 0 for none. */
  async put(name: string, generation: string, content: AsyncIterable<Uint8Array>): Promise<string> {
    const query = { uploadType: "media", name, ifGenerationMatch: generation };
    const response = await this.#request("POST", "/upload/storage/v1", "/o", query, content);
    return v.parse(Uploaded, await this.#json(response, "an upload")).generation;
  }

  async #request(
    method: "GET" | "POST",
    api: string,
    path: string,
    parameters: Readonly<Record<string, string>>,
    body?: AsyncIterable<Uint8Array>,
  ): Promise<HttpResponse> {
    const { settings, token, send, log, now, signal } = this.#options;
    const project = settings.billingProject;
    const query = new URLSearchParams({
      ...parameters,
      ...(project !== "" && { userProject: project }),
    });
    const bucket = encodeURIComponent(settings.bucket);
    const url = `${settings.apiBase}${api}/b/${bucket}${path}?${query.toString()}`;
    const began = now();
    const response = await send({
      method,
      url,
      headers: {
        Authorization: `Bearer ${token}`,
        ...(project !== "" && { "x-goog-user-project": project }),
        ...(body !== undefined && { "Content-Type": "application/octet-stream" }),
      },
      ...(body !== undefined && { body }),
      signal,
    });
    if (settings.isDebugged) {
      const took = now() - began;
      log("DEBUG", "A request to Cloud Storage", {
        method,
        url,
        status: response.status,
        took_ms: took,
      });
    }
    return response;
  }

  async #json(response: HttpResponse, what: string): Promise<unknown> {
    if (response.status !== 200) {
      response.close();
      throw new StorageRefused(what, response.status);
    }
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes > MAX_JSON_BYTES) throw new Error("Cloud Storage's answer is too long.");
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString());
  }
}
