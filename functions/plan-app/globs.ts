/** What a glob of the config file may hold besides plain names. */
const WILD = /[*?[{(]/;

/** Whether a `dir` of the config file means every directory that is named like it. */
export function isPattern(dir: string): boolean {
  return WILD.test(dir);
}

/**
 * A glob of the config file as it is seen from the repository's root: one that begins with `./` or `../` is written as seen
 * from its directory. Undefined where it leads out of the repository, or where nobody can tell where it leads.
 */
export function fromRoot(glob: string, dir: string): string | undefined {
  const isRelative = /^\.\.?(?:\/|$)/.test(glob);
  const parts = isRelative && dir !== "." ? dir.split("/") : [];
  for (const part of glob.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") {
      parts.push(part);
      continue;
    }
    const left = parts.pop();
    if (left === undefined || left.includes("**")) return undefined;
  }
  return parts.length === 0 ? "**" : parts.join("/");
}

/** The globs that a glob stands for: one that ends in a plain name means what is below it too, where that is a folder. */
export function withBelow(glob: string): string[] {
  const last = glob.slice(glob.lastIndexOf("/") + 1);
  return WILD.test(last) ? [glob] : [glob, `${glob}/**`];
}
