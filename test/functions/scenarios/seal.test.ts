import { expect } from "chai";
import fc from "fast-check";
import { opened, sealed } from "../../../functions/scenarios/seal.ts";

const KEY = "a-seal-key-of-more-than-32-characters";
const PURPOSE = { tenant: "public", runId: "r1" };

describe("sealed", () => {
  it("opens for the same key and purpose", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(opened(sealed(text, KEY, PURPOSE), KEY, PURPOSE)).to.equal(text);
      }),
    );
  });

  it("opens for nothing else, and not when it was changed", () => {
    const text = sealed("AIza-own", KEY, PURPOSE);
    const bytes = Buffer.from(text, "base64");
    const changed = Array.from(bytes, (byte, at) => {
      const copy = Buffer.from(bytes);
      copy[at] = byte ^ 1;
      return opened(copy.toString("base64"), KEY, PURPOSE);
    });
    const elsewhere = [
      opened(text, `${KEY}.`, PURPOSE),
      opened(text, KEY, { ...PURPOSE, tenant: "other" }),
      opened(text, KEY, { ...PURPOSE, runId: "r2" }),
      opened(bytes.subarray(0, 20).toString("base64"), KEY, PURPOSE),
      opened("", KEY, PURPOSE),
    ];
    expect(new Set([...changed, ...elsewhere])).to.deep.equal(new Set([undefined]));
  });

  it("says nothing of the text, and is another one each time", () => {
    const [one, two] = [sealed("AIza-own", KEY, PURPOSE), sealed("AIza-own", KEY, PURPOSE)];
    expect(one).not.to.equal(two);
    expect(Buffer.from(one, "base64").toString("latin1")).not.to.include("AIza");
  });
});
