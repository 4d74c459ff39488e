/** The first chapter of every story. */
import type { Declared } from "../declared/declared.ts";
import type { Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

/** `tookMs`: how long the local cloud took to be ready, in milliseconds. */
export function opening(declared: Declared, system: string, tookMs: number): Chapter<Stage> {
  const entryPoints = declared.entryPoints.filter((each) => each.system === system);
  return {
    title: "The cloud is ready",
    why: `The local cloud took ${(tookMs / 1000).toFixed(1)} s to start; a first request starts the process behind it, as in the cloud, so the entry point of ${system} answers although nothing was running.`,
    play: async (stage, expect) => {
      for (const { role } of entryPoints) {
        const { status } = await stage.ask(role, "/health");
        expect(`${role} is healthy`, "200", String(status));
      }
    },
  };
}
