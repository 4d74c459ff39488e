import { expect } from "chai";
import { objectsOf } from "../../../../functions/runtime/google/objects.ts";
import type { Objects } from "../../../../functions/runtime/google/objects.ts";
import { ObjectsInMemory } from "../../../support/objects-in-memory.ts";
import { StorageStub } from "../../../support/storage-stub.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

let stub: StorageStub;
const inStorage = (): Objects => objectsOf("bucket", () => Promise.resolve(stub.client()));
const NAME = "leases/a b";

before(async () => {
  stub = await StorageStub.start();
});
after(() => stub.stop());
beforeEach(() => {
  stub.objects.clear();
  stub.lines.length = 0;
  stub.before = () => undefined;
  stub.fault = () => undefined;
});

for (const [what, make] of [
  ["objectsOf, over Google's client", inStorage],
  ["ObjectsInMemory", () => new ObjectsInMemory()],
] as const) {
  describe(what, () => {
    let objects: Objects;
    beforeEach(() => {
      objects = make();
    });

    it("creates once", async () => {
      const generation = await objects.create(NAME, "1");
      expect(await objects.create(NAME, "2")).to.equal(undefined);
      expect(await objects.read(NAME)).to.deep.equal({ content: "1", generation });
    });

    it("reads nothing where there is nothing", async () => {
      expect(await objects.read(NAME)).to.equal(undefined);
    });

    it("replaces what it knows, and nothing else", async () => {
      const first = (await objects.create(NAME, "1")) ?? "";
      const second = await objects.replace(NAME, first, "2");
      expect(await objects.replace(NAME, first, "3")).to.equal(undefined);
      expect(await objects.replace("leases/none", first, "3")).to.equal(undefined);
      expect(await objects.read(NAME)).to.deep.equal({ content: "2", generation: second });
      expect(await objects.read("leases/none")).to.equal(undefined);
    });

    it("removes what it knows, and nothing else", async () => {
      const first = (await objects.create(NAME, "1")) ?? "";
      const second = (await objects.replace(NAME, first, "2")) ?? "";
      await objects.remove(NAME, first);
      expect(await objects.read(NAME)).not.to.equal(undefined);
      await objects.remove(NAME, second);
      await objects.remove(NAME, second);
      expect(await objects.read(NAME)).to.equal(undefined);
    });

    it("writes over whatever is there", async () => {
      await objects.write(NAME, "1", "text/plain");
      await objects.write(NAME, "2", "text/plain");
      expect((await objects.read(NAME))?.content).to.equal("2");
    });
  });
}

describe("objectsOf", () => {
  it("says what it writes", async () => {
    await inStorage().create("a", "{}");
    await inStorage().write("b", "ü", "text/plain; charset=utf-8");
    expect(stub.objects.get("a")).to.include({ content: "{}", contentType: "application/json" });
    expect(stub.objects.get("b")).to.include({
      content: "ü",
      contentType: "text/plain; charset=utf-8",
    });
  });

  it("reads what replaced an object while it was read", async () => {
    stub.put(NAME, "old");
    let requests = 0;
    stub.before = () => {
      requests += 1;
      if (requests === 2) stub.put(NAME, "new");
    };
    const read = await inStorage().read(NAME);
    const { generation } = stub.objects.get(NAME) ?? {};
    expect(read).to.deep.equal({ content: "new", generation: String(generation) });
  });

  it("reads nothing where an object was removed while it was read", async () => {
    stub.put(NAME, "old");
    stub.before = (line) => {
      if (line.includes("alt")) stub.objects.clear();
    };
    expect(await inStorage().read(NAME)).to.equal(undefined);
  });

  const REQUESTS: Readonly<Record<string, (objects: Objects) => Promise<unknown>>> = {
    "create, of which it is not known whether it exists": (objects) => objects.create(NAME, "2"),
    "replace, of which it is not known whether it is the same": (objects) =>
      objects.replace(NAME, "1", "2"),
    "remove, of which it is not known whether it is gone": (objects) => objects.remove(NAME, "1"),
    "read, of which it is not known whether there is one": (objects) => objects.read(NAME),
    write: (objects) => objects.write(NAME, "2", "text/plain"),
  };
  for (const status of [403, 503]) {
    for (const [what, request] of Object.entries(REQUESTS)) {
      it(`throws a ${status} to a ${what}`, async () => {
        stub.put(NAME, "1");
        stub.fault = () => status;
        expect(await thrownBy(() => request(inStorage()))).to.have.property("code", status);
      });
    }

    it(`throws a ${status} to the second half of a read`, async () => {
      stub.put(NAME, "1");
      stub.fault = (line) => (line.includes("alt") ? status : undefined);
      expect(await thrownBy(() => inStorage().read(NAME))).to.have.property("code", status);
    });
  }

  it("throws what it cannot explain", async () => {
    const objects = objectsOf("bucket", () => Promise.reject(new Error("no credentials")));
    expect(await thrownBy(() => objects.read(NAME))).to.have.property("message", "no credentials");
    expect(await thrownBy(() => objects.create(NAME, ""))).to.have.property(
      "message",
      "no credentials",
    );
  });
});
