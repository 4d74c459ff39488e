import { createHash, randomUUID } from "node:crypto";
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { BuildOptions, Metafile } from "esbuild";
import { tarGz } from "./archive.ts";
import { builtinModules } from "./builtin-modules.ts";
import { clientFiles } from "./client-files.ts";
import { keptBundle } from "./kept-bundles.ts";
import type { Compiled, KeptOptions } from "./kept-bundles.ts";
import { lazyFiles } from "./lazy-files.ts";
import { lockedVersion, lockfileOf } from "./lockfile.ts";
import type { Lockfile } from "./lockfile.ts";
import { serveAlone } from "./serve-alone.ts";
import { mapOf } from "./source-map.ts";

/**
 * Stays outside a function's bundle: it keeps the registered functions in a module-level map, and the copy that hosts the
 * function must be the one it registers with.
 */
const FRAMEWORK = "@google-cloud/functions-framework";

/** Names that bundled CommonJS packages expect to find, and that an ES module does not have. */
const COMMONJS_NAMES = [
  'import { createRequire as switchyardRequire } from "node:module";',
  "const require = switchyardRequire(import.meta.url);",
  "const __dirname = import.meta.dirname;",
].join("\n");

type Tracing = Pick<BuildOptions, "inject" | "sourcemap" | "sourcesContent">;

/** What an index.js has besides: the stack of whatever fails in it tells where. Clients have no code of ours. */
const STACK_TRACES: Tracing = {
  // Comes first in the output.
  inject: ["./functions/runtime/process/stack-traces.ts"],
  sourcemap: "linked",
  sourcesContent: false,
};

/** What a role is deployed as: a function, which Functions Framework starts, or a Cloud Run service, which starts itself. */
export type Form = "function" | "service";

/** A role as it would be uploaded. */
export interface Bundle {
  readonly role: string;
  /** Absolute path of `dist/<role>`, and of `dist/<role>.service` for a service. */
  readonly folder: string;
  /** Of a service: the folder packed, `<folder>.tar.gz`. Who uploads a function packs it. */
  readonly archive?: string;
  /** SHA-256 in hexadecimal over the folder's relative paths and contents, without maps: a comment changes no role. */
  readonly hash: string;
  /** Absolute paths of the project's own source files in it, for whoever wants to know when it is stale. */
  readonly inputs: readonly string[];
}

export interface BundleOptions {
  /** Default: a function. */
  readonly form?: Form;
  /** Absolute path of the project. Default: this one. */
  readonly root?: string;
  /** The folder of roles, from there. Default: `functions`. */
  readonly functions?: string;
}

/**
 * Bundles `functions/<role>/index.ts` into its folder in `dist/`: index.js with its source map, package.json, and for a
 * function package-lock.json. The same sources give the same bytes in any checkout. A file that would not change is not
 * written, and a changed one is replaced in one step, so that several processes may bundle at once. Throws where the role
 * does not exist or does not compile.
 */
export async function bundle(role: string, options: BundleOptions = {}): Promise<Bundle> {
  const { form = "function", functions = "functions" } = options;
  const { root = path.resolve(import.meta.dirname, "../..") } = options;
  const entry = path.join(root, functions, role, "index.ts");
  if (!(await exists(entry))) {
    throw new Error(`There is no role "${role}": ${functions}/${role}/index.ts does not exist.`);
  }
  const lockfile = await readFile(path.join(root, "package-lock.json"), "utf8");
  const { inputs, code } = await compileAll(entry, { root, lockfile, form });
  const described = { role, inputs };
  if (form === "service") {
    const files = new Map([...code, ["package.json", json(manifestOf(role))] as const]);
    const folder = path.join(root, "dist", `${role}.service`);
    const archive = `${folder}.tar.gz`;
    await update(folder, files);
    await replace(archive, tarGz(files), archive);
    return { ...described, folder, archive, hash: hashOf(files) };
  }
  const files = new Map([...code, ...functionFiles(role, JSON.parse(lockfile) as Lockfile)]);
  const folder = path.join(root, "dist", role);
  await update(folder, files);
  return { ...described, folder, hash: hashOf(files) };
}

