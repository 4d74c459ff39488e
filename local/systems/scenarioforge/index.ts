/** scenarioforge on one machine: a stand-in Gemini and a stand-in web. */
import type { ScenarioforgeOutside } from "../../../infra/systems/scenarioforge/outside.ts";
import { GEMINI_HOST } from "../../outside/gemini/host.ts";
import type { LocalSystem } from "../system.ts";
import { isQuietNode } from "./demo/calls.ts";

export const scenarioforge = {
  attaches: () => {
    // Loaded while the program is recorded.
    const loaded = import("./attach.ts");
    return {
      attach: async (_, local) => (await loaded).attachOutside(local),
    };
  },
  googleHosts: [GEMINI_HOST],
  demo: {
    chapters: async () => (await import("./demo/index.ts")).chapters(),
    hides: isQuietNode,
  },
} satisfies LocalSystem<ScenarioforgeOutside>;
