import type { Log } from "../runtime/log.ts";

/** Files that are there for one plan. Paths are absolute and real unless said otherwise. */
export interface Place {
  /** The commit's files. */
  readonly checkout: string;
  /** What OpenTofu installs: outside of the commit's files, so that none of them can pass for it. */
  readonly data: string;
  /** Where the saved plan goes. */
  readonly plan: string;
  /** Says where a path leads that is seen from a folder, links followed. */
  locate(folder: string, path: string): Promise<Located>;
  /** Names in a folder, folders among them not. */
  names(folder: string): Promise<string[]>;
  /** Text of a file; undefined where there is none, or it is larger than configuration ever is. */
  read(file: string): Promise<string | undefined>;
  /** A path of the commit that leads out of it, or nowhere, whoever asks for it; undefined where there is none. */
  lost(): Promise<string | undefined>;
  /** Removes everything, and ends every process that is left of it; false where something could not be removed. */
  remove(): Promise<boolean>;
}

export type Located =
  | { readonly kind: "folder" | "file"; readonly path: string }
  | { readonly kind: "missing" }
  /** It leads out of this place, or nowhere: nothing can be read through it. */
  | { readonly kind: "outside" };

export type CheckedOut = {
  /** Until the last byte of the archive was here, in ms. */
  readonly fetchMs: number;
  /** From then until the last file was written, in ms. */
  readonly unpackMs: number;
} & ({ readonly kind: "done" } | { readonly kind: "refused"; readonly error: string });

/** The OpenTofu that plans. */
export interface Tofu {
  /** Whether module sources of git can be fetched. */
  readonly hasGit: boolean;
  /** Whether what it runs can read nothing of other processes. */
  readonly isIsolated: boolean;
  /** Runs it to its end. Once the signal is aborted it is asked to stop, and later made to. */
  run(
    args: readonly string[],
    options: {
      readonly place: Place;
      readonly folder: string;
      readonly workspace: string;
      /** Takes what it prints. Default: nobody. */
      readonly output?: (chunk: Buffer) => void;
      readonly signal: AbortSignal;
    },
  ): Promise<Ended>;
}

export interface Ended {
  /** Of no meaning where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to standard error. */
  readonly errors: string;
}

/** What the executor needs from the world. */
export interface Ports {
  /** Of OpenTofu, as the stack gives it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Provider patterns of the stack. */
  readonly allowedProviders: readonly string[];
  /** Place patterns of the stack. */
  readonly allowedPlaces: readonly string[];
  /** The most that one plan may take, in ms. */
  readonly maxMs: number;
  /** Milliseconds of a clock that never goes back. */
  readonly now: () => number;
  /** Aborted so many milliseconds from now. */
  readonly deadline: (ms: number) => AbortSignal;
  /**
   * Unpacks a commit's archive. Throws an HttpError 503 for what may work later, and the signal's reason once that is
   * aborted.
   */
  readonly checkout: (archive: string, into: string, signal: AbortSignal) => Promise<CheckedOut>;
  readonly open: () => Promise<Place>;
  /** Ready to run; throws an HttpError 503 where it cannot be fetched. */
  readonly tofu: () => Promise<Tofu>;
  readonly log: Log;
}
