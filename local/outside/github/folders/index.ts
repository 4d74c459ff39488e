/** Folders of a person's as repositories of the stand-in GitHub, for as long as it runs. */
import { once } from "node:events";
import { join, relative } from "node:path";
import { watch as watchFiles, type FSWatcher } from "chokidar";
import type { Log } from "../../../log.ts";
import type { GitHub } from "../index.ts";
import { Follower } from "./follower.ts";
import { FolderProblem } from "./git.ts";
import { sentencesOf } from "./sentences.ts";
import { openSource } from "./source.ts";

export interface ServedFolder {
  /** `acme/infra` */
  readonly fullName: string;
  readonly folder: string;
  /** `git`: a commit is a push; `saved`: a saved file is one. */
  readonly kind: "git" | "saved";
}

export interface FoldersOptions {
  readonly github: GitHub;
  /** Full name → folder. */
  readonly repositories: ReadonlyMap<string, string>;
  /** Login of whoever works in the folders. */
  readonly person: string;
  /** The Apps that are installed on the repositories. */
  readonly apps: readonly string[];
  /** Where throwaway repositories may be made. */
  readonly temporary: string;
  readonly log: Log;
  /** Whether what is new is noticed by itself. */
  readonly isWatching: boolean;
  /** Where the page of a pull request is, by its path. */
  readonly pageUrl: (path: string) => string;
}

export interface Folders {
  readonly served: readonly ServedFolder[];
  /** Installs the Apps, opens the first pull requests and watches from then on. Never rejects: problems are logged. */
  readonly open: () => Promise<void>;
  /** Resolves when nothing is being pushed any more. */
  readonly close: () => Promise<void>;
}

/** Makes the repositories; no App hears of them yet. Throws a FolderProblem. */
export async function serveFolders(options: FoldersOptions): Promise<Folders> {
  const { github, repositories, person, apps, temporary, log, isWatching, pageUrl } = options;
  const followed: { readonly folder: string; readonly follower: Follower }[] = [];
  for (const [fullName, folder] of repositories) {
    const source = await openSource(folder, join(temporary, `repository-${followed.length}`));
    const follower = await Follower.begin({ github, fullName, person, source, log });
    followed.push({ folder, follower });
  }
  const watchers = followed.map(({ follower, folder }) => new Watcher(follower, folder, log));

  github.onHappening((happening) => {
    for (const { pull, text } of sentencesOf(happening)) {
      if (!followed.some(({ follower }) => follower.desk.repository === pull.repository)) continue;
      const url = pageUrl(`/${pull.repository.fullName}/pull/${pull.number}`);
      log({ source: "github", severity: "NOTICE", message: `${text} ${url}` });
    }
  });

  async function open(): Promise<void> {
    const owners = new Set(followed.map(({ follower }) => follower.desk.repository.owner.login));
    await Promise.all(
      [...owners].flatMap((owner) => apps.map((slug) => github.install(slug, owner))),
    );
    if (isWatching) await Promise.all(watchers.map((watcher) => watcher.watch()));
    await Promise.all(watchers.map((watcher) => watcher.wake()));
  }

  return {
    served: followed.map(({ folder, follower: { desk, source } }) => ({
      fullName: desk.fullName,
      folder,
      kind: source.kind,
    })),
    open,
    close: async () => {
      await Promise.all(watchers.map((watcher) => watcher.close()));
    },
  };
}

/** Editors and git write a file in several steps. */
const SETTLE_MS = 100;

/** Below them nothing is part of a repository, and much changes. */
const UNWATCHED = /(^|[\\/])(\.git|\.terraform|node_modules)([\\/]|$)/;

/** Has a folder synchronized, once at a time; what changes meanwhile is for the next time. */
class Watcher {
  readonly #follower: Follower;
  readonly #folder: string;
  readonly #log: Log;
  #files: FSWatcher | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStale = false;
  #isClosed = false;
  #working: Promise<void> | undefined;

  constructor(follower: Follower, folder: string, log: Log) {
    this.#follower = follower;
    this.#folder = folder;
    this.#log = log;
  }

  /** Resolves when it notices what changes. */
  async watch(): Promise<void> {
    const { kind, watched } = this.#follower.source;
    const files = watchFiles([...watched], {
      ignoreInitial: true,
      followSymlinks: false,
      ...(kind === "saved" && {
        ignored: (path: string) => UNWATCHED.test(relative(this.#folder, path)),
      }),
    });
    this.#files = files;
    files.on("error", (error) => this.#complain(error));
    files.on("all", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.wake(), SETTLE_MS);
    });
    await once(files, "ready");
  }

  /** Resolves when all is as in the folder. */
  wake(): Promise<void> {
    this.#isStale = !this.#isClosed;
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
    return this.#working;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isClosed = true;
    this.#isStale = false;
    await Promise.all([this.#files?.close(), this.#working]);
  }

  async #work(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      await this.#follower.sync().catch((error: unknown) => this.#complain(error));
    }
  }

  #complain(error: unknown): void {
    if (this.#isClosed) return;
    const reason = error instanceof FolderProblem ? error.message : String(error);
    const message = `${this.#folder} is not followed: ${reason}`;
    this.#log({ source: "github", severity: "ERROR", message });
  }
}
