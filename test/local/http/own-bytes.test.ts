import { expect } from "chai";
import { ownBytes } from "../../../local/http/own-bytes.ts";

describe("ownBytes", () => {
  it("is a copy of what is a piece of something larger", () => {
    const message = Buffer.from("a message with its data");
    const own = ownBytes(message.subarray(2, 9));
    message.fill(0);
    expect(own.toString()).to.equal("message");
    expect(own.buffer.byteLength).to.equal(7);
  });

  it("is the same where there is nothing around it", () => {
    const whole = Buffer.allocUnsafeSlow(1_000_000);
    expect(ownBytes(whole)).to.equal(whole);
  });

  it("is a Buffer whatever it was given", () => {
    expect(ownBytes(new Uint8Array([104, 105])).toString()).to.equal("hi");
    expect(ownBytes(Buffer.alloc(0))).to.have.length(0);
  });
});
