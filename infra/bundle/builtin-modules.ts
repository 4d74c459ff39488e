import { isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/**
 * Turns imports of Node's own modules into plain look-ups. An import statement makes Node read every export of such a
 * module, lazy getters included: `import http from "node:http"` thereby loads Node's whole fetch (for `WebSocket`), some
 * 30 ms of a cold start.
 */
export const builtinModules: Plugin = {
  name: "builtin-modules",
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[a-z_0-9]+(?:\/[a-z_0-9]+)*$/ }, (args) => {
      if (args.kind !== "import-statement" || !isBuiltin(args.path)) return undefined;
      return { path: args.path, namespace: "builtin", sideEffects: false };
    });
    build.onLoad({ filter: /^/, namespace: "builtin" }, (args) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(args.path)});`,
      loader: "js",
    }));
  },
};
