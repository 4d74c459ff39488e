import { expect } from "chai";
import { OBJECTS, StorageFixture, refusalIn } from "./bucket.ts";

const NOT_MET = "At least one of the pre-conditions you specified did not hold.";

describe("preconditions of Cloud Storage", () => {
  let fixture: StorageFixture;

  beforeEach(() => {
    fixture = new StorageFixture();
  });

  it("let one of a hundred writers create an object", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, writer) =>
        fixture.put("lease", String(writer), "&ifGenerationMatch=0"),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).to.deep.equal([200, ...Array<number>(99).fill(412)]);
    expect(await fixture.read("lease")).to.equal(String(statuses.indexOf(200)));
  });

  it("are refused in Google's words", async () => {
    await fixture.put("a", "1");
    expect(refusalIn(await fixture.put("a", "2", "&ifGenerationMatch=0"))).to.deep.equal({
      status: 412,
      code: 412,
      message: NOT_MET,
      errors: [
        {
          message: NOT_MET,
          domain: "global",
          reason: "conditionNotMet",
          locationType: "header",
          location: "If-Match",
        },
      ],
    });
    expect(await fixture.read("a")).to.equal("1");
  });

  // `G` is the generation of the object; its metageneration is 1.
  const cases: [query: string, onExisting: number, onMissing: number][] = [
    ["ifGenerationMatch=0", 412, 200],
    ["ifGenerationMatch=G", 200, 412],
    ["ifGenerationMatch=1", 412, 412],
    ["ifGenerationNotMatch=0", 200, 304],
    ["ifGenerationNotMatch=G", 304, 200],
    ["ifGenerationNotMatch=1", 200, 200],
    ["ifMetagenerationMatch=1", 200, 412],
    ["ifMetagenerationMatch=2", 412, 412],
    ["ifMetagenerationNotMatch=1", 304, 200],
    ["ifMetagenerationNotMatch=2", 200, 200],
    ["ifGenerationMatch=G&ifMetagenerationMatch=2", 412, 412],
  ];
  for (const [query, onExisting, onMissing] of cases) {
    it(`${query}: ${onExisting} for an object that is there, ${onMissing} for a new one`, async () => {
      const { body } = await fixture.put("a", "1");
      const asked = query.replace("=G", `=${body.generation}`);
      expect((await fixture.get("a", asked)).status, "get").to.equal(onExisting);
      expect((await fixture.put("b", "2", `&${asked}`)).status, "create").to.equal(onMissing);
      expect((await fixture.put("a", "2", `&${asked}`)).status, "replace").to.equal(onExisting);
      expect(await fixture.read("a")).to.equal(onExisting === 200 ? "2" : "1");
    });
  }

  it("hold for deletes and patches", async () => {
    const { body } = await fixture.put("a", "1");
    const patch = (query: string) =>
      fixture.ask("PATCH", `${OBJECTS}/a?${query}`, { body: { metadata: { x: "1" } } });
    expect((await patch("ifMetagenerationMatch=2")).status).to.equal(412);
    expect((await patch("ifMetagenerationMatch=1")).status).to.equal(200);
    expect((await fixture.delete("a", "ifGenerationMatch=1")).status).to.equal(412);
    expect((await fixture.delete("a", `ifGenerationMatch=${body.generation}`)).status).to.equal(
      204,
    );
    expect((await fixture.delete("a", `ifGenerationMatch=${body.generation}`)).status).to.equal(
      404,
    );
  });
});
