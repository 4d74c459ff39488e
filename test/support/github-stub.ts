import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export interface StubRequest {
  readonly method: string;
  /** With its query, decoded. */
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: unknown;
}

export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answers one request; what it throws breaks the connection. */
export type StubRoute = (
  request: StubRequest,
  response: http.ServerResponse,
) => StubAnswer | undefined;

/** An HTTP API of a few answers, `"GET /repos/o/r/pulls/7"` → answer; what it does not know is 404. Keeps every request. */
export class GitHubStub {
  readonly requests: StubRequest[] = [];
  readonly routes = new Map<string, StubRoute>();
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<GitHubStub> {
    const stub = new GitHubStub();
    await once(stub.#server.listen(0, "127.0.0.1"), "listening");
    return stub;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The requests as lines, `GET /path`. */
  get lines(): string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`);
  }

  on(line: string, answer: StubAnswer | StubRoute): this {
    this.routes.set(line, typeof answer === "function" ? answer : () => answer);
    return this;
  }

  reset(): void {
    this.requests.length = 0;
    this.routes.clear();
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const sent = await text(request);
    const path = decodeURIComponent(request.url ?? "");
    const method = request.method ?? "";
    const body: unknown = sent === "" ? undefined : JSON.parse(sent);
    const kept = { method, path, headers: request.headers, body };
    this.requests.push(kept);
    const route =
      this.routes.get(`${method} ${path}`) ??
      this.routes.get(`${method} ${path.split("?")[0] ?? ""}`);
    const answer =
      route === undefined ? { status: 404, body: { message: "Not Found" } } : route(kept, response);
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200, {
      "content-type": "application/json; charset=utf-8",
      ...answer.headers,
    });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }
}
