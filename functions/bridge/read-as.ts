import * as v from "valibot";
import type { Objects } from "../runtime/google/objects.ts";

/** An object's content; undefined where there is none, or none that can be read. */
export async function readAs<const Schema extends v.GenericSchema>(
  schema: Schema,
  name: string,
  objects: Objects,
): Promise<v.InferOutput<Schema> | undefined> {
  const stored = await objects.read(name);
  if (stored === undefined) return undefined;
  try {
    const read = v.safeParse(schema, JSON.parse(stored.content));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
