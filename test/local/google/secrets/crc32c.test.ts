import { expect } from "chai";
import { crc32c } from "../../../../local/google/secrets/crc32c.ts";

describe("crc32c", () => {
  it("gives the values of RFC 3720, appendix B.4", () => {
    const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
    expect([
      crc32c(Buffer.alloc(32)),
      crc32c(Buffer.alloc(32, 0xff)),
      crc32c(ascending),
      crc32c(ascending.toReversed()),
    ]).to.deep.equal([0x8a9136aa, 0x62a8ab43, 0x46dd794e, 0x113fdb5c]);
  });

  it("is zero for nothing", () => {
    expect(crc32c(new Uint8Array())).to.equal(0);
  });
});
