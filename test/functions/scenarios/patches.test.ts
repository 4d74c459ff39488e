import { expect } from "chai";
import { timestamp } from "../../../functions/scenarios/json.ts";
import {
  deleted,
  isStalled,
  newRun,
  nodeStatusOf,
  progressed,
  resumed,
  undeleted,
} from "../../../functions/scenarios/patches.ts";
import type { NodeEvent, Run } from "../../../functions/scenarios/run.ts";
import { NOON } from "./world.ts";

const LAUNCHED: Run = newRun(
  { runId: "r1", signature: "5".repeat(64), payload: {}, label: "A", leaseSeconds: 900 },
  NOON,
);
const FAILED: Run = {
  ...LAUNCHED,
  status: "FAILED",
  is_final: true,
  error: "charter: no",
  completed_at: timestamp(NOON),
  lease_expires_at: null,
};

const event = (status: NodeEvent["status"], attempt: number, node = "charter"): NodeEvent => ({
  timestamp: timestamp(NOON),
  node,
  status,
  attempt,
  inputs: [],
  outputs: [],
  tools: [],
  schema_validated: false,
  duration_seconds: 0,
});

describe("resumed", () => {
  it("begins the next execution, without the error of the one before", () => {
    expect(resumed(2, 900, NOON + 1)(FAILED)).to.deep.equal({
      ...FAILED,
      status: "RUNNING",
      is_final: false,
      error: null,
      execution: 2,
      updated_at: timestamp(NOON + 1),
      lease_expires_at: timestamp(NOON + 900_001),
    });
  });

  it("begins no execution twice, and skips none", () => {
    const second = { ...FAILED, execution: 2 };
    expect(resumed(2, 900, NOON)(second)).to.equal(second);
    expect(resumed(3, 900, NOON)(FAILED)).to.equal(FAILED);
  });
});

describe("progressed", () => {
  it("leaves alone what has ended", () => {
    expect(progressed([event("OK", 1)], 900, NOON)(FAILED)).to.equal(FAILED);
  });

  it("keeps nodes that the events do not name", () => {
    const first = progressed([event("OK", 1)], 900, NOON)(LAUNCHED);
    const second = progressed([event("RUNNING", 1, "forces")], 900, NOON)(first);
    expect(Object.keys(second.node_status)).to.deep.equal(["charter", "forces"]);
  });

  it("knows nothing worse where the events were read before", () => {
    const [before, after] = [event("RUNNING", 1), event("OK", 1)];
    const later = { ...after, timestamp: "2999-01-01T00:00:00.000000+00:00" };
    const known = progressed([before, later], 900, NOON)(LAUNCHED);
    expect(progressed([before], 900, NOON)(known).node_status).to.deep.equal(known.node_status);
  });
});

describe("deleted", () => {
  it("says when and by whom, once", () => {
    const gone = deleted("r1", "public", NOON)(FAILED);
    expect(gone).to.deep.equal({
      ...FAILED,
      is_deleted: true,
      deleted_at: timestamp(NOON),
      deleted_by: "public",
      updated_at: timestamp(NOON),
    });
    expect(deleted("r1", "other", NOON + 1)(gone)).to.equal(gone);
  });

  it("names a run that others wrote without its id", () => {
    const nameless = { ...FAILED, run_id: null };
    expect(deleted("r1", "public", NOON)(nameless)).to.include({ run_id: "r1" });
  });

  it("is undone as a whole", () => {
    const back = undeleted(NOON + 1)(deleted("r1", "public", NOON)(FAILED));
    expect(back).to.deep.equal({
      ...FAILED,
      deleted_at: null,
      deleted_by: null,
      updated_at: timestamp(NOON + 1),
    });
    expect(undeleted(NOON + 2)(back)).to.equal(back);
  });
});

describe("nodeStatusOf", () => {
  it("takes the last attempt's last event, in whatever order attempts come", () => {
    const { charter } = nodeStatusOf([event("RUNNING", 2), event("OK", 2), event("FAIL", 1)]);
    expect([charter?.status, charter?.attempt]).to.deep.equal(["OK", 2]);
  });
});

describe("isStalled", () => {
  const cases: [what: string, run: Partial<Run>, isStalled: boolean][] = [
    ["one with a lease goes on", {}, false],
    ["one whose lease ends now stands still", { lease_expires_at: timestamp(NOON) }, true],
    ["one that others wrote, without a lease, stands still", { lease_expires_at: null }, true],
    ["one whose lease is no time stands still", { lease_expires_at: "soon" }, true],
    ["one that has ended does not", { is_final: true, lease_expires_at: null }, false],
  ];
  for (const [what, run, expected] of cases) {
    it(`says that ${what}`, () => {
      expect(isStalled({ ...LAUNCHED, ...run }, NOON)).to.equal(expected);
    });
  }
});
