import { expect } from "chai";
import fc from "fast-check";
import { html } from "hono/html";
import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { asset } from "../../../functions/viewer/assets.ts";
import { plot } from "../../../functions/viewer/charts/plot.ts";
import { HEAT_COLOURS, heatOf } from "../../../functions/viewer/components/heat.ts";
import { isWebUrl, outsideLink } from "../../../functions/viewer/html.ts";
import { png } from "../../../functions/viewer/picture.ts";
import { parsed } from "../../support/markup.ts";

const CSS = readFileSync(
  new URL("../../../functions/viewer/assets/viewer.css", import.meta.url),
  "utf8",
);

describe("outsideLink", () => {
  it("is a link where it leads to the web, and text else", async () => {
    const texts = ["https://a.example/x", "javascript:alert(1)", "data:text/html,x", "//a.example"];
    expect(texts.map(isWebUrl)).to.deep.equal([true, false, false, false]);
    for (const text of texts) {
      const markup = parsed(`<p>${String(await outsideLink(text))}</p>`);
      const href = markup.querySelector("a")?.getAttribute("href");
      expect(href).to.equal(isWebUrl(text) ? text : undefined);
      expect(markup.querySelector("p")?.textContent).to.equal(text);
    }
  });
});

describe("plot", () => {
  const draw = (text: string) =>
    plot((Plot) => ({
      marks: [Plot.text([{ text }], { x: () => 0, y: () => 0, text: "text", title: "text" })],
    }));

  it("draws without inline styles, and without labels that nobody hears", async () => {
    const svg = String(await draw("A & B"));
    expect(svg)
      .to.match(/^<svg /)
      .and.include("A &amp; B");
    expect(svg).not.to.match(/<style|style=|aria-label/);
    expect(svg).to.include('aria-hidden="true"');
  });

  it("takes whatever a text says as text", () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (text) => {
        const markup = parsed(`<main>${String(await draw(`<img src=x>${text}`))}</main>`);
        expect([...markup.querySelectorAll("img, script")]).to.deep.equal([]);
        expect(markup.querySelectorAll("title")).to.have.lengthOf(1);
      }),
      { numRuns: 50 },
    ));
});

describe("heatOf", () => {
  it("gives a score the tenth of the scale that it is in", () => {
    const steps = [-3, 0, 9.9, 10, 55, 99.9, 100, 120].map((score) => heatOf(score).slice(-1));
    expect(steps).to.deep.equal(["0", "0", "0", "1", "5", "9", "9", "9"]);
  });

  it("has the colours of pictures in the style sheet too", () => {
    for (const [step, colour] of HEAT_COLOURS.entries()) {
      expect(CSS).to.match(
        new RegExp(`\\.heat-${step} \\{\\s+background: light-dark\\(${colour}, `),
      );
    }
  });
});

describe("asset", () => {
  it("has its content in its name", () => {
    const [one, other] = [asset("a.css", "b{}"), asset("a.css", "c{}")];
    expect(one.href).to.match(/^\/assets\/a\.[0-9a-f]{10}\.css$/);
    expect(other.href).not.to.equal(one.href);
    expect(asset("a.css", "b{}")).to.deep.equal(one);
    expect(() => asset("a.exe", "")).to.throw("There is no type for a.exe.");
  });
});

describe("png", () => {
  it("is a picture of the size, with a rectangle where it was put", async () => {
    const picture = await png({ width: 4, height: 3 }, "#ffffff", [
      { x: 1, y: 1, width: 2, height: 9, colour: "#0b6b5d" },
    ]);
    expect(picture.subarray(0, 8).toString("hex")).to.equal("89504e470d0a1a0a");
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).to.deep.equal([4, 3]);
    const at = picture.indexOf("IDAT");
    const lines = inflateSync(picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at - 4)));
    expect(lines.toString("hex").match(/.{10}/g)).to.deep.equal([
      "0000000000",
      "0000010100",
      "0000010100",
    ]);
    expect(picture.includes(Buffer.from("ffffff0b6b5d", "hex"))).to.equal(true);
  });
});

describe("the style sheet", () => {
  it("asks for nothing from elsewhere", () => {
    expect(CSS).not.to.match(/@import|url\(/);
  });

  it("moves only for who has not asked for less motion", () => {
    const without = CSS.replace(
      /@media \(prefers-reduced-motion: no-preference\) \{[\s\S]*?\n\}/g,
      "",
    );
    expect(without).not.to.match(/^\s+(?:animation|transition|scroll-behavior):/m);
  });
});

describe("html", () => {
  it("escapes what is put into it, in text and in attributes", () =>
    fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        const hostile = `"'><script>${text}`;
        const markup = parsed(String(await html`<p title="${hostile}">${hostile}</p>`));
        expect([...markup.querySelectorAll("*")].map((each) => each.localName)).to.deep.equal([
          "p",
        ]);
        expect(markup.querySelector("p")?.getAttribute("title")).to.equal(hostile);
      }),
    ));
});
