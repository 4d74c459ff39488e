import type { Reply } from "../runtime/door/reply.ts";
import { resolvedKey, type Presented } from "./keys.ts";
import type { ApiSettings } from "./ports.ts";

/** GET /health: what the document asks for, and no key (contract, 3.3). */
export function health(
  presented: Presented,
  { hasServerKey, isOpen }: { readonly hasServerKey: boolean; readonly isOpen: boolean },
  { location, prefix, vectorStore, versions }: ApiSettings,
): Reply {
  const { source } = resolvedKey(presented, hasServerKey ? "set" : "");
  const isUser = ["header", "bearer", "query"].includes(source);
  return {
    status: 200,
    isSilent: true,
    body: {
      ok: true,
      role: "scenarioforge",
      storage_backend: "gcs",
      runs_dir: location,
      runs_location: location,
      runs_prefix: prefix,
      api_key_source: isUser ? "user" : source,
      auth: isOpen ? "own_key" : "keys",
      vector_store: vectorStore,
      vector_scope: "run",
      vector_location: vectorStore === "off" ? "disabled" : location,
      version: versions.app || "unknown",
    },
  };
}
