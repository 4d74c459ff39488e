import type { GetFilesOptions, Storage } from "@google-cloud/storage";
import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import * as v from "valibot";
import { lazy } from "../../runtime/lazy.ts";
import type { ListQuery, RunStore, RunStores, StoredObject } from "../run-store.ts";
import { newRepeatingStorage } from "../../runtime/google/storage.ts";

/** Where the tenants' folders are. */
export interface RunsPlace {
  readonly bucket: string;
  /** Folder of all tenants, without a slash at either end. */
  readonly prefix: string;
}

const NOT_FOUND = 404;
const PRECONDITION_FAILED = 412;

/** A page of a list as it comes: with `fields` the client makes nothing of it. */
const RawPage = v.object({
  items: v.optional(
    v.array(
      v.object({
        name: v.string(),
        generation: v.string(),
        metadata: v.optional(v.record(v.string(), v.string()), {}),
      }),
    ),
    [],
  ),
  prefixes: v.optional(v.array(v.string()), []),
  nextPageToken: v.optional(v.string()),
});
const FIELDS = "items(name,generation,metadata),prefixes,nextPageToken";

/** Runs in Cloud Storage. Every write names the generation it replaces, so repeating one does no harm. */
export function cloudRunStores(
  { bucket, prefix }: RunsPlace,
  makeClient: () => Promise<Storage> = newRepeatingStorage,
): RunStores {
  const client = lazy(makeClient);
  const stores = new Map<string, RunStore>();
  const storeOf = (tenant: string): RunStore => {
    const folder = `${prefix}/${tenant}/`;
    const file = async (path: string) => (await client()).bucket(bucket).file(folder + path);
    return {
      tenant,
      get: async (path) => {
        try {
          return await download(await file(path));
        } catch (error) {
          if (codeOf(error) === NOT_FOUND) return undefined;
          throw error;
        }
      },
      put: async (path, { bytes, contentType, metadata }, over) => {
        const object = await file(path);
        try {
          await object.save(bytes, {
            resumable: false,
            contentType,
            ...(metadata !== undefined && { metadata: { metadata: { ...metadata } } }),
            preconditionOpts: { ifGenerationMatch: over },
          });
        } catch (error) {
          if (codeOf(error) === PRECONDITION_FAILED) return undefined;
          throw error;
        }
        return String(object.metadata.generation);
      },
      remove: async (path, generation) => {
        try {
          await (await file(path)).delete({ ifGenerationMatch: generation });
        } catch (error) {
          const code = codeOf(error);
          if (code !== PRECONDITION_FAILED && code !== NOT_FOUND) throw error;
        }
      },
      list: async (query) => {
        const [, , raw] = await (await client()).bucket(bucket).getFiles(optionsOf(query, folder));
        const { items, prefixes, nextPageToken } = v.parse(RawPage, raw);
        const below = (name: string): string => name.slice(folder.length);
        return {
          objects: items.map(({ name, ...rest }) => ({ path: below(name), ...rest })),
          folders: prefixes.map(below),
          token: nextPageToken,
        };
      },
    };
  };
  return {
    of: (tenant) => {
      const store = stores.get(tenant) ?? storeOf(tenant);
      stores.set(tenant, store);
      return store;
    },
  };
}

function optionsOf(query: ListQuery, folder: string): GetFilesOptions {
  const { prefix, isShallow = false, from, until, max, token } = query;
  return {
    autoPaginate: false,
    fields: FIELDS,
    prefix: folder + prefix,
    ...(isShallow && { delimiter: "/" }),
    ...(from !== undefined && { startOffset: folder + from }),
    ...(until !== undefined && { endOffset: folder + until }),
    ...(max !== undefined && { maxResults: max }),
    ...(token !== undefined && { pageToken: token }),
  };
}

/** The bytes and what they are, in one request: what is read comes with its generation. */
async function download(
  object: ReturnType<ReturnType<Storage["bucket"]>["file"]>,
): Promise<StoredObject> {
  const stream = object.createReadStream();
  let headers: IncomingMessage["headers"] = {};
  stream.on("response", (response: IncomingMessage) => {
    headers = response.headers;
  });
  const bytes = await buffer(stream);
  const generation = headers["x-goog-generation"];
  if (typeof generation !== "string") throw new Error("Cloud Storage named no generation.");
  const contentType = headers["content-type"] ?? "application/octet-stream";
  return { bytes, contentType, generation };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? Number(error.code) : undefined;
}
