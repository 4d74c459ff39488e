import { objectsOf } from "../../runtime/google/objects.ts";
import type { Objects } from "../../runtime/google/objects.ts";
import { Unavailable } from "../faults.ts";

/** The state bucket; whatever fails there is Unavailable. */
export function stateObjects(bucket: string, objects: Objects = objectsOf(bucket)): Objects {
  return {
    read: (name) => trying(() => objects.read(name)),
    create: (name, content) => trying(() => objects.create(name, content)),
    replace: (name, generation, content) =>
      trying(() => objects.replace(name, generation, content)),
    remove: (name, generation) => trying(() => objects.remove(name, generation)),
    write: (name, content, type) => trying(() => objects.write(name, content, type)),
  };
}

async function trying<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new Unavailable(
      `Cloud Storage: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
