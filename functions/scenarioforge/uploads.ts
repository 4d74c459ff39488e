// POST /upload: documents for later builds, under ids that say nothing (contract, 1.9 and D10).
import * as v from "valibot";
import type { Reply } from "../runtime/door/reply.ts";
import { sha256 } from "../scenarios/json.ts";
import { uploadPath } from "../scenarios/paths.ts";
import type { PipelineRequest } from "../scenarios/request.ts";
import { NOTHING, type RunStore } from "../scenarios/run-store.ts";
import { jsonContent } from "../scenarios/runs.ts";
import { readJson } from "../scenarios/view-model.ts";
import type { Caller } from "./keys.ts";
import type { Ports } from "./ports.ts";
import { refused } from "./refusals.ts";

/** A file of a form. */
export interface UploadedFile {
  /** What its sender likes. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Documents that are text, by extension; others would need a reader that is not here. */
const TYPES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    txt: "text/plain",
    md: "text/markdown",
    csv: "text/csv",
    json: "application/json",
    html: "text/html",
  }),
);
export const FILE_TYPES = [...TYPES.keys()];
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** What is kept beside an upload. */
const About = v.object({ name: v.string(), sha256: v.string(), content_type: v.string() });

export async function upload(
  files: readonly UploadedFile[],
  caller: Caller,
  ports: Ports,
): Promise<Reply> {
  const { maxUploadBytes, maxUploadFiles } = ports.settings;
  if (files.length === 0) throw refused(422, "no_files", "The field files must hold a file.");
  if (files.length > maxUploadFiles) {
    throw refused(413, "too_many_files", `At most ${maxUploadFiles} files are taken at once.`);
  }
  const types = files.map((file) => typeOf(file, maxUploadBytes));
  const store = ports.stores.of(caller.tenant);
  const ids = await Promise.all(
    files.map(async ({ name, bytes }, at) => {
      const id = ports.newId();
      const contentType = types[at] ?? "text/plain";
      const about = { name: plainName(name), sha256: sha256(bytes), content_type: contentType };
      await store.put(uploadPath(id), { bytes, contentType }, NOTHING);
      await store.put(aboutPath(id), jsonContent(about), NOTHING);
      return id;
    }),
  );
  return { status: 200, body: { files: ids }, note: { files: ids.length } };
}

/** What runs are told of documents; 422 for an id that this tenant has no document of. */
export async function documentsOf(
  store: RunStore,
  ids: readonly string[],
): Promise<PipelineRequest["input_docs"]> {
  return Promise.all(
    ids.map(async (id) => {
      const about = v.safeParse(About, await readJson(store, aboutPath(id)));
      if (!about.success) {
        throw refused(422, "unknown_document", "`input_docs` names a file that was not uploaded.");
      }
      return { id, name: about.output.name, sha256: about.output.sha256 };
    }),
  );
}

function aboutPath(id: string): string {
  return `${uploadPath(id)}.about.json`;
}

function typeOf({ name, bytes }: UploadedFile, maxBytes: number): string {
  if (bytes.length > maxBytes) {
    throw refused(413, "file_too_large", `A file may have at most ${maxBytes} bytes.`);
  }
  const type = TYPES.get(name.split(".").at(-1)?.toLowerCase() ?? "");
  if (type === undefined) {
    const known = FILE_TYPES.join(", ");
    throw refused(415, "unsupported_file", `Files must be text; their names end with ${known}.`);
  }
  if (!isText(bytes)) throw refused(415, "unsupported_file", "A file must be text in UTF-8.");
  return type;
}

function isText(bytes: Buffer): boolean {
  try {
    return !UTF8.decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

/** For people: the last segment, without what no name has. */
function plainName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  // eslint-disable-next-line no-control-regex -- these are the characters to keep out
  return last.replaceAll(/[\u0000-\u001f\u007f]/g, "").slice(0, 200);
}
