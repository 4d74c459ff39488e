/** Resumable uploads that are under way. */
import type { Caller } from "../../../iam/types.ts";
import type { LocalResponse } from "../../../http/message.ts";
import type { Draft } from "./draft.ts";

/** "Session URIs expire after one week." Source: cloud.google.com/storage/docs/resumable-uploads. */
const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** What was uploaded counts in such steps: cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload. */
const STEP = 256 * 1024;

export class Upload {
  readonly id: string;
  readonly bucket: string;
  readonly draft: Draft;
  /** Who began it; whoever has its address goes on in their name. */
  readonly caller: Caller;
  /** Announced at the beginning. */
  readonly size: number | undefined;
  readonly expiresAt: number;
  /** What the request that completed it was told. */
  answer: LocalResponse | undefined;
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(
    id: string,
    begun: Pick<Upload, "bucket" | "draft" | "caller" | "size">,
    now: number,
  ) {
    this.id = id;
    this.bucket = begun.bucket;
    this.draft = begun.draft;
    this.caller = begun.caller;
    this.size = begun.size;
    this.expiresAt = now + LIFETIME_MS;
  }

  /** Bytes that are here to stay. */
  get received(): number {
    return this.#received;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
  }

  /** Forgets what is beyond the last whole step; the client learns of it from the range in the answer. */
  keepWholeSteps(): void {
    const whole = this.#received - (this.#received % STEP);
    if (whole === this.#received) return;
    this.#chunks = [this.bytes().subarray(0, whole)];
    this.#received = whole;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** The object has them now. */
  release(answer: LocalResponse): void {
    this.answer = answer;
    this.#chunks = [];
  }
}

/** Completed uploads that can still be asked for their answer, which only a client does that lost it. */
const MAX_COMPLETED = 1000;

export class Uploads {
  readonly #uploads = new Map<string, Upload>();

  add(upload: Upload, now: number): void {
    for (const { id, expiresAt } of this.#uploads.values()) {
      if (expiresAt > now) break;
      this.#uploads.delete(id);
    }
    this.#uploads.set(upload.id, upload);
    if (this.#uploads.size > MAX_COMPLETED) this.#forgetCompleted();
  }

  /** Under way or completed. */
  get size(): number {
    return this.#uploads.size;
  }

  #forgetCompleted(): void {
    for (const { id, answer } of this.#uploads.values()) {
      if (answer === undefined) continue;
      this.#uploads.delete(id);
      return;
    }
  }

  get(id: string, now: number): Upload | undefined {
    const upload = this.#uploads.get(id);
    return upload !== undefined && upload.expiresAt > now ? upload : undefined;
  }

  delete(upload: Upload): void {
    this.#uploads.delete(upload.id);
  }
}
