/** Which files `git archive` leaves out: git-scm.com/docs/gitattributes#_creating_an_archive. */
import { posix } from "node:path";
import picomatch from "picomatch";
import type { Files } from "../state/git.ts";

interface Rule {
  /** The folder of the `.gitattributes` file, with a slash at its end unless it is the root. */
  readonly base: string;
  readonly matches: (path: string) => boolean;
  readonly ignored: boolean;
  readonly foldersOnly: boolean;
}

const NAME = ".gitattributes";

/**
 * Without what has the attribute `export-ignore`, itself or by a folder above it. Understands globs, paths and `!` or `-`
 * before the attribute; not macros, not quoted patterns.
 */
export function exported(files: Files): Files {
  const rules = [...files]
    .filter(([path]) => posix.basename(path) === NAME)
    // Deeper files come later, and the last word counts.
    .toSorted(([a], [b]) => a.split("/").length - b.split("/").length)
    .flatMap(([path, { content }]) => rulesIn(path.slice(0, -NAME.length), content.toString()));
  if (rules.length === 0) return files;
  return new Map([...files].filter(([path]) => !isIgnored(path, rules)));
}

function isIgnored(path: string, rules: readonly Rule[]): boolean {
  const parts = path.split("/");
  return parts.some((_part, index) => {
    const isFolder = index < parts.length - 1;
    return attribute(parts.slice(0, index + 1).join("/"), isFolder, rules);
  });
}

function attribute(path: string, isFolder: boolean, rules: readonly Rule[]): boolean {
  const rule = rules.findLast(
    ({ base, matches, foldersOnly }) =>
      path.startsWith(base) && (isFolder || !foldersOnly) && matches(path.slice(base.length)),
  );
  return rule?.ignored ?? false;
}

function rulesIn(base: string, text: string): readonly Rule[] {
  return text.split("\n").flatMap((line) => {
    const [pattern = "", ...attributes] = line.trim().split(/\s+/);
    const written = attributes.findLast((each) => /^[-!]?export-ignore$/.test(each));
    if (pattern === "" || pattern.startsWith("#") || written === undefined) return [];
    const foldersOnly = pattern.endsWith("/");
    const glob = pattern.replace(/\/$/, "");
    return [{ base, matches: matcher(glob), ignored: written === "export-ignore", foldersOnly }];
  });
}

/** Without a slash the pattern is for the name alone, at any depth; with one it is anchored. */
function matcher(glob: string): (path: string) => boolean {
  const matches = picomatch(glob.replace(/^\//, ""), { dot: true, nobrace: true, noextglob: true });
  return glob.includes("/") ? (path) => matches(path) : (path) => matches(posix.basename(path));
}
