import { survivesMalformed } from "../../systems/producer/malformed.ts";

describe("the producer's roles, sent much that nobody should send", () => {
  survivesMalformed(10_000);
});
