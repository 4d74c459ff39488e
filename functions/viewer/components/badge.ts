import { html } from "hono/html";
import type { Html } from "../html.ts";

/** What a colour says. The word beside it says the same. */
export type Tone = "good" | "warn" | "bad" | "busy" | "plain";

/** A state in a word or two. */
export function badge(text: string, tone: Tone = "plain"): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

/** A run's status, as people say it. */
export function statusBadge(status: string): Html {
  const [text, tone] = STATUSES.get(status) ?? [status.toLowerCase().replaceAll("_", " "), "plain"];
  return badge(text, tone);
}

const STATUSES: ReadonlyMap<string, readonly [text: string, tone: Tone]> = new Map(
  Object.entries<readonly [string, Tone]>({
    COMPLETED: ["Completed", "good"],
    COMPLETED_WITH_WARNINGS: ["Completed with warnings", "warn"],
    FAILED: ["Failed", "bad"],
    RUNNING: ["Running", "busy"],
    STALLED: ["Stalled", "warn"],
    DELETED: ["Deleted", "plain"],
  }),
);
