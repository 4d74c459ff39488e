import { Environment } from "@marcbachmann/cel-js";
import { expect } from "chai";
import fc from "fast-check";
import { boundaryOf } from "../../../functions/producer/boundary.ts";
import type { BoundaryOptions } from "../../../functions/producer/boundary.ts";
import { storageTokens } from "../../../functions/producer/adapters/storage-tokens.ts";
import { storagePrefixOf } from "../../../functions/messages/storage-prefix.ts";
import { TENANT } from "../../support/producer/bridge-world.ts";

const OPTIONS: BoundaryOptions = {
  bucket: "b",
  prefix: "u/p/s/",
  mode: "explicit",
  canUpload: true,
  canList: true,
  allowsBucket: false,
};

function rulesOf(differences: Partial<BoundaryOptions> = {}) {
  const made = boundaryOf({ ...OPTIONS, ...differences });
  if ("problem" in made) throw new Error(made.problem);
  return made.boundary.accessBoundary.accessBoundaryRules;
}

const CEL = new Environment()
  .registerVariable("resource", "map")
  .registerVariable("api", "map")
  .registerFunction("map.getAttribute(string, string): string", (api, name, otherwise) => {
    const value: unknown = (api as Record<string, unknown>)[String(name)];
    return typeof value === "string" ? value : String(otherwise);
  });

/** Whether the boundary lets an object, or a list with a prefix, through. */
function allows(expression: string, name: string, listPrefix?: string): boolean {
  const api =
    listPrefix === undefined ? {} : { "storage.googleapis.com/objectListPrefix": listPrefix };
  return CEL.evaluate(expression, { resource: { name }, api }) === true;
}

describe("boundaryOf", () => {
  it("is one rule with roles only, for objects by name and lists by prefix (decision 7)", () => {
    expect(rulesOf()).to.deep.equal([
      {
        availableResource: "//storage.googleapis.com/projects/_/buckets/b",
        availablePermissions: [
          "inRole:roles/storage.objectViewer",
          "inRole:roles/storage.objectUser",
        ],
        availabilityCondition: {
          expression:
            "resource.name.startsWith('projects/_/buckets/b/objects/u/p/s/') || " +
            "api.getAttribute('storage.googleapis.com/objectListPrefix', '').startsWith('u/p/s/')",
        },
      },
    ]);
    expect(rulesOf({ mode: "role" })).to.deep.equal(rulesOf());
  });

  it("shows the permissions that the document's mode stands for", () => {
    const made = boundaryOf({ ...OPTIONS, canUpload: false });
    expect(made).to.have.deep.property("permissions", [
      "storage.objects.get",
      "storage.objects.list",
    ]);
    expect(boundaryOf({ ...OPTIONS, mode: "role" })).to.have.deep.property("permissions", []);
    expect(rulesOf({ canUpload: false })[0]?.availablePermissions).to.deep.equal([
      "inRole:roles/storage.objectViewer",
    ]);
  });

  it("refuses an empty prefix unless the whole bucket is allowed, and a condition that is too long", () => {
    expect(boundaryOf({ ...OPTIONS, prefix: "" })).to.deep.equal({
      problem: "empty_prefix_not_allowed",
    });
    const [rule] = rulesOf({ prefix: "", allowsBucket: true });
    expect(rule).to.not.have.property("availabilityCondition");
    const long = boundaryOf({ ...OPTIONS, prefix: `${"x".repeat(1_000)}/` });
    expect(long).to.deep.equal({ problem: "the condition has more than 2048 characters" });
  });

  it("allows what begins with the prefix and nothing else, whatever is in bucket and prefix (defect 18)", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "'", "\\", "/", "|", "\n", "é", '"'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(text, text, text, fc.boolean(), (bucket, prefix, other, canList) => {
        fc.pre(prefix !== "");
        const [rule] = rulesOf({ bucket, prefix, canList });
        const expression = rule?.availabilityCondition?.expression ?? "";
        const nameOf = (object: string) => `projects/_/buckets/${bucket}/objects/${object}`;
        expect(allows(expression, nameOf(prefix + other))).to.equal(true);
        expect(allows(expression, nameOf(other))).to.equal(other.startsWith(prefix));
        const bucketName = `projects/_/buckets/${bucket}`;
        expect(allows(expression, bucketName)).to.equal(false);
        expect(allows(expression, bucketName, other)).to.equal(canList && other.startsWith(prefix));
      }),
    );
  });
});

describe("storagePrefixOf", () => {
  const TEMPLATE = "{userId}/{projectId}/{sessionId}/";

  it("renders what the consumer renders, with one slash at its end", () => {
    expect(storagePrefixOf(TEMPLATE, TENANT)).to.deep.equal({ prefix: "u/p/s/" });
    expect(storagePrefixOf("{userId}/{workspaceId}", TENANT)).to.deep.equal({ prefix: "u/w/" });
    expect(storagePrefixOf(TEMPLATE, { user_id: "u", project_id: "p" })).to.deep.equal({
      prefix: "u/p//",
    });
  });

  it("refuses a value that would reach another's objects", () => {
    for (const user_id of ["a/b", "..", "."]) {
      expect(storagePrefixOf(TEMPLATE, { ...TENANT, user_id })).to.have.property("problem");
    }
  });
});

describe("storageTokens", () => {
  const ENV = {
    GCS_BUCKET: "b",
    GCS_PREFIX_TEMPLATE: "{userId}/{projectId}/{sessionId}/",
    GCS_TOKEN: "",
    GCS_ENABLE_UPLOAD: true,
    GCS_ENABLE_LIST: true,
    GCS_CAB_PERMISSION_MODE: "explicit",
    ALLOW_BUCKET_WIDE_CAB: false,
    GCS_DEBUG: true,
  } as const;

  it("asks its client each time, which renews a token before it expires, and logs no token", async () => {
    const lines: unknown[] = [];
    const boundaries: unknown[] = [];
    let minted = 0;
    const tokens = storageTokens(ENV, (boundary) => {
      boundaries.push(boundary);
      return Promise.resolve({
        getAccessToken: () => {
          minted += 1;
          return Promise.resolve({ token: `ya29.secret-${minted}`, expirationTime: 0 });
        },
      });
    });
    const log = (...line: unknown[]): void => void lines.push(line);
    const got = [await tokens(TENANT, log), await tokens(TENANT, log)];
    expect(got).to.deep.equal(["ya29.secret-1", "ya29.secret-2"]);
    expect(boundaries).to.have.length(1);
    const logged = JSON.stringify(lines);
    expect(logged).to.not.contain("secret");
    expect(logged).to.contain('"length":13').and.to.contain("availableResource");
  });

  it("goes on without a token where none can be had, and says why", async () => {
    const lines: unknown[][] = [];
    const log = (...line: unknown[]): void => void lines.push(line);
    const failing = storageTokens(ENV, () => Promise.reject(new Error("no credentials")));
    expect(await failing(TENANT, log)).to.equal(undefined);
    const hostile = { ...TENANT, user_id: "a/b" };
    expect(await failing(hostile, log)).to.equal(undefined);
    expect(
      lines.filter(([severity]) => severity === "ERROR").map(([, text]) => text),
    ).to.deep.equal([
      "There is no storage token: no credentials",
      "There is no storage token: userId may not be part of a prefix of objects",
    ]);
    expect(await storageTokens({ ...ENV, GCS_BUCKET: "" })(TENANT, log)).to.equal(undefined);
    expect(await storageTokens({ ...ENV, GCS_TOKEN: "given" })(TENANT, log)).to.equal("given");
  });
});
