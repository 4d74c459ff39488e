import { expect } from "chai";
import fc from "fast-check";
import { textOfHtml } from "../../../../functions/scenarioforge-worker/web/html-text.ts";

describe("textOfHtml", () => {
  it("keeps what a reader sees", () => {
    const html = `<!doctype html><html><head><title>T &lt;b&gt;</title><style>p{}</style></head>
      <body><!-- <p>hidden</p> --><h1>Head</h1><p>One <b>bold</b> word, 1 < 2 &unknown;</p>
      <script>document.write("<p>no</p>")</script><ul><li>a<li>b</ul></body></html>`;
    expect(textOfHtml(html)).to.deep.equal({
      title: "T <b>",
      text: "Head\nOne bold word, 1 < 2 &unknown;\na\nb",
    });
  });

  it("finds its way among letters whose lower case is longer", () => {
    const html = "<p>İİİİ</p><title>İstanbul İ</title><SCRIPT>no()</SCRIPT><p>İ</p>";
    expect(textOfHtml(html)).to.deep.equal({
      title: "İstanbul İ",
      text: "İİİİ\nİstanbul İ\nİ",
    });
  });

  it("makes no half of a character", () => {
    expect(textOfHtml("<p>&#xd800;&#57343;&#x1f600;").text).to.equal("&#xd800;&#57343;😀");
  });

  it("ends at what is never closed", () => {
    expect(
      ["<script>x", "<!-- x", "a<p", "<title>x"].map((html) => textOfHtml(html).text),
    ).to.deep.equal(["", "", "a", "x"]);
  });

  it("takes any text, in no time", function () {
    this.timeout(10_000);
    fc.assert(
      fc.property(fc.string(), (text) => {
        textOfHtml(text);
      }),
    );
    for (const part of ["<", "<!--", "<script>", "&#", "<title", "<a "]) {
      textOfHtml(part.repeat(200_000));
    }
  });
});
