import { expect } from "chai";
import { Feed, MAX_DENIALS } from "../../../local/iam/feed.ts";
import type { AccessRequest, Binding, Decision } from "../../../local/iam/types.ts";

const request: AccessRequest = {
  principal: "user:developer@example.com",
  permission: "cloudtasks.queues.get",
  resource: "projects/p/locations/l/queues/q",
};
const viewer: Binding = {
  member: "user:developer@example.com",
  role: "roles/cloudtasks.viewer",
  resource: "projects/p/locations/l/queues/q",
  kind: "role",
};
const enqueuer: Binding = { ...viewer, role: "roles/cloudtasks.enqueuer" };

const allowed = (by: Binding): Decision => ({ ...request, allowed: true, by, at: 1 });
const denied = (at: number, difference: Partial<AccessRequest> = {}): Decision => ({
  ...request,
  ...difference,
  allowed: false,
  missing: viewer,
  at,
});

describe("Feed", () => {
  it("counts uses by the binding's value, across a replaced policy", () => {
    const feed = new Feed();
    feed.note(allowed(viewer));
    feed.note(allowed(enqueuer));
    feed.note(allowed({ ...viewer }));
    expect(feed.usedSince(0)).to.deep.equal([
      { binding: viewer, count: 2 },
      { binding: enqueuer, count: 1 },
    ]);
  });

  it("counts denials by principal, permission and resource", () => {
    const feed = new Feed();
    feed.note(denied(10));
    feed.note(denied(20, { permission: "cloudtasks.queues.list" }));
    feed.note(denied(30));
    expect(feed.deniedSince(0)).to.deep.equal([
      {
        ...request,
        permission: "cloudtasks.queues.list",
        missing: viewer,
        count: 1,
        firstAt: 20,
        lastAt: 20,
      },
      { ...request, missing: viewer, count: 2, firstAt: 10, lastAt: 30 },
    ]);
  });

  it("counts what the condition of a binding kept from being allowed, where nothing else allowed it", () => {
    const feed = new Feed();
    const condition = { title: "t", expression: "false" };
    const unmet = [{ binding: { ...viewer, condition } }, { binding: { ...enqueuer, condition } }];
    feed.note({ ...denied(10), unmet } as Decision);
    const mark = feed.mark();
    feed.note({ ...denied(20), unmet: unmet.slice(1) } as Decision);
    const [one, two] = unmet.map(({ binding }) => binding);
    expect(feed.keptSince(0)).to.deep.equal([
      { binding: one, count: 1 },
      { binding: two, count: 2 },
    ]);
    expect(feed.keptSince(mark)).to.deep.equal([{ binding: two, count: 2 }]);
  });

  it("tells denials apart by their boundary and by what conditions were told of the request", () => {
    const feed = new Feed();
    const attributes = { type: "t", service: "s" };
    const boundary = [{ availableResource: "//b", availablePermissions: ["inRole:roles/r"] }];
    const asked = [
      {},
      { boundary },
      { attributes: { ...attributes, api: { prefix: "a" } } },
      { attributes: { ...attributes, api: { prefix: "b" } } },
    ];
    for (const difference of [...asked, ...asked]) feed.note(denied(10, difference));
    expect(feed.deniedSince(0)).to.deep.equal(
      asked.map((difference) => ({
        ...request,
        ...difference,
        missing: viewer,
        count: 2,
        firstAt: 10,
        lastAt: 10,
      })),
    );
  });

  it("tells what was used and denied after a mark", () => {
    const feed = new Feed();
    feed.note(allowed(viewer));
    feed.note(allowed(enqueuer));
    feed.note(denied(10));
    const mark = feed.mark();
    expect(feed.usedSince(mark)).to.deep.equal([]);
    expect(feed.deniedSince(mark)).to.deep.equal([]);
    feed.note(allowed(enqueuer));
    expect(feed.usedSince(mark)).to.deep.equal([{ binding: enqueuer, count: 2 }]);
    expect(feed.deniedSince(mark)).to.deep.equal([]);
  });

  it("passes every decision on until the listener leaves", () => {
    const feed = new Feed();
    const heard: Decision[] = [];
    const leave = feed.subscribe((decision) => heard.push(decision));
    feed.note(allowed(viewer));
    feed.note(denied(1));
    leave();
    feed.note(denied(2));
    expect(heard).to.deep.equal([allowed(viewer), denied(1)]);
  });

  it("keeps no more than its limit, forgets the longest unseen, and says how many", () => {
    const feed = new Feed();
    for (let n = 0; n < MAX_DENIALS; n += 1) feed.note(denied(n, { resource: `projects/${n}` }));
    feed.note(denied(5000, { resource: "projects/0" }));
    feed.note(denied(6000, { resource: "projects/new" }));
    const kept = feed.deniedSince(0);
    expect(kept.length).to.equal(MAX_DENIALS);
    expect(kept[0]?.resource).to.equal("projects/2");
    expect(kept.slice(-2).map(({ resource, count }) => [resource, count])).to.deep.equal([
      ["projects/0", 2],
      ["projects/new", 1],
    ]);
    expect(feed.forgotten).to.equal(1);
  });

  it("stays as small after 200,000 decisions", () => {
    const feed = new Feed();
    for (let n = 0; n < 100_000; n += 1) {
      feed.note(allowed(viewer));
      feed.note(denied(n, { resource: `projects/${n}` }));
    }
    expect(feed.usedSince(0)).to.deep.equal([{ binding: viewer, count: 100_000 }]);
    expect(feed.deniedSince(0).length).to.equal(MAX_DENIALS);
    expect(feed.forgotten).to.equal(100_000 - MAX_DENIALS);
  });
});
