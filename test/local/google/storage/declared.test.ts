import { expect } from "chai";
import { storage } from "../../../../local/google/storage/declared.ts";
import type { Common } from "../../../../local/google/service.ts";

const DECLARED = {
  name: "switchyard-dev-runs",
  project: "switchyard-dev",
  location: "us-central1",
  uniformBucketLevelAccess: true,
  publicAccessPrevention: "enforced",
};

const COMMON: Common = {
  project: "switchyard-dev",
  projectNumber: "223080314602",
  services: [],
  serviceAccounts: [],
  archives: new Map(),
};

/** The bucket that the inputs declare, and what is wrong with them. */
function read(more: object) {
  const type = storage.declares["gcp:storage/bucket:Bucket"];
  if (type?.meaning !== "local") throw new Error("a bucket means something");
  const slice = storage.empty();
  const problems = type.read({ ...DECLARED, ...more }, slice, COMMON);
  return { bucket: slice.bucket[0], problems };
}

describe("a declared bucket", () => {
  it("keeps for seven days what is deleted, as Google's does, unless it says otherwise", () => {
    expect(read({}).bucket).to.deep.include({ softDeleteSeconds: 604_800, lifecycle: [] });
    const none = read({ softDeletePolicy: { retentionDurationSeconds: 0 } });
    expect(none.bucket?.softDeleteSeconds).to.equal(0);
  });

  it("may have versions, and rules for those that are live no more", () => {
    const { bucket, problems } = read({
      versioning: { enabled: true },
      lifecycleRules: [
        {
          action: { type: "Delete" },
          condition: { withState: "ARCHIVED", numNewerVersions: 3, matchesSuffixes: [".json"] },
        },
        { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30 } },
        { action: { type: "Delete" }, condition: { age: 1, withState: "LIVE" } },
        { action: { type: "Delete" }, condition: { age: 2, withState: "ANY" } },
      ],
    });
    expect(problems).to.deep.equal([]);
    expect([bucket?.versioning, bucket?.lifecycle]).to.deep.equal([
      true,
      [
        { isLive: false, numNewerVersions: 3, matchesSuffix: [".json"] },
        { daysSinceNoncurrent: 30 },
        { ageDays: 1, isLive: true },
        { ageDays: 2 },
      ],
    ]);
  });

  const wrong: [what: string, inputs: object, problem: string][] = [
    [
      "a soft delete of an hour",
      { softDeletePolicy: { retentionDurationSeconds: 3600 } },
      "softDeletePolicy.retentionDurationSeconds: must be 0, or from 7 to 90 days",
    ],
    [
      "a rule of names alone",
      {
        lifecycleRules: [{ action: { type: "Delete" }, condition: { matchesPrefixes: ["a/"] } }],
      },
      "lifecycleRules.0.condition: needs an age, a state, newer versions or days since it is noncurrent",
    ],
  ];
  for (const [what, inputs, problem] of wrong) {
    it(`is a problem with ${what}`, () => {
      expect(read(inputs)).to.deep.equal({ bucket: undefined, problems: [problem] });
    });
  }
});
