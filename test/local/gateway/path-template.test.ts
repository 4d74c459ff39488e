import { expect } from "chai";
import fc from "fast-check";
import { compileTemplate } from "../../../local/gateway/path-template.ts";

describe("path template", () => {
  const CASES: readonly [template: string, path: string, variables: object | undefined][] = [
    ["/v2/{name=projects/*/queues/*}", "/v2/projects/p/queues/q", { name: "projects/p/queues/q" }],
    ["/v2/{name=projects/*/queues/*}", "/v2/projects/p/queues/q/tasks", undefined],
    ["/v2/{name=projects/*/queues/*}", "/v2/projects/p/queues/q:purge", undefined],
    ["/v2/{name=projects/*/queues/*}", "/v2/projects//queues/q", undefined],
    ["/v2/{name=projects/*}/queues", "/v2/projects/a.com:b/queues", { name: "projects/a.com:b" }],
    ["/v2/{name=projects/*}:purge", "/v2/projects/p:purge", { name: "projects/p" }],
    ["/v2/{name=projects/*}:purge", "/v2/projects/p:pause", undefined],
    ["/v1/{topic}:publish", "/v1/t:publish", { topic: "t" }],
    ["/v1/{name=**}", "/v1/a/b/c", { name: "a/b/c" }],
    ["/v1/{a=x/*}/{b.c=y/*}", "/v1/x/1/y/2", { a: "x/1", "b.c": "y/2" }],
    ["/v1/a.b", "/v1/aXb", undefined],
  ];
  for (const [template, path, variables] of CASES) {
    it(`${variables === undefined ? "does not fit" : "fits"}: ${template} on ${path}`, () => {
      const found = compileTemplate(template)(path);

      expect(found && Object.fromEntries(found)).to.deep.equal(variables);
    });
  }

  it("gives back any name that was percent-encoded into it", () => {
    const name = fc.string({ minLength: 1, unit: "grapheme" });
    fc.assert(
      fc.property(name, (id) => {
        const found = compileTemplate("/v1/{name=things/*}")(
          `/v1/things/${encodeURIComponent(id)}`,
        );
        expect(found?.get("name")).to.equal(`things/${id}`);
      }),
    );
  });
});
