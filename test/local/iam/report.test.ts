import { expect } from "chai";
import { Feed } from "../../../local/iam/feed.ts";
import { accessReport, formatAccessReport } from "../../../local/iam/report.ts";
import type { AccessRequest, Binding } from "../../../local/iam/types.ts";
import { createPolicy } from "../../../local/iam/evaluate.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const QUEUE = "projects/p/locations/l/queues/q";
const binding = (difference: Partial<Binding> = {}): Binding => ({
  member: "user:a@example.com",
  role: "roles/cloudtasks.viewer",
  resource: QUEUE,
  kind: "role",
  ...difference,
});
const used = binding();
const unused = binding({ member: "user:b@example.com" });
const group = binding({ member: "group:g@example.com" });
const deploy = binding({ role: "roles/logging.logWriter", resource: "projects/p" });
const google = binding({ kind: "google", role: "roles/cloudtasks.serviceAgent" });
const bindings = [used, unused, group, deploy, google];

const request: AccessRequest = {
  principal: "user:a@example.com",
  permission: "cloudtasks.queues.get",
  resource: QUEUE,
};

function busyFeed(): Feed {
  const feed = new Feed();
  feed.note({ ...request, allowed: true, by: { ...used }, at: 1 });
  const create = { ...request, permission: "cloudtasks.tasks.create" };
  const missing = binding({ role: "roles/cloudtasks.enqueuer" });
  feed.note({ ...create, allowed: false, missing, at: 2 });
  feed.note({ ...create, allowed: false, missing, at: 3 });
  feed.note({ ...request, principal: "anonymous", allowed: false, missing: undefined, at: 4 });
  return feed;
}

describe("accessReport", () => {
  it("tells used, unused, not judged and denied apart", () => {
    expect(accessReport(createPolicy(bindings, GRANTABLE), busyFeed())).to.deep.equal({
      used: 1,
      unused: [unused],
      notJudged: [group, deploy],
      neverKept: [],
      denied: busyFeed().deniedSince(0),
      forgotten: 0,
    });
  });

  it("leaves out what was refused and is granted by now, also on what is above", () => {
    const feed = busyFeed();
    const create = { ...request, permission: "cloudtasks.tasks.create" };
    const object = {
      principal: request.principal,
      permission: "storage.objects.get",
      resource: "projects/_/buckets/b/objects/o",
      parent: "projects/p",
    };
    feed.note({ ...object, allowed: false, missing: undefined, at: 5 });
    const [anonymous] = feed.deniedSince(0).filter(({ principal }) => principal === "anonymous");
    const granted = [
      binding({ role: "roles/cloudtasks.enqueuer" }),
      binding({ role: "roles/storage.objectViewer", resource: "projects/p" }),
    ];
    expect(feed.deniedSince(0).map(({ permission }) => permission)).to.include(create.permission);
    expect(
      accessReport(createPolicy([...bindings, ...granted], GRANTABLE), feed).denied,
    ).to.deep.equal([anonymous]);
  });

  it("names what was granted on a condition that kept nothing from being allowed", () => {
    const condition = { title: "t", expression: "request.time.getFullYear() == 2026" };
    const [a, b, c] = ["a", "b", "c"].map((id) =>
      binding({ member: `user:${id}@example.com`, condition }),
    );
    if (a === undefined || b === undefined || c === undefined) throw new Error("three");
    const feed = new Feed();
    for (const by of [a, b]) feed.note({ ...request, allowed: true, by, at: 1 });
    const unmet = [{ binding: b }];
    feed.note({ ...request, allowed: false, missing: undefined, unmet, at: 1 });
    const report = accessReport(createPolicy([a, b, c], GRANTABLE), feed);
    expect([report.neverKept, report.unused]).to.deep.equal([[a], [c]]);
    expect(formatAccessReport(report).split("\n").slice(-4)).to.deep.equal([
      "Granted on a condition that refused nothing: 1",
      `  user:a@example.com  roles/cloudtasks.viewer  on ${QUEUE}, if t: request.time.getFullYear() == 2026`,
      "Used but not granted: 1",
      `  user:a@example.com  cloudtasks.queues.get  on ${QUEUE}  1×: has roles/cloudtasks.viewer on ${QUEUE}, but its condition is not met: t: request.time.getFullYear() == 2026`,
    ]);
  });

  it("is the same after a round trip through JSON", () => {
    const report = accessReport(createPolicy([used, unused], GRANTABLE), new Feed());
    expect(JSON.parse(JSON.stringify(report))).to.deep.equal(report);
  });
});

describe("formatAccessReport", () => {
  it("prints a section for each", () => {
    expect(
      formatAccessReport(accessReport(createPolicy(bindings, GRANTABLE), busyFeed())),
    ).to.equal(
      [
        "Access: 1 of 4 bindings used.",
        "Granted but never used: 1",
        `  user:b@example.com  roles/cloudtasks.viewer  on ${QUEUE}`,
        "Granted, cannot be judged on one machine: 2",
        `  group:g@example.com  roles/cloudtasks.viewer  on ${QUEUE}`,
        "  user:a@example.com  roles/logging.logWriter  on projects/p",
        "Used but not granted: 2",
        `  user:a@example.com  cloudtasks.tasks.create  on ${QUEUE}  2×: add user:a@example.com  roles/cloudtasks.enqueuer  on ${QUEUE}`,
        `  anonymous  cloudtasks.queues.get  on ${QUEUE}  1×: no identity`,
      ].join("\n"),
    );
  });

  it("says so where there is nothing to say, and what was not kept", () => {
    const quiet = accessReport(createPolicy([], GRANTABLE), new Feed());
    expect(formatAccessReport({ ...quiet, forgotten: 3 })).to.equal(
      [
        "Access: 0 of 0 bindings used.",
        "Granted but never used: nothing",
        "Granted, cannot be judged on one machine: nothing",
        "Used but not granted: nothing",
        "  … and 3 more that were not kept",
      ].join("\n"),
    );
  });
});
