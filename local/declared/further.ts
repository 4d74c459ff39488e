/** What a module from elsewhere adds to the lists, by the names of its exports: tests have such modules. */
import type { Kind } from "../../infra/google/kind.ts";
import type { Systems } from "../../infra/system.ts";
import type { DeclaresService } from "../google/service.ts";
import type { LocalSystem } from "../systems/system.ts";

export interface Further {
  readonly systems?: Systems;
  /** What the same systems are to the local cloud. */
  readonly localSystems?: Readonly<Record<string, LocalSystem>>;
  readonly services?: readonly DeclaresService[];
  readonly kinds?: readonly Kind[];
  /** The folder of its systems' roles, from the project's root. */
  readonly functions?: string;
}

/** Where a program is that is not the project's own. */
export interface Elsewhere {
  /** The folder of Pulumi.yaml, the stacks' files and `.env.local`. */
  readonly root: string;
  /** Addresses of modules, each a `Further`. */
  readonly modules: readonly string[];
}
