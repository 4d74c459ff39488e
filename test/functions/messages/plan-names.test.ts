import { expect } from "chai";
import fc from "fast-check";
import {
  checkName,
  checkoutLease,
  checkoutRecord,
  commentLease,
  commentMarker,
  deliveryObject,
  documentMarker,
  overflowObject,
  planId,
  planLease,
  resultObject,
} from "../../../functions/messages/plan-names.ts";
import { planRequest } from "../../support/plan-requests.ts";

const PLAN = planRequest();
const OTHERS = {
  repository: planRequest({ repo: { full_name: "octo/other" } }),
  "pull request": planRequest({ pull_request: { number: 8 } }),
  directory: planRequest({ work: { dir: "a" } }),
  workspace: planRequest({ work: { workspace: "blue" } }),
};

describe("names of a plan", () => {
  for (const [what, other] of Object.entries(OTHERS)) {
    it(`differ with its ${what}`, () => {
      for (const name of [planLease, commentLease, resultObject, overflowObject]) {
        expect(name(other), name.name).not.to.equal(name(PLAN));
      }
    });
  }

  it("differ with its head, but for what all heads share", () => {
    const other = planRequest({ pull_request: { head_sha: "b".repeat(40) } });
    expect(planLease(other)).not.to.equal(planLease(PLAN));
    expect(resultObject(other)).not.to.equal(resultObject(PLAN));
    expect(commentLease(other)).to.equal(commentLease(PLAN));
    expect(commentMarker(other)).to.equal(commentMarker(PLAN));
  });

  it("let a re-run have a result of its own, and the same lease", () => {
    const again = planRequest({ work: { rerun: "guid" } });
    expect(resultObject(again)).not.to.equal(resultObject(PLAN));
    expect(planLease(again)).to.equal(planLease(PLAN));
  });

  it("do not tell the case of a repository apart", () => {
    const other = planRequest({ repo: { full_name: "Octo/INFRA" } });
    expect(planLease(other)).to.equal(planLease(PLAN));
    expect(resultObject(other)).to.equal(resultObject(PLAN));
  });

  it("of its commit are the same for all that is planned of it", () => {
    const { repository, ...others } = OTHERS;
    const commit = planRequest({ pull_request: { head_sha: "b".repeat(40) } });
    const spelled = planRequest({ repo: { full_name: "Octo/INFRA" } });
    for (const name of [checkoutRecord, checkoutLease]) {
      for (const same of [...Object.values(others), spelled]) {
        expect(name(same), name.name).to.equal(name(PLAN));
      }
      for (const other of [repository, commit]) {
        expect(name(other), name.name).not.to.equal(name(PLAN));
      }
    }
  });

  it("lie in the folders that the bucket's rules know", () => {
    expect(planLease(PLAN)).to.match(/^leases\/plan-[0-9a-f]{64}$/);
    expect(commentLease(PLAN)).to.match(/^leases\/comment-[0-9a-f]{64}$/);
    expect(checkoutLease(PLAN)).to.match(/^leases\/checkout-[0-9a-f]{64}$/);
    expect(checkoutRecord(PLAN)).to.match(/^checkouts\/[0-9a-f]{64}$/);
    expect(resultObject(PLAN)).to.match(/^results\/[0-9a-f]{64}$/);
    expect(overflowObject(PLAN)).to.match(/^plans\/octo\/infra\/7\/[0-9a-f]{64}\.txt$/);
    expect(deliveryObject("guid")).to.equal("deliveries/guid");
  });
});

describe("planId", () => {
  const pull = { number: 7, head_sha: "0123abc".padEnd(40, "0") };
  it("is the document's for the root's default workspace", () => {
    expect(planId(pull, { dir: ".", workspace: "default" })).to.equal("pr-7-0123abc");
  });
  it("is another one for each directory and workspace", () => {
    const place = fc.record({
      dir: fc.string({ minLength: 1 }),
      workspace: fc.string({ minLength: 1 }),
    });
    fc.assert(
      fc.property(place, place, (one, other) => {
        fc.pre(one.dir !== other.dir || one.workspace !== other.workspace);
        expect(planId(pull, one)).not.to.equal(planId(pull, other));
      }),
    );
  });
});

describe("what people and readers see", () => {
  it("has the document's marker", () => {
    expect(documentMarker("pr-7-0123abc")).to.equal("<!-- runners-poc:plan:pr-7-0123abc -->");
  });
  it("has a marker of the directory and workspace", () => {
    expect(commentMarker(PLAN)).to.match(/^<!-- switchyard:plan:[0-9a-f]{16} -->$/);
  });
  it("names checks after directory and workspace", () => {
    expect(
      [
        { dir: ".", workspace: "default" },
        { dir: "envs/prod", workspace: "default" },
        { dir: "envs/prod", workspace: "blue" },
        { dir: ".", workspace: "blue" },
      ].map(checkName),
    ).to.deep.equal(["plan", "plan: envs/prod", "plan: envs/prod (blue)", "plan (blue)"]);
  });
});
