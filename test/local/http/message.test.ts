import { expect } from "chai";
import { Readable } from "node:stream";
import { boundedBodyOf } from "../../../local/http/message.ts";

describe("the body of a request, with a bound", () => {
  const bodies: [what: string, make: (...parts: string[]) => Buffer | Readable][] = [
    ["at once", (...parts) => Buffer.from(parts.join(""))],
    ["in pieces", (...parts) => Readable.from(parts.map((part) => Buffer.from(part)))],
  ];
  for (const [what, make] of bodies) {
    it(`is whole up to it, and nothing beyond, where it comes ${what}`, async () => {
      expect(String(await boundedBodyOf({ body: make("ab", "c") }, 3))).to.equal("abc");
      expect(await boundedBodyOf({ body: make("ab", "cd") }, 3)).to.equal(undefined);
    });
  }

  it("is read no further once it is beyond", async () => {
    let read = 0;
    const endless = Readable.from(
      (function* () {
        for (;;) {
          read += 1;
          yield Buffer.alloc(1000);
        }
      })(),
    );
    expect(await boundedBodyOf({ body: endless }, 2000)).to.equal(undefined);
    expect(read).to.be.lessThan(50);
    expect(endless.destroyed).to.equal(false);
  });
});
