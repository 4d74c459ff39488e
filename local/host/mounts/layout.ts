/**
 * Names of objects as paths of files, as far as they are some. Pure.
 * Source: cloud.google.com/storage/docs/cloud-storage-fuse/overview and GoogleCloudPlatform/gcsfuse, docs/semantics.md.
 */

/** One part of a path: what file systems take. */
const MAX_PART_BYTES = 255;

export interface Layout {
  /** Paths below the mount, parents first. */
  readonly folders: readonly string[];
  /** Path below the mount; the object is named like it. */
  readonly files: readonly string[];
  /** Names of objects that are not to be seen in the mount, each with why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

/**
 * Where objects of these names lie below the mount. Names are relative to it: without the folder of the bucket that is
 * mounted. `implicitDirs`: whether a file makes the folders above it, which without it only objects `folder/` do.
 */
export function layoutOf(names: readonly string[], implicitDirs: boolean): Layout {
  const leftOut: { name: string; why: string }[] = [];
  const good = names.filter((name) => {
    const why = name === "" ? undefined : problemOf(name);
    if (why !== undefined) leftOut.push({ name, why });
    return why === undefined && name !== "";
  });
  const explicit = new Set(good.filter((name) => name.endsWith("/")).map(withoutSlash));
  const isVisible = (path: string): boolean =>
    implicitDirs || ancestorsOf(path).every((folder) => explicit.has(folder));
  const folders = new Set<string>();
  for (const name of good) {
    const path = withoutSlash(name);
    if (!isVisible(path)) {
      const why = "no object makes its folder, and implicit-dirs is off";
      if (path === name) leftOut.push({ name, why });
      continue;
    }
    for (const folder of ancestorsOf(path)) folders.add(folder);
    if (path !== name) folders.add(path);
  }
  const files = good.filter((name) => !name.endsWith("/") && isVisible(name));
  for (const name of files) {
    if (folders.has(name)) leftOut.push({ name, why: "a folder has its name" });
  }
  return {
    // A parent is the beginning of what is in it, so it comes first.
    folders: [...folders].sort(),
    files: files.filter((name) => !folders.has(name)),
    leftOut,
  };
}

/** Why a name is the path of no file or folder; undefined where it is one. */
function problemOf(name: string): string | undefined {
  const parts = withoutSlash(name).split("/");
  if (parts.includes("")) return "a part of its name is empty";
  if (parts.some((part) => part === "." || part === "..")) return "its name climbs";
  if (name.includes("\0")) return "its name has a NUL";
  const isTooLong = parts.some((part) => Buffer.byteLength(part) > MAX_PART_BYTES);
  return isTooLong ? "a part of its name is too long" : undefined;
}

function withoutSlash(name: string): string {
  return name.endsWith("/") ? name.slice(0, -1) : name;
}

/** `a` and `a/b` of `a/b/c` */
function ancestorsOf(path: string): readonly string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
