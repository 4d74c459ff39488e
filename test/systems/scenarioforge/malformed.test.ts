import { survivesMalformed } from "./malformed.ts";

describe("scenarioforge's roles, sent what nobody should send", () => {
  survivesMalformed(500);
});
