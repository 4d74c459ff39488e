import { isConfiguration, isIgnored, isVariableFile } from "../messages/tofu-files.ts";
import type { ListedDirectory } from "./config.ts";
import type { Change } from "./ports.ts";

/** `*.tf*` and `*.tofu*`, by the name of the file: variable files and templates are among them. */
const COUNTS = /\.(?:tf|tofu)/;
/** Hidden, and read all the same. */
const LOCK_FILE = ".terraform.lock.hcl";
/** State that was committed, and the settings of a linter. */
const NEVER_COUNTS = /terraform\.tfstate|tflint\.hcl/;

/** Directories of modules for others, and what OpenTofu itself keeps beside a configuration. */
const NO_ROOTS = new Set(["modules", ".terraform"]);

/** The directory of a file, from the repository's root; `.` is the root. */
export function directoryOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end === -1 ? "." : path.slice(0, end);
}

/**
 * The directories that a pull request touches where the repository lists none: those with a changed file in them that is
 * named `*.tf*`, `*.tofu*` or `.terraform.lock.hcl`, unless OpenTofu ignores it (`.x.tf`, `x.tf~`); any other file counts
 * only where the config file says so with `when_modified`. A directory named `modules`, or below one, is no root: its callers are planned when they change
 * themselves, or by `when_modified` as well.
 */
export function detected(changes: readonly Change[]): string[] {
  const files = changes.filter(({ path }) => counts(path));
  return distinct(files.map(({ path }) => directoryOf(path)).filter(mayBeRoot));
}

/** All directories of a commit that hold a configuration. */
export function holdersOf(files: readonly string[]): string[] {
  return distinct(files.filter((path) => isConfiguration(nameOf(path))).map(directoryOf));
}

/** Whether a directory that nobody listed is planned. */
export function mayBeRoot(dir: string): boolean {
  return !dir.split("/").some((part) => NO_ROOTS.has(part));
}

/**
 * Whether a pull request touches a listed directory: a file that counts by itself in it or below it, as far as no other
 * listed directory holds it, or whatever its `when_modified` names.
 */
export function isTouched(
  { dir, when_modified }: ListedDirectory,
  listed: readonly ListedDirectory[],
  changes: readonly Change[],
  globOf: (glob: string) => (path: string) => boolean,
): boolean {
  const nested = listed
    .map((other) => other.dir)
    .filter((other) => other !== dir && isIn(other, dir));
  const globs = when_modified.map(globOf);
  return changes.some(({ path }) => {
    const isOwn = counts(path) && isIn(path, dir) && !nested.some((other) => isIn(path, other));
    return isOwn || globs.some((isMatch) => isMatch(path));
  });
}

/** Whether the changes alone show that the directory still holds a configuration at the head. */
export function surelyHolds(dir: string, changes: readonly Change[]): boolean {
  return changes.some(
    ({ path, isRemoved }) =>
      !isRemoved && isConfiguration(nameOf(path)) && directoryOf(path) === dir,
  );
}

/** Whether the changes may have emptied the directory. */
export function mayBeGone(dir: string, changes: readonly Change[]): boolean {
  const isShrunk = changes.some(({ path, isRemoved }) => isRemoved && directoryOf(path) === dir);
  return isShrunk && !surelyHolds(dir, changes);
}

/** The directory that a check's name speaks of: `plan: envs/prod` → `envs/prod`, where no workspace is named. */
export function directoryOfCheck(name: string): string | undefined {
  return /^plan: (.+)$/.exec(name)?.[1];
}

function counts(path: string): boolean {
  const name = nameOf(path);
  if (name === LOCK_FILE || isVariableFile(name)) return true;
  return COUNTS.test(name) && !NEVER_COUNTS.test(name) && !isIgnored(name);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function isIn(path: string, dir: string): boolean {
  return dir === "." || path.startsWith(`${dir}/`);
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort();
}
