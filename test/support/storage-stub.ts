import { CRC32C, Storage } from "@google-cloud/storage";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Kept {
  readonly content: string;
  readonly contentType: string;
  readonly generation: number;
}

/** As much of Cloud Storage's JSON API as small objects need, for Google's own client. Keeps its requests. */
export class StorageStub {
  readonly objects = new Map<string, Kept>();
  /** `GET name?query` */
  readonly lines: string[] = [];
  /** Called before a request is answered. */
  before: (line: string) => void = () => undefined;
  /** A status that a request is answered with instead. */
  fault: (line: string) => number | undefined = () => undefined;
  #generation = 0;
  readonly #server = http.createServer((request, response) => void this.#answer(request, response));

  static async start(): Promise<StorageStub> {
    const stub = new StorageStub();
    await once(stub.#server.listen(0, "127.0.0.1"), "listening");
    return stub;
  }

  client(): Storage {
    const apiEndpoint = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return new Storage({ apiEndpoint, projectId: "p", retryOptions: { autoRetry: false } });
  }

  put(name: string, content: string, contentType = "text/plain"): Kept {
    const kept = { content, contentType, generation: ++this.#generation };
    this.objects.set(name, kept);
    return kept;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    const { pathname, searchParams: query } = new URL(request.url ?? "", "http://x");
    const name = query.get("name") ?? decodeURIComponent(pathname.split("/o/")[1] ?? "");
    const line = `${request.method ?? ""} ${name}?${[...query.keys()].filter((key) => /eneration|alt/.test(key)).join("&")}`;
    this.lines.push(line);
    this.before(line);
    const send = (status: number, answer: string): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(answer);
    };
    const fault = this.fault(line);
    if (fault !== undefined) {
      send(fault, `{"error":{"code":${fault},"message":"Faulty"}}`);
      return;
    }
    const kept = this.objects.get(name);
    const match = query.get("ifGenerationMatch");
    if (match !== null && Number(match) !== (kept?.generation ?? 0)) {
      send(412, '{"error":{"code":412,"message":"conditionNotMet"}}');
    } else if (request.method === "POST") {
      const [, type = "", content = ""] =
        /\r\n\r\n[^]*?Content-Type: ([^\r]*)\r\n\r\n([^]*)\r\n--/i.exec(body) ?? [];
      const { generation } = this.put(name, content, type);
      const crc32c = checksumOf(content);
      send(200, JSON.stringify({ name, generation: String(generation), crc32c }));
    } else if (
      kept === undefined ||
      ![null, String(kept.generation)].includes(query.get("generation"))
    ) {
      send(404, '{"error":{"code":404,"message":"Not Found"}}');
    } else if (request.method === "DELETE") {
      this.objects.delete(name);
      send(204, "");
    } else if (query.get("alt") === "media") {
      send(200, kept.content);
    } else {
      send(200, JSON.stringify({ name, generation: String(kept.generation) }));
    }
  }
}

/** The client compares it with that of what it sent. */
function checksumOf(content: string): string {
  const checksum = new CRC32C();
  checksum.update(Buffer.from(content));
  return checksum.toString();
}
