import { survivesAnyRequest } from "./any-request.ts";

describe("the run API, asked what it does not know", () => {
  survivesAnyRequest(1_000);
});
