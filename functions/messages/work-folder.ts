import type { Tenant } from "./tenant.ts";

const MAX_SEGMENT = 128;
/** Stands where a value is missing or leaves nothing: without it, the folder would be the parent of others' folders. */
const NOTHING = "_";

/**
 * The segments of a tenant's folder below the work root, from a template with `{userId}`, `{projectId}`, `{workspaceId}`
 * and `{sessionId}` (producer contract, 5.1; where its table lets a value reach another's folder, 5.3 holds). Values are
 * made safe before they are put in, so that none brings a slash or a `..` with it.
 */
export function workFolderOf(template: string, tenant: Partial<Tenant>): readonly string[] {
  const values: Readonly<Record<string, string | undefined>> = {
    userId: tenant.user_id,
    projectId: tenant.project_id,
    workspaceId: tenant.workspace_id,
    sessionId: tenant.session_id,
  };
  const known = Object.entries(values).filter(([, value]) => safe(value ?? "") !== "");
  const safeValues = new Map(known.map(([name, value]) => [name, safe(value ?? "")]));
  const segments = template
    .split("/")
    .map((segment) =>
      segment.replaceAll(/\{(\w+)\}/g, (token, name: string) =>
        name in values ? (safeValues.get(name) ?? NOTHING) : token,
      ),
    )
    .map(safe)
    .filter((segment) => segment !== "");
  // A folder of placeholders alone would be everybody's.
  const isNobodys = segments.every((segment) => segment === NOTHING);
  return isNobodys ? [safeValues.get("projectId") ?? NOTHING] : segments;
}

/** A segment of a path from any text; empty where nothing is left of it. */
function safe(text: string): string {
  const plain = text
    .replaceAll("\\", "-")
    .replaceAll(/\.+/g, ".")
    .replaceAll(/[^A-Za-z0-9._-]/g, "_");
  return plain === "." ? "" : plain.slice(0, MAX_SEGMENT);
}
