/** A simulator of Cloud Storage with one bucket, asked over REST as the gateway asks it. */
import { answerRest } from "../../../../local/gateway/rest-simulator.ts";
import { bodyOf, type LocalRequest } from "../../../../local/http/message.ts";
import type { Caller, Principal } from "../../../../local/iam/types.ts";
import { cloudStorage } from "../../../../local/google/storage/index.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";

export const API = "https://storage.googleapis.com/storage/v1";
export const UPLOAD = "https://storage.googleapis.com/upload/storage/v1";
export const BUCKET = "switchyard-dev-state";
export const OBJECTS = `${API}/b/${BUCKET}/o`;
export const INSERT = `${UPLOAD}/b/${BUCKET}/o`;
export const WRITER: Principal = "serviceAccount:plan-app@switchyard-dev.iam.gserviceaccount.com";

export const SETTINGS = {
  location: "us-central1",
  uniformBucketLevelAccess: true,
  publicAccessPrevention: "enforced",
} as const;

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: LocalRequest["body"] | string | object | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  /** Parsed where it is JSON. */
  readonly body: Resource;
}

/** What the tests read of any resource. */
export interface Resource {
  readonly [field: string]: unknown;
  readonly generation?: string;
  readonly items?: readonly Resource[];
  readonly error?: { readonly code: number; readonly message: string; readonly errors: object[] };
}

export class StorageFixture {
  readonly cloud = new FakeCloud();
  readonly storage = cloudStorage(this.cloud);
  /** Whose token comes with what is asked. */
  caller: Caller = { principal: WRITER };

  constructor() {
    this.storage.declareBucket({ name: BUCKET, ...SETTINGS });
  }

  /** One request. A string is sent as it is, an object as JSON. */
  ask(method: string, url: string, { headers = {}, body }: Asked = {}): Promise<Answer> {
    return this.askAnonymously(method, url, {
      headers: { authorization: "Bearer token", ...headers },
      body,
    });
  }

  /** The same without a token. */
  async askAnonymously(
    method: string,
    url: string,
    { headers = {}, body }: Asked,
  ): Promise<Answer> {
    const request: LocalRequest = {
      method,
      url: new URL(url),
      headers: Object.entries(headers),
      body: sent(body),
    };
    const serving = { cloud: this.cloud, callerOf: () => this.caller };
    const answer = await answerRest(this.storage, request, serving);
    const bytes = await bodyOf(answer);
    return {
      status: answer.status,
      headers: Object.fromEntries(
        answer.headers.map(([name, value]) => [name.toLowerCase(), value]),
      ),
      bytes,
      body: parsed(bytes),
    };
  }

  /** Writes text; `query` begins with `&`. */
  put(name: string, text: string, query = ""): Promise<Answer> {
    const url = `${INSERT}?uploadType=media&name=${encodeURIComponent(name)}${query}`;
    return this.ask("POST", url, { headers: { "content-type": "text/plain" }, body: text });
  }

  get(name: string, query = ""): Promise<Answer> {
    return this.ask("GET", `${OBJECTS}/${encodeURIComponent(name)}?${query}`);
  }

  delete(name: string, query = ""): Promise<Answer> {
    return this.ask("DELETE", `${OBJECTS}/${encodeURIComponent(name)}?${query}`);
  }

  /** The content, or the status of what was not 200. */
  async read(name: string): Promise<string | number> {
    const { status, bytes } = await this.get(name, "alt=media");
    return status === 200 ? bytes.toString() : status;
  }

  async names(): Promise<readonly unknown[]> {
    const { body } = await this.ask("GET", OBJECTS);
    return (body.items ?? []).map(({ name }) => name);
  }
}

/** The reason and the sentence of a refusal. */
export function refusalIn({ status, body }: Answer): unknown {
  const { code, message, errors } = body.error ?? {};
  return { status, code, message, errors };
}

function sent(body: Asked["body"]): LocalRequest["body"] {
  if (body === undefined) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  return Buffer.isBuffer(body) || isStream(body) ? body : Buffer.from(JSON.stringify(body));
}

function isStream(body: object): body is Exclude<LocalRequest["body"], Buffer> {
  return Symbol.asyncIterator in body;
}

function parsed(bytes: Buffer): Resource {
  try {
    return JSON.parse(bytes.toString()) as Resource;
  } catch {
    return {};
  }
}
