import { survivesAnyRequest } from "../../functions/scenarioforge/any-request.ts";
import { survivesMalformed } from "../../systems/scenarioforge/malformed.ts";

describe("scenarioforge's roles, sent much that nobody should send", () => {
  survivesMalformed(10_000);
});

describe("the run API, asked much that it does not know", () => {
  survivesAnyRequest(10_000);
});
