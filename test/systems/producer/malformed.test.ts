import { survivesMalformed } from "./malformed.ts";

describe("the producer's roles, sent what nobody should send", () => {
  survivesMalformed(1_000);
});
