import type { Sync } from "../sync/sync.ts";
import { ToolError } from "../tool-error.ts";
import type { ToolCall } from "../tool-call.ts";

/**
 * GCS_SYNC: brings the work folder and its objects in step (producer contract, 2.5). Bucket and token are the session's,
 * whatever an event says: its sender may be a language model.
 */
export async function gcsSync(
  { args }: ToolCall,
  sync: Sync | undefined,
  bucket: string,
): Promise<object> {
  if (bucket === "") throw new ToolError("GCS_SYNC: missing bucket");
  if (isOther(args.bucket, bucket)) throw new ToolError("GCS_SYNC: bucket not allowed");
  if (args.token !== undefined) throw new ToolError("GCS_SYNC: token not allowed");
  if (sync === undefined) throw new ToolError("GCS_SYNC: missing token");
  const { prefix = sync.prefix } = args;
  if (typeof prefix !== "string" || !prefix.startsWith(sync.prefix)) {
    throw new ToolError("GCS_SYNC: prefix not allowed");
  }
  return { ...(await sync.run(prefix)) };
}

function isOther(value: unknown, wanted: string): boolean {
  return value !== undefined && value !== null && value !== "" && value !== wanted;
}
