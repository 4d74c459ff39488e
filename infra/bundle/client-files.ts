import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plugin } from "esbuild";

/**
 * Generated code of those client packages that were read: loading it does nothing but define things, and it reads its own
 * files in the one way that is handled below. A package joins the list when it has been tried in a bundle.
 */
const GENERATED = /[\\/]@google-cloud[\\/](?:tasks)[\\/]build[\\/](?:esm|protos)[\\/]/;
const PACKAGE = /^@google-cloud\/(?:tasks)$/;

// The whole of such a call, with the parts of the path that follow `dirname`.
const COMPUTED_READ = /\bgetJSON\(path\.join\(dirname((?:,\s*'[^']*')+)\)\)/g;

const RESOLVED = Symbol("resolved");

/**
 * Lets Google's generated clients run from one file, and only the part of them that is used.
 *
 * They read their configuration, their protos and their version by a path computed at run time
 * (`getJSON(path.join(dirname, …))`), which is not there when the client is bundled: each read becomes a static `require`
 * of the same file. And their package.json does not say that unused modules may go: without that, a bundle holds every
 * version of the API, and megabytes of message classes that the client never touches. For the same reason a client gets
 * the protos of its own version only: building the others' types took a fifth of the time to a first call.
 */
export const clientFiles: Plugin = {
  name: "client-files",
  setup(build) {
    build.onResolve({ filter: /^\.|^@google-cloud\// }, async (args) => {
      if (args.pluginData === RESOLVED) return undefined;
      if (!PACKAGE.test(args.path) && !GENERATED.test(args.importer)) return undefined;
      const { importer, resolveDir, kind } = args;
      const options = { importer, resolveDir, kind, pluginData: RESOLVED };
      const found = await build.resolve(args.path, options);
      const version = /[\\/](v\d\w*)[\\/]\w+_client\.js$/.exec(importer)?.[1];
      const isProtos = version !== undefined && found.path.endsWith("protos.json");
      return { ...found, sideEffects: false, ...(isProtos && { suffix: `?${version}` }) };
    });
    build.onLoad({ filter: GENERATED }, async (args) => {
      const source = await readFile(args.path, "utf8");
      const version = versionOf(args.suffix);
      if (version !== undefined) return { contents: onlyVersion(source, version), loader: "json" };
      if (!/_client\.c?js$/.test(args.path)) return undefined;
      return { contents: source.replace(COMPUTED_READ, staticRequire), loader: "js" };
    });
  },
};

function staticRequire(_call: string, parts: string): string {
  const names = [...parts.matchAll(/'([^']*)'/g)].map(([, name]) => name ?? "");
  const file = path.posix.join(...names);
  return `require(${JSON.stringify(file.startsWith(".") ? file : `./${file}`)})`;
}

function versionOf(suffix: string): string | undefined {
  return suffix.startsWith("?v") ? suffix.slice(1) : undefined;
}

/** A namespace of protobufjs's JSON descriptors (https://github.com/protobufjs/protobuf.js#using-json-descriptors). */
interface Namespace {
  nested?: Record<string, Namespace>;
}

/** Protos without the versions of the same API beside `version`. */
function onlyVersion(source: string, version: string): string {
  const withoutOthers = (namespace: Namespace): Namespace => {
    if (namespace.nested === undefined) return namespace;
    const isVersioned = version in namespace.nested;
    const kept = Object.entries(namespace.nested)
      .filter(([name]) => !isVersioned || name === version || !/^v\d/.test(name))
      .map(([name, nested]) => [name, withoutOthers(nested)] as const);
    return { ...namespace, nested: Object.fromEntries(kept) };
  };
  return JSON.stringify(withoutOthers(JSON.parse(source) as Namespace));
}
