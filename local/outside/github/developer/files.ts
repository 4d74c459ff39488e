import type { Files, TreeFile } from "../state/git.ts";

/** A file as a test writes it: text, or with its mode; null removes it. */
export type FileEdit = string | Buffer | TreeFile | null;

/** Path → edit. */
export type Edits = Readonly<Record<string, FileEdit>>;

/** The files after the edits. */
export function edited(before: Files, edits: Edits): Files {
  const files = new Map(before);
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) files.delete(path);
    else files.set(path, fileOf(edit));
  }
  return files;
}

function fileOf(edit: string | Buffer | TreeFile): TreeFile {
  if (typeof edit === "string") return { mode: "100644", content: Buffer.from(edit) };
  return Buffer.isBuffer(edit) ? { mode: "100644", content: edit } : edit;
}
