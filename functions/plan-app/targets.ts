import * as v from "valibot";
import { checkName } from "../messages/plan-names.ts";
import { RepositoryPath } from "../messages/plan-request.ts";
import { TOO_LARGE, WHOLE_CHECK, noSuchDirectory } from "./answers.ts";
import type { ListedDirectory, RepositoryConfig } from "./config.ts";
import {
  detected,
  directoryOfCheck,
  isTouched,
  mayBeGone,
  mayBeRoot,
  holdersOf,
  surelyHolds,
} from "./directories.ts";
import type { Cause } from "./events.ts";
import { fromRoot, isPattern } from "./globs.ts";
import type { Situation } from "./attempt.ts";
import type { CheckState } from "./ports.ts";

/** One plan to be made. */
export interface Target {
  readonly dir: string;
  readonly workspace: string;
  /** Relative to the directory. */
  readonly varFiles: readonly string[];
}

/** What is planned of a pull request. */
export interface Targets {
  readonly targets: readonly Target[];
  /** Whether the pull request has no other plans: not so where one was asked for, or where not all could be looked for. */
  readonly isWhole: boolean;
}

/** Nothing is planned, and a check says why. */
interface NoTargets {
  readonly check: string;
  readonly refusal: CheckState;
}

/** Finds what is planned of a pull request. */
export async function findTargets(
  situation: Situation,
  config: RepositoryConfig,
): Promise<Targets | NoTargets> {
  const { cause } = situation.ask;
  const directories = await listedIn(config, situation);
  if (directories === "too-many") return { check: WHOLE_CHECK, refusal: TOO_LARGE };
  const wanted = wantedBy(cause);
  if (wanted !== undefined) return findWanted(wanted, situation, directories);
  if (directories === undefined) return findDetected(situation);
  const touched = await findTouched(situation, directories);
  return { targets: touched.flatMap(targetsOf), isWhole: true };
}

/**
 * The directories that the repository lists, a pattern as what it means at the head; "too-many" where that cannot be
 * known. A directory belongs to its own name, or else to the first pattern that means it.
 */
async function listedIn(
  { directories }: RepositoryConfig,
  situation: Situation,
): Promise<readonly ListedDirectory[] | "too-many" | undefined> {
  if (directories?.some(({ dir }) => isPattern(dir)) !== true)
    return directories?.map(seenFromRoot);
  const holders = await holdersAtHead(situation);
  if (holders === undefined) return "too-many";
  const taken = new Set(directories.map(({ dir }) => dir));
  return directories.flatMap((listed) => {
    if (!isPattern(listed.dir)) return seenFromRoot(listed);
    const found = holders.filter(isPlannable).filter((dir) => {
      // A module is meant only where the pattern says so.
      const isMeant = mayBeRoot(dir) || !mayBeRoot(listed.dir);
      return isMeant && !taken.has(dir) && isNamed(dir, listed.dir, situation);
    });
    for (const dir of found) taken.add(dir);
    return found.map((dir) => seenFromRoot({ ...listed, dir }));
  });
}

function isNamed(dir: string, pattern: string, { ports }: Situation): boolean {
  return dir === "." ? pattern === "**" : ports.globOf(pattern)(dir);
}

function seenFromRoot(listed: ListedDirectory): ListedDirectory {
  const globs = listed.when_modified.flatMap((glob) => fromRoot(glob, listed.dir) ?? []);
  return { ...listed, when_modified: globs };
}

/** What one button or one comment asks for; undefined where that is everything. */
function wantedBy(cause: Cause): { readonly dir: string } | { readonly check: string } | undefined {
  if (cause.kind === "comment" && cause.dir !== undefined) return { dir: cause.dir };
  if (cause.kind === "button" && cause.check !== undefined && cause.check !== WHOLE_CHECK) {
    return { check: cause.check };
  }
  return undefined;
}

async function findWanted(
  wanted: { readonly dir: string } | { readonly check: string },
  situation: Situation,
  directories: readonly ListedDirectory[] | undefined,
): Promise<Targets | NoTargets> {
  if (directories !== undefined) {
    const all = directories.flatMap(targetsOf);
    const found = all.filter((target) =>
      "dir" in wanted ? target.dir === wanted.dir : checkName(target) === wanted.check,
    );
    if (found.length > 0) return { targets: found, isWhole: false };
  }
  const dir = "dir" in wanted ? wanted.dir : (directoryOfCheck(wanted.check) ?? wanted.check);
  const check = "dir" in wanted ? checkName({ dir, workspace: "default" }) : wanted.check;
  if (directories === undefined && v.is(RepositoryPath, dir)) {
    const holders = await holdersAtHead(situation);
    if (holders === undefined || holders.includes(dir)) {
      return { targets: targetsOf(bare(dir)), isWhole: false };
    }
  }
  return { check, refusal: noSuchDirectory(dir) };
}

async function findDetected(situation: Situation): Promise<Targets | NoTargets> {
  const { repository, pullRequest } = situation;
  const changes = await repository.changes(pullRequest.number);
  if (changes === "too-many") {
    const holders = await holdersAtHead(situation);
    if (holders === undefined) return { check: WHOLE_CHECK, refusal: TOO_LARGE };
    const roots = holders.filter(isPlannable).filter(mayBeRoot);
    return { targets: roots.map(bare).flatMap(targetsOf), isWhole: true };
  }
  const candidates = detected(changes).filter(isPlannable);
  const isSure = (dir: string): boolean => surelyHolds(dir, changes);
  const holders = candidates.every(isSure) ? [] : await holdersAtHead(situation);
  const found = candidates.filter((dir) => isSure(dir) || holders?.includes(dir) === true);
  return { targets: found.map(bare).flatMap(targetsOf), isWhole: holders !== undefined };
}

async function findTouched(
  situation: Situation,
  directories: readonly ListedDirectory[],
): Promise<readonly ListedDirectory[]> {
  const { repository, pullRequest, ports } = situation;
  const changes = await repository.changes(pullRequest.number);
  if (changes === "too-many") return directories;
  const touched = directories.filter((each) => isTouched(each, directories, changes, ports.globOf));
  const isDoubtful = ({ dir }: ListedDirectory): boolean => mayBeGone(dir, changes);
  if (!touched.some(isDoubtful)) return touched;
  const holders = await holdersAtHead(situation);
  return touched.filter((each) => !isDoubtful(each) || holders?.includes(each.dir) !== false);
}

/** Undefined where the commit has too many files to tell. */
async function holdersAtHead({
  repository,
  pullRequest,
}: Situation): Promise<string[] | undefined> {
  const files = await repository.files(pullRequest.headSha);
  return files === undefined ? undefined : holdersOf(files);
}

/** Git allows names that no program should be given. */
function isPlannable(dir: string): boolean {
  return v.is(RepositoryPath, dir);
}

function bare(dir: string): ListedDirectory {
  return { dir, workspaces: ["default"], var_files: [], when_modified: [] };
}

function targetsOf({ dir, workspaces, var_files: varFiles }: ListedDirectory): Target[] {
  return workspaces.map((workspace) => ({ dir, workspace, varFiles }));
}
