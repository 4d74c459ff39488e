import { expect } from "chai";
import fc from "fast-check";
import { OBJECTS, StorageFixture } from "./bucket.ts";

describe("lists of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });

  async function having(...names: string[]): Promise<void> {
    for (const name of names) await fixture.put(name, "x");
  }

  /** All pages: their items' names, their prefixes, and how many pages there were. */
  async function list(query: Readonly<Record<string, string>>) {
    const items: unknown[] = [];
    const prefixes: unknown[] = [];
    const sizes: number[] = [];
    let pageToken = "";
    do {
      const parameters = new URLSearchParams({ ...query, pageToken });
      const { body } = await fixture.ask("GET", `${OBJECTS}?${parameters.toString()}`);
      const page = body as {
        items?: { name: string }[];
        prefixes?: string[];
        nextPageToken?: string;
      };
      items.push(...(page.items ?? []).map(({ name }) => name));
      prefixes.push(...(page.prefixes ?? []));
      sizes.push((page.items?.length ?? 0) + (page.prefixes?.length ?? 0));
      pageToken = page.nextPageToken ?? "";
    } while (pageToken !== "");
    return { items, prefixes, sizes };
  }

  it("of an empty bucket have no items", async () => {
    expect((await fixture.ask("GET", OBJECTS)).body).to.deep.equal({ kind: "storage#objects" });
  });

  it("are in the order of UTF-8 bytes, not of UTF-16", async () => {
    await having("b", "😀", "\u{FFFD}", "a", "B");
    expect((await list({})).items).to.deep.equal(["B", "a", "b", "\u{FFFD}", "😀"]);
  });

  it("keep to a prefix, and to names from an offset up to another", async () => {
    await having("a/1", "a/2", "a/3", "b/1");
    expect((await list({ prefix: "a/" })).items).to.deep.equal(["a/1", "a/2", "a/3"]);
    const offsets = { startOffset: "a/2", endOffset: "b/1" };
    expect((await list(offsets)).items).to.deep.equal(["a/2", "a/3"]);
  });

  it("sum up names behind a delimiter", async () => {
    await having("a", "d/", "d/1", "d/e/1", "f/1");
    const root = { items: ["a"], prefixes: ["d/", "f/"], sizes: [3] };
    expect(await list({ delimiter: "/" })).to.deep.equal(root);
    const within = { items: ["d/", "d/1"], prefixes: ["d/e/"], sizes: [3] };
    expect(await list({ delimiter: "/", prefix: "d/" })).to.deep.equal(within);
    const trailing = { delimiter: "/", includeTrailingDelimiter: "true" };
    expect((await list(trailing)).items).to.deep.equal(["a", "d/"]);
  });

  it("have no more than the wanted items and prefixes on a page, and at most a thousand", async () => {
    await having("a", "d/1", "d/2", "e", "f/1", "g");
    expect(await list({ delimiter: "/", maxResults: "2" })).to.deep.equal({
      items: ["a", "e", "g"],
      prefixes: ["d/", "f/"],
      sizes: [2, 2, 1],
    });
    for (let i = 0; i < 1001; i += 1)
      fixture.storage.putObject("switchyard-dev-state", `n${i}`, Buffer.alloc(0), "");
    expect((await list({ prefix: "n", maxResults: "5000" })).sizes).to.deep.equal([1000, 1]);
  });

  it("show a name once, also where it is written again between two pages", async () => {
    await having("a", "b");
    const first = await fixture.ask("GET", `${OBJECTS}?maxResults=1`);
    await having("a");
    const query = `maxResults=1&pageToken=${String(first.body.nextPageToken)}`;
    const { body } = await fixture.ask("GET", `${OBJECTS}?${query}`);
    expect(body.items?.map(({ name }) => name)).to.deep.equal(["b"]);
  });

  it("refuse a token that was never handed out", async () => {
    expect((await fixture.ask("GET", `${OBJECTS}?pageToken=AAAA`)).status).to.equal(400);
  });

  it("in pages of any size are the list in one", async () => {
    const name = fc.array(fc.constantFrom("a", "b", "/", "é"), { minLength: 1, maxLength: 5 });
    const names = fc.uniqueArray(
      name.map((parts) => parts.join("")),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom("", "/"),
        fc.nat({ max: 4 }),
        async (all, by, size) => {
          fixture = new StorageFixture();
          await having(...all);
          const whole = await list({ delimiter: by });
          const paged = await list({ delimiter: by, maxResults: String(size + 1) });
          expect([paged.items, paged.prefixes]).to.deep.equal([whole.items, whole.prefixes]);
          expect(paged.sizes.every((count) => count <= size + 1)).to.equal(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("hold what a look at every name finds, for any prefix, range and delimiter", async () => {
    const text = (minLength: number) =>
      fc
        .array(fc.constantFrom("a", "b", "/", "é", "\u{1f600}", "\uffff"), {
          minLength,
          maxLength: 4,
        })
        .map((parts) => parts.join(""));
    const queries = fc.record({
      prefix: text(0),
      startOffset: text(0),
      endOffset: text(0),
      delimiter: fc.constantFrom("", "/"),
      maxResults: fc.integer({ min: 1, max: 3 }).map(String),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(text(1), { maxLength: 12 }),
        fc.nat(11),
        queries,
        async (names, gone, query) => {
          fixture = new StorageFixture();
          await having(...names);
          const [removed = ""] = names.splice(gone, 1);
          if (removed !== "") await fixture.delete(removed);
          const { items, prefixes } = await list(query);
          expect({ items, prefixes }).to.deep.equal(lookedFor(names, query));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** One name after the other, without pages. */
function lookedFor(
  names: readonly string[],
  query: Readonly<Record<"prefix" | "startOffset" | "endOffset" | "delimiter", string>>,
) {
  const { prefix, startOffset, endOffset, delimiter } = query;
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const found = names
    .filter((name) => name.startsWith(prefix) && compare(name, startOffset) >= 0)
    .filter((name) => endOffset === "" || compare(name, endOffset) < 0)
    .toSorted(compare);
  const directoryOf = (name: string): string | undefined => {
    const end = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    return end === -1 ? undefined : name.slice(0, end + 1);
  };
  return {
    items: found.filter((name) => directoryOf(name) === undefined),
    prefixes: [...new Set(found.flatMap((name) => directoryOf(name) ?? []))],
  };
}
