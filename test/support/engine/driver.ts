import type { Registration } from "../../../local/declared/record.ts";
import type { ProjectTree } from "./project-tree.ts";

/**
 * One resource as an engine received it from the program. What a preview cannot know stands among the inputs as `UNKNOWN`;
 * dependencies are sorted.
 */
export interface Registered extends Registration {
  /** Input → sorted URNs of the resources that it comes from; an input that comes from none is left out. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** What came of running the program once. */
export interface Outcome {
  readonly succeeded: boolean;
  /** All that the person would have read, without colours. */
  readonly output: string;
  /** All that anybody may read of what the program sent, its outputs included: what it marked as a secret is left out. */
  readonly visible: string;
  /** Without the stack and the default provider, which are the engine's own. */
  readonly registered: readonly Registered[];
}

/** `preview`: values that Google computes are unknown to the program. `up`: they are known. */
export type Mode = "preview" | "up";

/** Runs a project's program the way an engine does. */
export interface Driver {
  readonly name: string;
  /** Why it cannot run here; undefined where it can. */
  missing(): string | undefined;
  /** Runs the tree's program as the first preview or the first up of its stack `dev`. Leaves nothing behind. */
  register(tree: ProjectTree, mode: Mode): Promise<Outcome>;
}
