import { expect } from "chai";
import fc from "fast-check";
import { ManualClock } from "../../../../local/clock.ts";
import { Web, WEB_HOSTS } from "../../../../local/outside/web/index.ts";

const word = fc.string({ unit: "binary", maxLength: 12 });
const path = fc.oneof(
  fc.webPath(),
  word.map((each) => `/${each}`),
  fc.constantFrom(
    "/%",
    "/chain/%2",
    "/chain/1e9",
    "/flaky/__proto__/-1",
    "/huge",
    "/drip",
    "//",
    "/a/../..",
  ),
);
const query = fc.dictionary(fc.constantFrom("bytes", "ms", "status", "__proto__"), word, {
  maxKeys: 2,
});

describe("malformed requests to the web", () => {
  it("never crash it, and are never answered 5xx but where the page is there for that", async () => {
    const property = fc.asyncProperty(
      fc.constantFrom("GET", "HEAD", "POST", "TRACE", ""),
      fc.constantFrom(...WEB_HOSTS),
      path,
      query,
      async (method, host, path, query) => {
        const url = URL.parse(`https://${host}${path}`);
        if (url === null || url.pathname === "/error" || url.pathname === "/unavailable") return;
        url.search = new URLSearchParams(query).toString();
        const web = new Web({ clock: new ManualClock() });
        const { status, body } = await web.send({
          method,
          url,
          headers: [],
          body: Buffer.alloc(0),
        });
        if (!Buffer.isBuffer(body)) body.destroy();
        const most = url.pathname.startsWith("/flaky/") ? 503 : 499;
        expect(status).to.be.within(200, most);
      },
    );
    await fc.assert(property, { numRuns: 10_000 });
  });
});
