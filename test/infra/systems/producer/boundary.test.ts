import { Environment } from "@marcbachmann/cel-js";
import { expect } from "chai";
import fc from "fast-check";
import { boundaryOf as producersBoundary } from "../../../../functions/producer/boundary.ts";
import { ConfigError } from "../../../../infra/config/errors.ts";
import {
  boundaryOf,
  bucketNamed,
  prefixNamed,
} from "../../../../infra/systems/producer/boundary.ts";

const CEL = new Environment()
  .registerVariable("resource", "map")
  .registerVariable("api", "map")
  .registerFunction(
    "map.getAttribute(string, string): string",
    (api: ReadonlyMap<string, string>, name: string, absent: string) => api.get(name) ?? absent,
  );

/** Whether a tenant's boundary allows a request for what has that name, with that list prefix. */
function allows(prefix: string, name: string, listPrefix?: string): boolean {
  const [rule] = boundaryOf("work", prefix).accessBoundary.accessBoundaryRules;
  const api = new Map(
    listPrefix === undefined ? [] : [["storage.googleapis.com/objectListPrefix", listPrefix]],
  );
  const resource = { name };
  return CEL.parse(rule?.availabilityCondition.expression ?? "")({ resource, api }) === true;
}

const OBJECTS = "projects/_/buckets/work/objects/";

describe("a tenant's boundary", () => {
  it("allows its bucket's reader what is below the prefix", () => {
    expect(boundaryOf("work", "u1/p1/")).to.deep.equal({
      accessBoundary: {
        accessBoundaryRules: [
          {
            availableResource: "//storage.googleapis.com/projects/_/buckets/work",
            availablePermissions: ["inRole:roles/storage.objectViewer"],
            availabilityCondition: {
              expression:
                "resource.name.startsWith('projects/_/buckets/work/objects/u1/p1/') || api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('u1/p1/')",
            },
          },
        ],
      },
    });
  });

  it("allows exactly what is below the prefix, whatever that is", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 10 });
    const property = fc.property(text, text, text, (given, rest, other) => {
      let prefix: string;
      try {
        prefix = prefixNamed(given);
      } catch (error) {
        expect(error).to.be.instanceOf(ConfigError);
        return;
      }
      expect(allows(prefix, `${OBJECTS}${prefix}${rest}`)).to.equal(true);
      expect(allows(prefix, "projects/_/buckets/work", `${prefix}${rest}`)).to.equal(true);
      expect(allows(prefix, "projects/_/buckets/work")).to.equal(false);
      const isBelow = other.startsWith(prefix);
      expect(allows(prefix, `${OBJECTS}${other}`)).to.equal(isBelow);
      expect(allows(prefix, "projects/_/buckets/work", other)).to.equal(isBelow);
    });
    fc.assert(property);
  });

  it("is the one that the producer makes for a token that reads, written apart from it", () => {
    const plain = fc.stringMatching(/^[^'\\\p{Cc}]{1,40}$/u).map((text) => prefixNamed(`x${text}`));
    const property = fc.property(plain, (prefix) => {
      const made = producersBoundary({
        bucket: "work",
        prefix,
        mode: "role",
        canUpload: false,
        canList: true,
        allowsBucket: false,
      });
      expect(made).to.deep.equal({ boundary: boundaryOf("work", prefix), permissions: [] });
    });
    fc.assert(property);
  });

  it("has a prefix with a slash at its end", () => {
    expect([prefixNamed("u1"), prefixNamed("u1/p1/")]).to.deep.equal(["u1/", "u1/p1/"]);
  });

  it("is refused for an empty prefix, and for characters that would end the text it stands in", () => {
    for (const prefix of ["", "/", "//", "a'", "a\\", "a\nb", "a\u0000"]) {
      expect(() => prefixNamed(prefix), JSON.stringify(prefix)).to.throw(ConfigError);
    }
  });

  it("is refused for what is no bucket", () => {
    expect(bucketNamed("my-work.bucket_1")).to.equal("my-work.bucket_1");
    for (const bucket of ["", "a", "UPPER", "a'b", "a/b", "-ab", "ab-"]) {
      expect(() => bucketNamed(bucket), bucket).to.throw(ConfigError);
    }
  });
});
