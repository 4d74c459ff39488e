/**
 * Copies that may take several requests.
 * Source: cloud.google.com/storage/docs/json_api/v1/objects/rewrite.
 */
import { createHash } from "node:crypto";
import { bodyOf, jsonResponse, type LocalResponse } from "../../../http/message.ts";
import { notModified } from "../answers.ts";
import { bucketOf, type StorageCall } from "../call.ts";
import { invalid } from "../errors.ts";
import { jsonOf, type Json } from "../json.ts";
import { objectView } from "../views.ts";
import { allowedCopy, copied, type Copy } from "./copy.ts";

/** `maxBytesRewrittenPerCall` is a multiple of it. */
const STEP = 1024 * 1024;

/** How far a rewrite is, and of what. Nothing is kept of it here: the token says it all. */
interface Progress {
  readonly generation: string;
  readonly rewritten: number;
  /** Of source, destination and metadata, which no later request may change. */
  readonly fingerprint: string;
}

/**
 * Done at once within a location. Between locations a caller may say how much of it one request does; without that, one
 * request does all, where the cloud may take several.
 */
export async function rewriteObject(call: StorageCall): Promise<LocalResponse> {
  const { query, request } = call;
  const resource = jsonOf(await bodyOf(request));
  const fingerprint = fingerprintOf(call, resource);
  const before = progressOf(query.get("rewriteToken"));
  if (before !== undefined && before.fingerprint !== fingerprint) {
    throw invalid("The rewriteToken is of another source, destination or metadata.");
  }
  const step = stepOf(query.get("maxBytesRewrittenPerCall"));
  const generation = before?.generation ?? query.get("sourceGeneration");
  const copy = allowedCopy(call, resource, generation);
  if (copy === undefined) return notModified();
  const size = copy.source.bytes.length;
  const atOnce = isSameLocation(call, copy) ? size : step;
  const rewritten = Math.min(size, (before?.rewritten ?? 0) + atOnce);
  const isDone = rewritten === size;
  return jsonResponse(200, {
    kind: "storage#rewriteResponse",
    totalBytesRewritten: String(rewritten),
    objectSize: String(size),
    done: isDone,
    ...(isDone
      ? { resource: objectView(copied(call, copy)) }
      : {
          rewriteToken: tokenOf({
            generation: String(copy.source.generation),
            rewritten,
            fingerprint,
          }),
        }),
  });
}

function isSameLocation(call: StorageCall, { to }: Copy): boolean {
  const from = bucketOf(call).settings.location;
  return from.toUpperCase() === to.bucket.settings.location.toUpperCase();
}

function stepOf(text: string | null): number {
  if (text === null) return Infinity;
  const bytes = Number(text);
  if (!/^\d{1,16}$/.test(text) || bytes === 0 || bytes % STEP !== 0) {
    throw invalid(`Invalid value for maxBytesRewrittenPerCall: ${text}`);
  }
  return bytes;
}

function fingerprintOf(
  { bucketName, objectName, destination }: StorageCall,
  resource: Json,
): string {
  const parts = [bucketName, objectName, destination.bucketName, destination.objectName, resource];
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

function tokenOf({ generation, rewritten, fingerprint }: Progress): string {
  return [generation, rewritten, fingerprint].join(".");
}

function progressOf(token: string | null): Progress | undefined {
  if (token === null) return undefined;
  const [, generation, rewritten, fingerprint] =
    /^(\d{1,16})\.(\d{1,16})\.([\w-]+)$/.exec(token) ?? [];
  if (generation === undefined || rewritten === undefined || fingerprint === undefined) {
    throw invalid("Invalid value for rewriteToken.");
  }
  return { generation, rewritten: Number(rewritten), fingerprint };
}
