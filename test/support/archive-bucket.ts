import { CRC32C, Storage } from "@google-cloud/storage";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** How an answer differs from what a healthy bucket says. */
interface Trouble {
  readonly status?: number;
  /** How many bytes of an object come before the connection breaks. */
  readonly breaksAfter?: number;
}

/** As much of Cloud Storage's JSON API as archives need: they are uploaded in one request and downloaded by name. */
export class ArchiveBucket {
  /** By name, in any bucket. */
  readonly objects = new Map<string, Buffer>();
  /** Of each upload: its query, and what kind of object it made. */
  readonly uploads: { readonly query: Record<string, string>; readonly contentType: string }[] = [];
  trouble: Trouble = {};
  readonly #server = http.createServer((request, response) => {
    // A connection that the other end has broken gets no answer.
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<ArchiveBucket> {
    const bucket = new ArchiveBucket();
    await once(bucket.#server.listen(0, "127.0.0.1"), "listening");
    return bucket;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  client(): Storage {
    return new Storage({
      apiEndpoint: this.origin,
      projectId: "p",
      retryOptions: { autoRetry: false },
    });
  }

  reset(): void {
    this.objects.clear();
    this.uploads.length = 0;
    this.trouble = {};
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await buffer(request);
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    const { status, breaksAfter } = this.trouble;
    const send = (code: number, answer: object): void => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    };
    const fail = (code: number, message: string): void => send(code, { error: { code, message } });
    if (status !== undefined) {
      fail(status, "trouble");
      return;
    }
    if (request.method === "POST") {
      const name = searchParams.get("name") ?? "";
      const { contentType, content } = secondPart(body);
      this.objects.set(name, content);
      this.uploads.push({ query: Object.fromEntries(searchParams), contentType });
      send(200, { name, generation: "1", crc32c: checksumOf(content) });
      return;
    }
    const name = decodeURIComponent(pathname.split("/o/")[1] ?? "");
    const kept = this.objects.get(name);
    if (kept === undefined) {
      fail(403, `No access to ${name} (or it may not exist).`);
      return;
    }
    response.writeHead(200, {
      "content-length": kept.length,
      "x-goog-hash": `crc32c=${checksumOf(kept)}`,
    });
    if (breaksAfter === undefined) response.end(kept);
    else response.write(kept.subarray(0, breaksAfter), () => response.destroy());
  }
}

/** Of a multipart upload: after the object's metadata comes its content. */
function secondPart(body: Buffer): { contentType: string; content: Buffer } {
  const text = body.toString("latin1");
  const boundary = text.slice(0, text.indexOf("\r\n"));
  const begin = text.indexOf(boundary, boundary.length) + boundary.length;
  const content = text.indexOf("\r\n\r\n", begin) + 4;
  const [, contentType = ""] = /content-type: (\S+)/i.exec(text.slice(begin, content)) ?? [];
  const end = text.lastIndexOf(`\r\n${boundary}`);
  return { contentType, content: body.subarray(content, end) };
}

function checksumOf(content: Buffer): string {
  const checksum = new CRC32C();
  checksum.update(content);
  return checksum.toString();
}
