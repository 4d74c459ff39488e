import { expect } from "chai";
import { onDemand } from "../../../functions/runtime/on-demand.ts";

class Counter {
  readonly name: string = "made";
  #count = 0;
  add(): number {
    this.#count += 1;
    return this.#count;
  }
}

describe("onDemand", () => {
  let made: number;
  const make = (): Counter => {
    made += 1;
    return new Counter();
  };

  beforeEach(() => void (made = 0));

  it("makes nothing for what is known, nor where it is awaited", async () => {
    const counter = await Promise.resolve(onDemand<Counter>({ name: "known" }, make));
    expect([counter.name, made]).to.deep.equal(["known", 0]);
  });

  it("makes it once for all the rest", () => {
    const counter = onDemand<Counter>({ name: "known" }, make);
    expect([counter.add(), counter.add(), counter.name, made]).to.deep.equal([1, 2, "known", 1]);
  });

  it("takes nothing that any object has for known", () => {
    expect(onDemand<Counter>({}, make).constructor.name).to.include("Counter");
    expect(made).to.equal(1);
  });
});
