/** A folder of a person's, with or without git, and a stand-in GitHub that follows it. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Follower } from "../../../../../local/outside/github/folders/follower.ts";
import { openSource } from "../../../../../local/outside/github/folders/source.ts";
import { bodyOf } from "../../../../../local/http/message.ts";
import type { LogEntry } from "../../../../../local/log.ts";
import { smallHub, type SmallHub } from "../small-hub.ts";

/** As if nobody had configured git on this machine. */
const GIT_ENV = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.com",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.com",
};

export class Place {
  readonly root = mkdtempSync(join(tmpdir(), "switchyard-folder-"));
  readonly folder = join(this.root, "infra");

  constructor() {
    mkdirSync(this.folder);
  }

  write(path: string, content: string): void {
    const file = join(this.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", args, { cwd: this.folder, env: GIT_ENV, encoding: "utf8" }).trim();
  }

  /** Writes the files, commits everything and answers the commit's id. */
  commit(message: string, files: Readonly<Record<string, string>>): string {
    for (const [path, content] of Object.entries(files)) this.write(path, content);
    this.git("add", "--all");
    this.git("commit", "--quiet", "--message", message);
    return this.git("rev-parse", "HEAD");
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }
}

export interface Following {
  readonly hub: SmallHub;
  readonly follower: Follower;
  readonly log: readonly LogEntry[];
  /** Synchronizes, and answers what GitHub told its App meanwhile: `opened #1 <head>`. */
  readonly sync: () => Promise<readonly string[]>;
}

export async function following(place: Place): Promise<Following> {
  const hub = smallHub();
  const person = "dev";
  hub.github.personalToken(person);
  const source = await openSource(place.folder, join(place.root, "throwaway"));
  const { github } = hub;
  const log: LogEntry[] = [];
  const options = {
    github,
    fullName: "dev/infra",
    person,
    source,
    log: (entry: LogEntry) => void log.push(entry),
  };
  const follower = await Follower.begin(options);
  await github.install("planner", person);
  async function sync(): Promise<readonly string[]> {
    const before = hub.received.length;
    await follower.sync();
    const bodies = await Promise.all(hub.received.slice(before).map((each) => bodyOf(each)));
    return bodies.map((body) => {
      const { action, pull_request: pull } = JSON.parse(body.toString()) as Told;
      return `${action} #${pull.number} ${pull.head.sha}`;
    });
  }
  return { hub, follower, log, sync };
}

interface Told {
  readonly action: string;
  readonly pull_request: { readonly number: number; readonly head: { readonly sha: string } };
}
