import { expect } from "chai";
import fc from "fast-check";
import { ApiError } from "../../../local/errors.ts";
import { pageOf, type PageRequest, type Paging } from "../../../local/google/pages.ts";

const LIMIT = 4;

/** Numbers in ascending order; a token says the last one. */
const ascending: Paging<number> = {
  limit: LIMIT,
  tellOf: (last) => `after ${last}`,
  after: (told) => {
    const [, shown] = /^after (\d+)$/.exec(told) ?? [];
    if (shown === undefined) throw new ApiError("INVALID_ARGUMENT", `no token: ${told}`);
    return (item) => item > Number(shown);
  },
};

function page(items: Iterable<number>, request: PageRequest = {}) {
  return pageOf(items, ascending, request);
}

const token = (text: string): string => Buffer.from(text).toString("base64url");

describe("a page of a list", () => {
  it("has as many items as were asked for, and a token while there are more", () => {
    expect(page([1, 2, 3], { pageSize: 2 })).to.deep.equal({
      items: [1, 2],
      nextPageToken: token("after 2"),
    });
    expect(page([1, 2, 3], { pageSize: 3 })).to.deep.equal({ items: [1, 2, 3] });
    expect(page([], { pageSize: 3 })).to.deep.equal({ items: [] });
  });

  it("has as many as there may be where more, none or no number was asked for", () => {
    const full = { items: [1, 2, 3, 4], nextPageToken: token("after 4") };
    for (const pageSize of [undefined, null, 0, LIMIT, LIMIT + 1]) {
      expect(page([1, 2, 3, 4, 5], { pageSize })).to.deep.equal(full);
    }
  });

  it("refuses a negative size", () => {
    expect(() => page([1], { pageSize: -1 }))
      .to.throw(ApiError, "The page_size cannot be negative.")
      .with.property("code", "INVALID_ARGUMENT");
  });

  it("begins at the first item without a token", () => {
    for (const pageToken of [undefined, null, ""]) {
      expect(page([1, 2], { pageToken })).to.deep.equal({ items: [1, 2] });
    }
  });

  it("leaves it to the API to refuse a token, be it one that holds nothing", () => {
    expect(() => page([1], { pageToken: token("1") })).to.throw("no token: 1");
    expect(() => page([1], { pageToken: "!" })).to.throw("no token: ");
  });

  it("reads no more of the list than it shows and one more", () => {
    function* endless(): Iterable<number> {
      for (let n = 1; ; n++) yield n;
    }
    expect(page(endless(), { pageSize: 1 }).items).to.deep.equal([1]);
  });

  it("follows another until every item was shown once, whatever is removed in between", () => {
    const numbers = fc.uniqueArray(fc.nat({ max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(numbers, fc.nat({ max: 6 }), fc.nat({ max: 50 }), (all, pageSize, removed) => {
        let items = all.toSorted((a, b) => a - b);
        const shown: number[] = [];
        let pageToken: string | undefined;
        do {
          const { items: more, nextPageToken } = page(items, { pageSize, pageToken });
          shown.push(...more);
          pageToken = nextPageToken;
          items = items.filter((item) => item !== removed);
        } while (pageToken !== undefined);
        const missing = all.filter((item) => !shown.includes(item));
        expect(shown).to.deep.equal(shown.toSorted((a, b) => a - b));
        expect(new Set(shown).size).to.equal(shown.length);
        expect(missing.filter((item) => item !== removed)).to.deep.equal([]);
      }),
    );
  });
});
