/** The stories there are. A new system adds its line here. */
import type { Declared } from "../declared/declared.ts";
import type { SystemName } from "../declared/record.ts";
import { enqueuer } from "../systems/enqueuer/demo/index.ts";
import { planRunner } from "../systems/plan-runner/demo/index.ts";
import type { Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

/** What a system does for people, told on the plan that runs. `folder`: a person's own, where the story is about one. */
export type Demo = (plan: Declared, folder?: string) => readonly Chapter<Stage>[];

export type { SystemName };

export const demos: Readonly<Record<SystemName, Demo>> = {
  enqueuer,
  "plan-runner": planRunner,
};
