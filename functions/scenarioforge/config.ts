// GET and POST /config: a tenant's own settings, which stand below those of a request (contract, 1.10).
import * as v from "valibot";
import type { Reply } from "../runtime/door/reply.ts";
import { parsedJson } from "../scenarios/json.ts";
import { settingsPath } from "../scenarios/paths.ts";
import { overwrite } from "../scenarios/overwrite.ts";
import { SomeSettings } from "../scenarios/request.ts";
import type { RunStore } from "../scenarios/run-store.ts";
import { jsonContent } from "../scenarios/runs.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";

export const ConfigRequest = v.object({ settings: SomeSettings });

/** What is no setting by now is left out. */
export async function tenantSettings(store: RunStore): Promise<SomeSettings> {
  const stored = await store.get(settingsPath);
  const settings = v.safeParse(SomeSettings, parsedJson(stored?.bytes ?? ""));
  return settings.success ? settings.output : {};
}

export async function showConfig(caller: Caller, { stores }: Ports): Promise<Reply> {
  const settings = await tenantSettings(stores.of(caller.tenant));
  return { status: 200, body: { settings, is_admin: caller.isAdmin } };
}

export async function saveConfig(
  { settings }: v.InferOutput<typeof ConfigRequest>,
  caller: Caller,
  ports: Ports,
): Promise<Reply> {
  if (!caller.isAdmin) throw refused(403, "forbidden", "Admin access required.");
  await overwrite(ports.stores.of(caller.tenant), settingsPath, jsonContent(settings), ports);
  return { status: 200, body: { settings, is_admin: true } };
}
