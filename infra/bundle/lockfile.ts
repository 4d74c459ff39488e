/** An entry of `packages` in a lockfile of version 3; only what is read here is named. */
interface LockedPackage {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
  readonly [other: string]: unknown;
}

/** package-lock.json, version 3 (https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json). */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
  readonly [other: string]: unknown;
}

/** The fields of a package.json that its lockfile repeats. */
interface Manifest {
  readonly name: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * The lockfile of a folder that depends on a part of what another lockfile holds: same versions, same integrity, same
 * places below node_modules. Throws where a dependency is not in `whole`.
 */
export function lockfileOf(manifest: Manifest, whole: Lockfile): Lockfile {
  const paths = new Set<string>();
  const waiting = Object.keys(manifest.dependencies).map((name) => required(whole, "", name));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (paths.has(path)) continue;
    paths.add(path);
    waiting.push(...dependenciesOf(whole, path));
  }
  return {
    name: manifest.name,
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: manifest.name, dependencies: manifest.dependencies },
      ...Object.fromEntries([...paths].sort().map((path) => [path, packageAt(whole, path)])),
    },
  };
}

/** The version that a lockfile holds of a package installed at the top. */
export function lockedVersion(lockfile: Lockfile, name: string): string {
  const { version } = packageAt(lockfile, required(lockfile, "", name));
  if (version === undefined) throw new Error(`package-lock.json has no version of ${name}.`);
  return version;
}

function dependenciesOf(whole: Lockfile, path: string): string[] {
  const locked = packageAt(whole, path);
  const peers = Object.keys(locked.peerDependencies ?? {});
  const optionalPeers = peers.filter((name) => locked.peerDependenciesMeta?.[name]?.optional);
  const optional = [...Object.keys(locked.optionalDependencies ?? {}), ...optionalPeers];
  const needed = [...Object.keys(locked.dependencies ?? {}), ...peers].filter(
    (name) => !optional.includes(name),
  );
  return [
    ...needed.map((name) => required(whole, path, name)),
    ...optional.flatMap((name) => find(whole, path, name) ?? []),
  ];
}

function required(whole: Lockfile, from: string, name: string): string {
  const path = find(whole, from, name);
  if (path !== undefined) return path;
  throw new Error(`package-lock.json lacks ${name}${from === "" ? "" : `, needed by ${from}`}.`);
}

/** Where Node would find `name` from the package at `from`: beside it or in any folder above. */
function find(whole: Lockfile, from: string, name: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf("/node_modules/")))) {
    const path = base === "" ? `node_modules/${name}` : `${base}/node_modules/${name}`;
    if (path in whole.packages) return path;
    if (base === "") return undefined;
  }
}

function packageAt(lockfile: Lockfile, path: string): LockedPackage {
  const locked = lockfile.packages[path];
  if (locked === undefined) throw new Error(`package-lock.json has no entry ${path}.`);
  return locked;
}
