/** What a system gives to `npm run demo`. */
import type { Declared } from "../declared/declared.ts";
import type { LogEntry } from "../log.ts";
import type { Stage } from "./stage.ts";
import type { Chapter } from "./story.ts";

/** What a system does for people, told on what is declared. */
export interface Demo {
  /** A word that may follow the system's name. Default: none may. */
  readonly argument?: {
    /** `FOLDER` */
    readonly name: string;
    readonly help: string;
    /** What `chapters` gets of it. Throws a UsageError. */
    readonly read: (word: string) => string;
  };
  /** Why the story cannot be told on this machine; undefined where it can. Default: it can. */
  lacks?(): Promise<string | undefined>;
  chapters(declared: Declared, argument?: string): Promise<readonly Chapter<Stage>[]>;
  /** Lines of the log that say nothing to a person. Default: none. */
  hides?(entry: LogEntry): boolean;
}