/** The entry as index.js, and each file that it loads at first use beside it: a start does not even parse those. */
async function compileAll(
  entry: string,
  { root, lockfile, form }: Pick<KeptOptions, "root" | "lockfile" | "form">,
): Promise<{ readonly inputs: readonly string[]; readonly code: [string, Uint8Array][] }> {
  const kept = (file: string, tracing: Tracing): Promise<Compiled> =>
    keptBundle({
      entry: file,
      root,
      lockfile,
      form,
      make: () => compile(file, { root, form, tracing }),
    });
  const index = await kept(entry, STACK_TRACES);
  const clients = await Promise.all(
    index.lazy.map(async (file) => {
      const client = await kept(file, {});
      if (client.inputs.length > 1 || client.lazy.length > 0) {
        // Two files would each hold their own copy of it: their classes and their state would be strangers.
        throw new Error(`${file} is loaded at first use, so it may import packages only.`);
      }
      return filesOf(`${path.basename(file, ".ts")}.js`, client);
    }),
  );
  return {
    inputs: [...index.inputs, ...index.lazy].sort(),
    code: [...filesOf("index.js", index), ...clients.flat()],
  };
}

function filesOf(name: string, { code, map }: Compiled): [string, Uint8Array][] {
  return map === undefined
    ? [[name, code]]
    : [
        [name, code],
        [`${name}.map`, map],
      ];
}

async function compile(
  entry: string,
  { root, form, tracing }: Pick<KeptOptions, "root" | "form"> & { readonly tracing: Tracing },
): Promise<Compiled> {
  const outdir = path.join(root, "dist");
  const lazy = new Set<string>();
  const { metafile, outputFiles } = await build({
    entryPoints: [entry],
    // Names in the output are relative to this, so that no path of this machine is part of it.
    absWorkingDir: root,
    // node_modules may be a link; where it leads is no part of the output either.
    preserveSymlinks: true,
    outdir,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: COMMONJS_NAMES },
    external: form === "function" ? [FRAMEWORK] : [],
    mainFields: ["module", "main"],
    plugins: [
      ...(form === "service" ? [serveAlone] : []),
      lazyFiles(lazy),
      builtinModules,
      clientFiles,
    ],
    write: false,
    metafile: true,
    logLevel: "silent",
    ...tracing,
  });
  const code = outputFiles.find((file) => file.path.endsWith(".js"));
  const map = outputFiles.find((file) => file.path.endsWith(".js.map"));
  if (code === undefined || outputFiles.length > (map === undefined ? 1 : 2)) {
    throw new Error(`${entry} became ${outputFiles.length} files, where there should be one.`);
  }
  const inputs = inputsOf(metafile, root);
  const nameOf = (source: string): string | undefined => {
    const file = path.join(outdir, source);
    return inputs.includes(file) ? path.relative(root, file) : undefined;
  };
  return {
    inputs,
    lazy: [...lazy],
    code: code.contents,
    // The root, as seen from dist/<role>.
    map: map && Buffer.from(mapOf(map.text, "../../", nameOf)),
  };
}

function manifestOf(role: string) {
  return { name: role, private: true, type: "module", main: "index.js" };
}

function functionFiles(role: string, lockfile: Lockfile): [string, Uint8Array][] {
  const dependencies = { [FRAMEWORK]: lockedVersion(lockfile, FRAMEWORK) };
  const manifest = { ...manifestOf(role), dependencies };
  return [
    ["package.json", json(manifest)],
    ["package-lock.json", json(lockfileOf(manifest, lockfile))],
  ];
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  const running = [...files].filter(([name]) => !name.endsWith(".map"));
  for (const [name, content] of running.sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function inputsOf(metafile: Metafile, root: string): string[] {
  return Object.keys(metafile.inputs)
    .filter((name) => !name.includes("node_modules/") && !name.includes(":"))
    .map((name) => path.resolve(root, name))
    .sort();
}

/** Makes the folder hold just these files. */
async function update(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  await mkdir(folder, { recursive: true });
  // index.js goes last: whoever reads it finds the chunks it names.
  const names = [...files].sort(([a], [b]) => Number(a === "index.js") - Number(b === "index.js"));
  for (const [name, content] of names) await replace(path.join(folder, name), content, folder);
  for (const name of await readdir(folder)) {
    if (!files.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
  }
}

async function replace(file: string, content: Uint8Array, beside: string): Promise<void> {
  const present = await readFile(file).catch(() => undefined);
  if (present?.equals(content) === true) return;
  // Beside the folder, not in it: the folder is what gets uploaded, at any moment.
  const temporary = `${beside}.${randomUUID()}.tmp`;
  await writeFile(temporary, content);
  await rename(temporary, file);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
