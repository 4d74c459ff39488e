import type { Tenant } from "./tenant.ts";

/** Where a tenant's objects are. */
export type StoragePrefix =
  | { readonly prefix: string }
  /** What is wrong with it, in words. */
  | { readonly problem: string };

/**
 * The prefix of a tenant's objects, from a template with `{userId}`, `{projectId}`, `{workspaceId}` and `{sessionId}`. It
 * ends with a slash. Producer and consumer must come to the same, so values stay as they are; one that could reach
 * another's prefix is refused.
 */
export function storagePrefixOf(template: string, tenant: Partial<Tenant>): StoragePrefix {
  const values: Readonly<Record<string, string | undefined>> = {
    userId: tenant.user_id,
    projectId: tenant.project_id,
    workspaceId: tenant.workspace_id,
    sessionId: tenant.session_id,
  };
  for (const [name, value = ""] of Object.entries(values)) {
    if (template.includes(`{${name}}`) && !isPlain(value)) {
      return { problem: `${name} may not be part of a prefix of objects` };
    }
  }
  const rendered = template.replaceAll(/\{(\w+)\}/g, (token, name: string) =>
    name in values ? (values[name] ?? "") : token,
  );
  const isOpen = rendered !== "" && !rendered.endsWith("/");
  return { prefix: isOpen ? `${rendered}/` : rendered };
}

/** No slash, which would begin another folder; no dots alone, which clients take for one; no control characters. */
function isPlain(value: string): boolean {
  // eslint-disable-next-line no-control-regex -- these are the characters to keep out
  return !/[/\u0000-\u001f\u007f]|^\.{1,2}$/.test(value);
}
