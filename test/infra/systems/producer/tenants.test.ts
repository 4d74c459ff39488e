import { expect } from "chai";
import fc from "fast-check";
import { listingCondition, tenantConditions } from "../../../../infra/systems/producer/tenants.ts";

const prefixes = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}/`);
const operatorsOf = (expression: string) => expression.split(" || ").length - 1;

describe("tenantConditions", () => {
  it("name the objects of each prefix", () => {
    expect(tenantConditions("work", ["u1/p1/", "u2/"])).to.deep.equal([
      {
        title: "tenants",
        expression:
          "resource.name.startsWith('projects/_/buckets/work/objects/u1/p1/') || resource.name.startsWith('projects/_/buckets/work/objects/u2/')",
      },
    ]);
  });

  it("become several where one would have more than 12 operators", () => {
    const conditions = tenantConditions("work", prefixes(14));
    expect(conditions.map(({ title }) => title)).to.deep.equal(["tenants", "tenants-2"]);
    expect(conditions.map(({ expression }) => operatorsOf(expression))).to.deep.equal([12, 0]);
  });

  it("become several where one would have more than 2,048 characters", () => {
    const long = prefixes(8).map((prefix) => `${"x".repeat(400)}-${prefix}`);
    const conditions = tenantConditions("work", long);
    expect(conditions.length).to.be.greaterThan(1);
    for (const { expression } of conditions) expect(expression.length).to.be.at.most(2048);
  });

  it("say every prefix exactly once, within the limits, whatever they are", () => {
    const prefix = fc.stringMatching(/^[a-z0-9 é~-]{1,300}\/$/u);
    fc.assert(
      fc.property(fc.uniqueArray(prefix, { maxLength: 40 }), (all) => {
        const conditions = tenantConditions("work", all);
        const said = conditions.flatMap(({ expression }) =>
          [...expression.matchAll(/objects\/([^']*)'/g)].map(([, name]) => name),
        );
        expect(said).to.deep.equal(all);
        expect(new Set(conditions.map(({ title }) => title)).size).to.equal(conditions.length);
        for (const { expression } of conditions) {
          expect(operatorsOf(expression)).to.be.at.most(12);
          expect(expression.length).to.be.at.most(2048);
        }
      }),
    );
  });
});

describe("listingCondition", () => {
  it("holds for the bucket itself and for no object", () => {
    expect(listingCondition("work")).to.deep.equal({
      title: "listing",
      expression: "resource.name == 'projects/_/buckets/work'",
    });
  });
});
