import type { File, Storage } from "@google-cloud/storage";
import { lazy } from "../lazy.ts";
import { newRepeatingStorage } from "./storage.ts";

/** An object's content with the generation it was read at. */
export interface Stored {
  readonly content: string;
  readonly generation: string;
}

/** Small objects of one bucket, each changed only by who knows what it was (generation preconditions). */
export interface Objects {
  /** Undefined where there is none. */
  read(name: string): Promise<Stored | undefined>;
  /** Creates it; undefined where it exists. Otherwise its generation. */
  create(name: string, content: string): Promise<string | undefined>;
  /** Replaces that generation; undefined where it is another one by now, or gone. Otherwise the new generation. */
  replace(name: string, generation: string, content: string): Promise<string | undefined>;
  /** Removes that generation. What is another one by now, or gone, is left alone. */
  remove(name: string, generation: string): Promise<void>;
  /** Writes it whether or not it exists. */
  write(name: string, content: string, contentType: string): Promise<void>;
}

/** Objects whose names can be asked for. */
export interface ListedObjects extends Objects {
  /** The names that begin so, in their order: the first so many of them. */
  list(prefix: string, max: number): Promise<string[]>;
}

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** The objects of a bucket in Cloud Storage. Every write here is safe to repeat. */
export function objectsOf(
  bucket: string,
  makeClient: () => Promise<Storage> = newRepeatingStorage,
): ListedObjects {
  const client = lazy(makeClient);
  const file = async (name: string, generation?: string) =>
    (await client()).bucket(bucket).file(name, generation === undefined ? {} : { generation });
  const save = async (name: string, content: string, ifGenerationMatch: string | number) => {
    const object = await file(name);
    try {
      await object.save(content, {
        resumable: false,
        contentType: "application/json",
        preconditionOpts: { ifGenerationMatch },
      });
    } catch (error) {
      if (codeOf(error) === PRECONDITION_FAILED) return undefined;
      throw error;
    }
    return String(object.metadata.generation);
  };
  return {
    read: async (name) => {
      for (;;) {
        const generation = await generationOf(await file(name));
        if (generation === undefined) return undefined;
        const content = await contentOf(await file(name, generation));
        if (content !== undefined) return { content, generation };
        // Replaced or removed between the two requests: what is there by now is read.
      }
    },
    create: (name, content) => save(name, content, 0),
    replace: (name, generation, content) => save(name, content, generation),
    remove: async (name, generation) => {
      try {
        await (await file(name)).delete({ ifGenerationMatch: generation });
      } catch (error) {
        const code = codeOf(error);
        if (code !== PRECONDITION_FAILED && code !== NOT_FOUND) throw error;
      }
    },
    write: async (name, content, contentType) => {
      await (await file(name)).save(content, { resumable: false, contentType });
    },
    list: async (prefix, max) => {
      const options = { prefix, maxResults: max, autoPaginate: false, fields: "items(name)" };
      const [files] = await (await client()).bucket(bucket).getFiles(options);
      return files.map((each) => each.name);
    },
  };
}

async function generationOf(object: File): Promise<string | undefined> {
  const found = await orMissing(object.getMetadata());
  return found === undefined ? undefined : String(found[0].generation);
}

async function contentOf(object: File): Promise<string | undefined> {
  return (await orMissing(object.download()))?.[0].toString();
}

async function orMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (codeOf(error) === NOT_FOUND) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? Number(error.code) : undefined;
}
