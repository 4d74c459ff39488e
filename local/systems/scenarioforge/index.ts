/** scenarioforge on one machine: a stand-in Gemini and a stand-in web. */
import type { ScenarioforgeOutside } from "../../../infra/systems/scenarioforge/outside.ts";
import type { LocalSystem } from "../system.ts";

export const scenarioforge = {
  attaches: () => {
    // Loaded while the program is recorded.
    const loaded = import("./attach.ts");
    return {
      attach: async (_, local) => (await loaded).attachOutside(local),
    };
  },
  demo: {
    chapters: async () => (await import("./demo/index.ts")).chapters(),
  },
} satisfies LocalSystem<ScenarioforgeOutside>;
