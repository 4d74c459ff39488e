import type { Attribute, Block } from "./block.ts";
import { blocksIn } from "./block.ts";

/** Turn a mistake in what they are given into another value. */
const FORGIVING = ["try", "can"];
/** Functions that read files (opentofu.org/docs/language/functions). */
const READING = [
  "file",
  "filebase64",
  "filebase64sha256",
  "filebase64sha512",
  "fileexists",
  "filemd5",
  "filesha1",
  "filesha256",
  "filesha512",
  "templatefile",
];

/**
 * A function by which the configuration may take a file that cannot be reached for one that is not there, without an
 * error: `fileset` passes over folders that cannot be opened (seen with OpenTofu 1.12), and the forgiving ones over
 * everything. Where it looks is known to expressions only; a template in a file of its own is not seen.
 */
export function overlookingIn(files: readonly Block[]): string | undefined {
  const blocks = files.flatMap(blocksIn);
  for (const { words } of blocks.flatMap(({ attributes }) => attributes)) {
    if (names(words, "fileset")) return "fileset";
    const forgiving = FORGIVING.find((name) => names(words, name));
    if (forgiving !== undefined && READING.some((name) => names(words, name))) return forgiving;
  }
  return undefined;
}

/** In JSON, and in templates, code is a part of texts. */
function names(words: Attribute["words"], name: string): boolean {
  const word = new RegExp(`\\b${name}\\b`);
  return words.some(({ text }) => text === name || (/[$%]\{/.test(text) && word.test(text)));
}
