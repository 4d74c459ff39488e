/** The producer on one machine: a stand-in workflows service. */
import type { ProducerOutside } from "../../../infra/systems/producer/outside.ts";
import type { LocalSystem } from "../system.ts";

export const producer = {
  attaches: () => {
    // Loaded while the program is recorded.
    const loaded = import("./attach.ts");
    return {
      attach: async (outside, local) => (await loaded).attachWorkflows(outside, local),
    };
  },
  demo: {
    chapters: async () => (await import("./demo/index.ts")).chapters(),
  },
} satisfies LocalSystem<ProducerOutside>;
