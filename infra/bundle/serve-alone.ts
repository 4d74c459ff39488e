import path from "node:path";
import type { Plugin } from "esbuild";

/**
 * Lets a role start itself: `functions/runtime/process/serve.ts`, which registers it with Functions Framework, gives way to
 * `serve-alone.ts` beside it. The role's own sources are the same either way.
 */
export const serveAlone: Plugin = {
  name: "serve-alone",
  setup(build) {
    build.onResolve({ filter: /\/runtime\/process\/serve\.ts$/ }, ({ path: file, resolveDir }) => ({
      path: path.resolve(resolveDir, path.dirname(file), "serve-alone.ts"),
    }));
  },
};
