import { expect } from "chai";
import * as v from "valibot";
import { EnvError, readEnv } from "../../../functions/runtime/env.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const Env = v.object({
  NAME: v.string(),
  SECRET: v.pipe(v.string(), v.minLength(20, "must have 20 characters")),
  SIZE: v.optional(v.pipe(v.string(), v.transform(Number)), "5"),
});

describe("readEnv", () => {
  it("returns the parsed environment with its defaults", () => {
    const secret = "a secret of twenty characters";
    expect(readEnv(Env, { NAME: "n", SECRET: secret, PATH: "/bin" })).to.deep.equal({
      NAME: "n",
      SECRET: secret,
      SIZE: 5,
    });
  });

  it("names every problem at once, and no value", async () => {
    const error = await thrownBy(() => readEnv(Env, { SECRET: "hunter2" }));
    expect(error).to.be.instanceOf(EnvError);
    expect((error as EnvError).message.split("\n").slice(1)).to.deep.equal([
      "- NAME: not set",
      "- SECRET: must have 20 characters",
    ]);
  });
});
