import { createHash } from "node:crypto";
import * as v from "valibot";

/** It travels in a header, so it is printable ASCII without a space at either end. */
export const TenantId = v.pipe(
  v.string("must be a string"),
  v.regex(
    /^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/,
    "must be 1 to 200 printable ASCII characters",
  ),
);

/** Whose events a bridge carries. */
export const Tenant = v.object({
  user_id: TenantId,
  project_id: TenantId,
  /** Without one the workflows service sends no event at all (producer contract, 1.4). */
  workspace_id: TenantId,
  session_id: v.optional(TenantId),
});
export type Tenant = v.InferOutput<typeof Tenant>;

/** What tells one workspace from all others: as long for any ids, and legal in the name of an object or a task. */
export function workspaceKey({
  user_id,
  project_id,
  workspace_id,
}: Omit<Tenant, "session_id">): string {
  const parts = JSON.stringify([user_id, project_id, workspace_id]);
  return createHash("sha256").update(parts).digest("hex");
}
