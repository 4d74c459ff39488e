import { expect } from "chai";
import fc from "fast-check";
import { proxiedUrlOf, urlOf } from "../../../local/http/request-target.ts";

const ORIGIN = "https://brain-123.us-central1.run.app";

function asking(url: string, host = "127.0.0.1:8080") {
  return { url, headers: { host } };
}

describe("the target of a request", () => {
  for (const [target, expected] of [
    ["/process?a=1", "/process?a=1"],
    ["//enqueue", "//enqueue"],
    ["//other.test/process", "//other.test/process"],
    ["///", "///"],
    ["/\\other.test", "/%5cother.test"],
    ["/@other.test", "/@other.test"],
    ["/:80/", "/:80/"],
    ["/http://other.test/", "/http://other.test/"],
    ["/\u00c3\u00a9?\u00ff", "/%c3%a9?%ff"],
    ["/?a=//b&c='|", "/?a=//b&c=%27|"],
    ["http://127.0.0.1:8080/a?b", "/a?b"],
    ["HTTP://127.0.0.1:8080//other.test/a", "//other.test/a"],
    ["http://127.0.0.1:8080", "/"],
    ["http://127.0.0.1:8080?a", "/?a"],
  ] as const) {
    it(`of ${target} is at the host that answers`, () => {
      expect(urlOf(asking(target), ORIGIN)?.href).to.equal(`${ORIGIN}${expected}`);
    });
  }

  for (const target of [
    ...["", "*", "process", "?a", "other.test:443", "/a#b", "#"],
    ...["http://other.test/", "http://127.0.0.1/", "http:/127.0.0.1:8080/", "http:127.0.0.1:8080"],
    ...["ftp://127.0.0.1:8080/", "http://a@127.0.0.1:8080/", "http://127.0.0.1:8080/#a"],
  ]) {
    it(`is none where it is ${JSON.stringify(target)}`, () => {
      expect(urlOf(asking(target), ORIGIN)).to.equal(undefined);
    });
  }

  it("never is at another host than the one that answers", () => {
    const byte = fc.integer({ min: 0x21, max: 0xff }).map((code) => String.fromCharCode(code));
    const path = fc.string({ unit: byte, maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom("", "/", "//", "http://127.0.0.1:8080"), path, (head, tail) => {
        const url = urlOf(asking(`${head}${tail}`), ORIGIN);
        expect([ORIGIN, undefined]).to.include(url?.origin);
        expect(url?.username ?? "").to.equal("");
      }),
    );
  });

  it("of a proxy is the whole URL, whatever the Host header says", () => {
    const urls = ["http://localhost:80/a//b?c", "http://localhost:81", "ftp://[::1]:8/"];
    expect(urls.map((url) => proxiedUrlOf(asking(url, "else"))?.href)).to.deep.equal([
      "http://localhost/a//b?c",
      "http://localhost:81/",
      "ftp://[::1]:8/",
    ]);
    for (const url of ["/", "*", "//localhost/", "localhost:80", "http://localhost/#a"]) {
      expect(proxiedUrlOf(asking(url))).to.equal(undefined);
    }
  });
});
