import path from "node:path";
import type { Plugin } from "esbuild";

/**
 * Leaves what a role imports at first use (`import("./client.ts")`) to files of their own beside index.js, and tells
 * which they are. Not esbuild's code splitting: it gives each dynamic import of a CommonJS package a chunk that exports
 * nothing but `default`, and packages that Google's clients stand on ask such imports for names (gaxios: HttpsProxyAgent).
 */
export function lazyFiles(found: Set<string>): Plugin {
  return {
    name: "lazy-files",
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ kind, path: file, importer, resolveDir }) => {
        if (kind !== "dynamic-import" || importer.includes("node_modules")) return undefined;
        found.add(path.resolve(resolveDir, file));
        return { path: `./${path.basename(file, ".ts")}.js`, external: true };
      });
    },
  };
}
