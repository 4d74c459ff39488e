/**
 * Files that the program imports as their text (`with { type: "text" }`), which bundles have in them: Node by itself
 * knows no such import.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

registerHooks({
  load: (url, context, next) => {
    // What comes by `require` has no attributes, whatever the types say.
    const { importAttributes: attributes } = context as Partial<typeof context>;
    if (attributes?.type !== "text") return next(url, context);
    const text = readFileSync(fileURLToPath(url), "utf8");
    return {
      format: "module",
      source: `export default ${JSON.stringify(text)};`,
      shortCircuit: true,
    };
  },
});
