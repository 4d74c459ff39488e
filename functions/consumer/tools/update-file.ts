import type { Folder } from "../ports.ts";
import { ToolError } from "../tool-error.ts";
import type { ToolCall } from "../tool-call.ts";
import { filepathIn } from "./filepath.ts";

/** UPDATE_FILE: writes a file, or adds to it (producer contract, 2.5). */
export async function updateFile({ args }: ToolCall, folder: Folder): Promise<object> {
  const filepath = filepathIn(args);
  if (filepath === undefined) throw new ToolError("UPDATE_FILE: missing filepath");
  const content = textOf(args.content ?? args.data ?? "");
  const append = isOn(args.append, false);
  await folder.write(filepath, content, { append, mkdirp: isOn(args.mkdirp, true) });
  return { filepath, bytesWritten: Buffer.byteLength(content), append };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** What a person would take it for: the text "false" is not true. */
function isOn(value: unknown, otherwise: boolean): boolean {
  if (value === undefined || value === null) return otherwise;
  if (typeof value === "string") return !/^(?:false|0|no|off|)$/i.test(value.trim());
  return Boolean(value);
}
