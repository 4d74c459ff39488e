import { expect } from "chai";
import fc from "fast-check";
import { ACME_KEY, Api, BUILD } from "./api.ts";

const AT_ONCE = 32;
/** What sending one and looking at its answer takes at most. */
const MS_EACH = 24;

const segment = fc.oneof(
  fc.constantFrom(
    "..",
    "%2e%2e",
    "r1",
    "a%2fb",
    "%00",
    "%",
    "%zz",
    "_index",
    "..%5c",
    "x".repeat(300),
  ),
  fc.string({ unit: "grapheme-ascii", maxLength: 20 }).map(encodeURIComponent),
);
const path = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        "runs",
        "artifact",
        "run",
        "action-console",
        "build",
        "chat",
        "upload",
        "config",
        "latest",
        "",
      ),
      fc.array(segment, { maxLength: 3 }),
    )
    .map(([first, rest]) => `/${[first, ...rest].join("/")}`),
  fc
    .tuple(fc.constantFrom("limit", "cursor", "wait", "deleted", "api_key"), segment)
    .map(([name, value]) => `/runs?${name}=${value}`),
);
const spoiled = fc
  .record(
    Object.fromEntries(
      [
        ...Object.keys(BUILD),
        "run_id",
        "resume_from",
        "sources",
        "input_docs",
        "settings_overrides",
        "items",
        "question",
        "settings",
      ].map((name) => [name, fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constant(null))]),
    ),
    { requiredKeys: [] },
  )
  .map((members) => JSON.stringify({ ...BUILD, ...members }));
const body = fc.oneof(
  spoiled,
  fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify(value)),
  fc.string({ maxLength: 100 }),
  fc.constantFrom("", "{", '{"a":'.repeat(600), `{"scope": "${"x".repeat(300_000)}"}`),
);
const request = fc.record({
  method: fc.constantFrom("GET", "POST", "POST", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"),
  path,
  type: fc.constantFrom(
    "application/json",
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
  ),
  key: fc.constantFrom(ACME_KEY, ACME_KEY, ACME_KEY, "wrong", ""),
  body,
});

/** Paths of a tenant's objects, each of which is a name that ours have. */
const WITHIN = /^\w+ public\/(?:(?!\.{1,2}\/)[A-Za-z0-9._-]+\/)*[A-Za-z0-9._-]*$/;

/** Declares that so many requests, to any path and with any body, are answered in order and lead nowhere. */
export function survivesAnyRequest(count: number): void {
  it(`answers ${count} without a 5xx, in JSON, and within the tenant`, async () => {
    const api = await Api.start();
    const waiting = fc.sample(request, { seed: 12, numRuns: count });
    const statuses = new Set<number>();
    const work = async (): Promise<void> => {
      for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
        const isRead = each.method === "GET";
        const answer = await api.ask(each.method, each.path, {
          headers: {
            accept: "application/json",
            "content-type": each.type,
            "x-api-key": each.key,
          },
          ...(!isRead && { body: each.body }),
        });
        const told = `${each.method} ${each.path} ${each.body.slice(0, 200)} → ${answer.text}`;
        expect(answer.status, told).to.be.below(500);
        expect(answer.body, told).not.to.deep.equal({});
        if (answer.status >= 400) expect(answer.body, told).to.have.property("detail");
        statuses.add(answer.status);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      expect([...statuses]).to.include.members([400, 401, 404, 405, 415, 422]);
      expect(api.stores.calls.filter((call) => !WITHIN.test(call))).to.deep.equal([]);
      expect(api.lines.some((line) => line.includes('"severity":"ERROR"'))).to.equal(false);
    } finally {
      api.stop();
    }
  }).timeout(count * MS_EACH);
}
