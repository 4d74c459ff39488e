/** What programs do with Google's client, in the environment of the local cloud and without a word about it. */
import { Storage, type Bucket, type File } from "@google-cloud/storage";
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

const STEP = 256 * 1024;
const bucket = new Storage().bucket(process.argv[2] ?? "");

const scenarios: Readonly<Record<string, (bucket: Bucket) => Promise<unknown>>> = {
  small: async () => {
    const file = bucket.file("plans/a b.txt");
    const metadata = { cacheControl: "no-store", metadata: { run: "1" } };
    await file.save("hello", { resumable: false, contentType: "text/plain", metadata });
    const [[content], [found]] = await Promise.all([file.download(), file.getMetadata()]);
    const { contentType, cacheControl, size, metadata: custom } = found;
    return { content: content.toString(), contentType, cacheControl, size, custom };
  },
  resumable: async () => {
    const content = randomBytes(3_000_000);
    const file = bucket.file("big/saved");
    await file.save(content, { resumable: true });
    return isSame(file, content);
  },
  streamed: async () => {
    const content = randomBytes(8_000_000);
    const file = bucket.file("big/streamed");
    await pipeline(Readable.from(inPieces(content)), file.createWriteStream());
    return isSame(file, content);
  },
  interrupted: async () => {
    const content = randomBytes(16 * STEP + 7);
    // A client that has written without a precondition does not retry any more.
    const file = new Storage().bucket(bucket.name).file("interrupted");
    const options = { chunkSize: 4 * STEP, preconditionOpts: { ifGenerationMatch: 0 } };
    await pipeline(Readable.from(inPieces(content)), file.createWriteStream(options));
    return isSame(file, content);
  },
  ranged: async () => {
    const file = bucket.file("digits");
    await file.save("0123456789", { resumable: false });
    const [middle] = await file.download({ start: 3, end: 5, validation: false });
    return middle.toString();
  },
  generations: async () => {
    const file = bucket.file("versions");
    await file.save("1", { resumable: false });
    const { generation: first } = file.metadata;
    await file.save("2", { resumable: false });
    const { generation: second } = file.metadata;
    const at = (generation: unknown) =>
      bucket.file("versions", { generation: String(generation) }).download();
    const [content] = await at(second);
    return { content: content.toString(), first: await failure(at(first)) };
  },
  lists: async () => {
    const names = ["l/1", "l/2", "l/d/1", "l/d/2", "l/3"];
    for (const name of names) await bucket.file(name).save("x", { resumable: false });
    const pages: string[][] = [];
    let query: object | null = { prefix: "l/", maxResults: 2, autoPaginate: false };
    while (query !== null) {
      const [page, next] = (await bucket.getFiles(query)) as [File[], object | null, unknown];
      pages.push(page.map(nameOf));
      query = next;
    }
    const directory = { prefix: "l/", delimiter: "/", autoPaginate: false };
    const [files, , answer] = await bucket.getFiles(directory);
    return { pages, files: files.map(nameOf), answer: prefixesOf(answer) };
  },
  race: async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, writer) =>
        bucket.file("lease").save(String(writer), {
          resumable: false,
          preconditionOpts: { ifGenerationMatch: 0 },
        }),
      ),
    );
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    const [content] = await bucket.file("lease").download();
    return {
      winners: outcomes.filter(({ status }) => status === "fulfilled").length,
      isTheirs: content.toString() === String(winner),
      codes: [
        ...new Set(
          outcomes.flatMap((each) => (each.status === "rejected" ? codeOf(each.reason) : [])),
        ),
      ],
    };
  },
  deleted: async () => {
    const file = bucket.file("short-lived");
    await file.save("x", { resumable: false });
    const [before] = await file.exists();
    await file.delete();
    const [after] = await file.exists();
    return { before, after };
  },
  copies: async () => {
    await bucket.file("original").save("hello", { resumable: false, contentType: "text/plain" });
    const [copy] = await bucket.file("original").copy("copy");
    const [copied] = await copy.download();
    const [{ contentType }] = await copy.getMetadata();
    await copy.moveFileAtomic("moved");
    const [before] = await copy.exists();
    const [moved] = await bucket.file("moved").download();
    const [whole] = await bucket.combine(["original", "moved"], "whole");
    const [composed] = await whole.download();
    return {
      copied: { content: copied.toString(), contentType },
      moved: { before, content: moved.toString() },
      composed: {
        content: composed.toString(),
        parts: (await whole.getMetadata())[0].componentCount,
      },
    };
  },
  kept: async () => {
    const versioned = new Storage().bucket(`${bucket.name}-versions`);
    for (const content of ["1", "2"]) await versioned.file("a").save(content, { resumable: false });
    const [generations] = await versioned.getFiles({ versions: true });
    const versions = await Promise.all(
      generations.map(async (each) => String(await each.download())),
    );
    const kept = new Storage().bucket(`${bucket.name}-kept`);
    await kept.file("a").save("x", { resumable: false });
    const generation = Number((await kept.file("a").getMetadata())[0].generation);
    await kept.file("a").delete();
    const deleted = await failure(kept.file("a").download());
    await kept.file("a").restore({ generation });
    return { versions, deleted, restored: String(await kept.file("a").download()) };
  },
  failures: async () => {
    const file = bucket.file("there");
    await file.save("x", { resumable: false });
    return {
      missing: await failure(bucket.file("missing").download()),
      noBucket: await failure(new Storage().bucket("nobody-has-this").getFiles()),
      notMet: await failure(file.delete({ ifGenerationMatch: 1 })),
      denied: await failure(file.setMetadata({ contentType: "text/plain" })),
      watched: await failure(bucket.createChannel("channel", { address: "https://a.example" })),
    };
  },
};

async function isSame(file: File, content: Buffer): Promise<boolean> {
  const [found] = await file.download();
  return hash(found) === hash(content);
}

function* inPieces(content: Buffer): Iterable<Buffer> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}

async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return "none";
  } catch (error) {
    return codeOf(error);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : String(error);
}

function hash(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function nameOf({ name }: File): string {
  return name;
}

function prefixesOf(answer: unknown): unknown {
  return (answer as { prefixes?: unknown }).prefixes;
}

const results: Record<string, unknown> = {};
for (const [name, run] of Object.entries(scenarios)) results[name] = await run(bucket);
console.log(JSON.stringify(results));
