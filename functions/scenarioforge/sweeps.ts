import type { Log } from "../runtime/log.ts";
import type { Ports } from "./ports.ts";

export type OrderSweep = (tenant: string, log: Log) => Promise<void>;

/** Orders a sweep of a tenant's runs while somebody lists them: one each time span, whatever number of instances asks. */
export function sweeps({ tasks, now, settings }: Ports): OrderSweep {
  const ordered = new Map<string, number>();
  return async (tenant, log) => {
    const window = Math.floor(now() / (settings.sweepSeconds * 1000));
    if (ordered.get(tenant) === window) return;
    ordered.set(tenant, window);
    try {
      await tasks.addSweep({ tenant }, window);
    } catch {
      // A list does not fail for it; the next window has another.
      log("WARNING", "No sweep could be ordered.", { tenant });
    }
  };
}
