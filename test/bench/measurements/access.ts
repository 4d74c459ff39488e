/** What a decision of IAM takes, and what a condition adds to it. */
import { GRANTABLE } from "../../../local/google/grantable.ts";
import { createPolicy, evaluate, type Policy } from "../../../local/iam/evaluate.ts";
import type { AccessRequest, Binding } from "../../../local/iam/types.ts";
import { rowOf, type Measurement } from "../measurement.ts";

const NAME = "access";
const ROWS = 1_000;
const RUNS = { full: 15, short: 3 } as const;
/** Asked of each run: every row once, many times. */
const TURNS = { full: 100, short: 5 } as const;

const AT = Date.UTC(2026, 10, 28);

export const access: Measurement = {
  name: NAME,
  about: `a decision of IAM among ${ROWS} bindings, with a condition each and without`,
  measure: ({ isShort, progress }) => {
    const runs = isShort ? RUNS.short : RUNS.full;
    const turns = isShort ? TURNS.short : TURNS.full;
    const numbers = Array.from({ length: ROWS }, (_, n) => n);
    const requests = numbers.map(requestOf);
    const plain = createPolicy(numbers.map(bindingOf), GRANTABLE);
    const conditional = createPolicy(numbers.map(conditionalOf), GRANTABLE);
    const ours: number[] = [];
    const floor: number[] = [];
    // The first of each also compile.
    for (const policy of [plain, conditional]) decisionMicros(policy, requests, turns);
    for (let run = 1; run <= runs; run++) {
      progress(`${NAME}: ${ROWS} bindings, run ${run} of ${runs}`);
      floor.push(decisionMicros(plain, requests, turns));
      ours.push(decisionMicros(conditional, requests, turns));
    }
    const row = rowOf(NAME, {
      what: `a decision on a condition, among ${ROWS} bindings`,
      unit: "µs",
      ours,
      floor: { what: `a decision without, among ${ROWS} bindings`, samples: floor },
      limit: { of: "ratio", max: 3 },
    });
    return Promise.resolve([row]);
  },
};

function decisionMicros(policy: Policy, requests: readonly AccessRequest[], turns: number): number {
  const start = performance.now();
  for (let turn = 0; turn < turns; turn++) {
    for (const request of requests) {
      if (!evaluate(policy, request, AT).allowed) throw new Error("It was to be allowed.");
    }
  }
  return ((performance.now() - start) * 1000) / (turns * requests.length);
}

/** Ten identities on a hundred buckets. */
function bindingOf(n: number): Binding {
  return {
    member: `serviceAccount:role-${n % 10}@p.iam.gserviceaccount.com`,
    role: "roles/storage.objectViewer",
    resource: `projects/_/buckets/bucket-${Math.floor(n / 10)}`,
    kind: "role",
  };
}

function conditionalOf(n: number): Binding {
  const binding = bindingOf(n);
  const expression = `resource.name.startsWith("${binding.resource}/objects/folder-${n % 10}/")`;
  return { ...binding, condition: { title: "own", expression } };
}

function requestOf(n: number): AccessRequest {
  const { member, resource: bucket } = bindingOf(n);
  const resource = `${bucket}/objects/folder-${n % 10}/2026/11/object.json`;
  return {
    principal: `serviceAccount:${member.slice(member.indexOf(":") + 1)}`,
    permission: "storage.objects.get",
    resource,
    attributes: {
      name: resource,
      type: "storage.googleapis.com/Object",
      service: "storage.googleapis.com",
    },
  };
}
