import { multiply, retell } from "./rewritten.ts";
import type { Site } from "./site.ts";
import { hostile, rightToLeft } from "./texts.ts";

/** Runs in every state that a run is found in, by the ids that say which. */
export async function inEveryState(site: Site): Promise<void> {
  const { store } = site;
  await site.launch("completed");
  await site.launch("scenarios-only", { generate_strategies: false });
  site.stuck.set("strategies", 1);
  await site.launch("retried");
  site.stuck.set("wind_tunnel", 3);
  await site.launch("failed");
  await site.launch("failed-early", { settings_overrides: { min_evidence_ok: 999 } });
  await site.launch("running", {}, 9);
  await site.launch("just-launched", {}, 0);
  await site.launch("deleted");
  await site.ask("DELETE", "/runs/deleted");
  await site.launch("huge");
  await multiply(store, "huge");
  await site.launch("right-to-left");
  await retell(store, "right-to-left", rightToLeft);
  await site.launch("hostile");
  await retell(store, "hostile", hostile);
  site.stuck.set("scenarios", 3);
  await site.launch("hostile-failed");
  await retell(store, "hostile-failed", hostile);
}
