import type { Storage } from "@google-cloud/storage";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { newRepeatingStorage } from "../../../functions/runtime/google/storage.ts";
import { BUCKET, StorageFixture } from "../../local/google/storage/bucket.ts";

/** The client waits no less before it writes again. */
const RETRY_SECONDS = 1;

/** The simulator of Cloud Storage on a port, for Google's own client. */
export class ServedStorage {
  readonly fixture = new StorageFixture();
  readonly bucket = BUCKET;
  /** `GET storage/v1/b/…`, of every request. */
  readonly requests: string[] = [];
  /** What was written, and when, in milliseconds of wall time. */
  readonly writes: { readonly name: string; readonly at: number }[] = [];
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<ServedStorage> {
    const served = new ServedStorage();
    await once(served.#server.listen(0, "127.0.0.1"), "listening");
    return served;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Asks again as the roles' does, only sooner. */
  client(): Promise<Storage> {
    const retryOptions = { maxRetryDelay: RETRY_SECONDS };
    return newRepeatingStorage({ apiEndpoint: this.url, projectId: "p", retryOptions });
  }

  /** Closes the connections that are kept, as Cloud Storage does after a while: whoever is about to use one learns it late. */
  closeIdle(): void {
    this.#server.closeIdleConnections();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    this.requests.push(`${method} ${url}`);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const body = await buffer(request);
    const answer = await this.fixture.ask(method, `https://storage.googleapis.com${url}`, {
      headers,
      body,
    });
    const name = new URL(url, this.url).searchParams.get("name");
    if (method === "POST" && name !== null && answer.status === 200) {
      this.writes.push({ name, at: Date.now() });
    }
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes);
  }
}
