import { expect } from "chai";
import { lazy } from "../../../functions/runtime/lazy.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("lazy", () => {
  it("makes the value once, at first use", async () => {
    let made = 0;
    const value = lazy(() => Promise.resolve((made += 1)));
    expect(made).to.equal(0);
    expect(await Promise.all([value(), value()])).to.deep.equal([1, 1]);
  });

  it("tries again after a failure", async () => {
    let tries = 0;
    const value = lazy(() =>
      (tries += 1) === 1 ? Promise.reject(new Error("late")) : Promise.resolve(tries),
    );
    expect(await thrownBy(value)).to.be.instanceOf(Error);
    expect(await value()).to.equal(2);
  });
});
