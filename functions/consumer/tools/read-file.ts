import type { Folder } from "../ports.ts";
import { ToolError } from "../tool-error.ts";
import type { ToolCall } from "../tool-call.ts";
import { filepathIn } from "./filepath.ts";

/** READ_FILE: the beginning of a file, as text (producer contract, 2.5). */
export async function readFile(
  { args }: ToolCall,
  folder: Folder,
  { readMaxBytes }: { readonly readMaxBytes: number },
): Promise<object> {
  const filepath = filepathIn(args);
  if (filepath === undefined) throw new ToolError("READ_FILE: missing filepath");
  const { content, bytes } = await folder.read(filepath, readMaxBytes);
  const truncated = bytes > content.length;
  // A character that was cut in two is left out.
  const text = new TextDecoder().decode(content, { stream: truncated });
  return { filepath, content: text, truncated, bytes };
}
