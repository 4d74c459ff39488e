import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import type { AccessRow } from "../../../infra/access.ts";
import { Grants } from "../../../infra/components/grants.ts";
import { recordProgram, type Registration } from "../../../local/declared/record.ts";

const QUEUE = "projects/p/locations/r/queues/q";
const CALLER = "serviceAccount:caller@p.iam.gserviceaccount.com";

function row(change: Partial<AccessRow> = {}): AccessRow {
  return {
    kind: "role",
    system: "s",
    principal: CALLER,
    role: "roles/cloudtasks.enqueuer",
    resource: QUEUE,
    why: "to be tested",
    source: "here",
    ...change,
  };
}

interface Stage {
  readonly grants: Grants;
  readonly account: pulumi.Resource;
  readonly queue: pulumi.Resource;
  /** How many bindings the caller has. */
  readonly granted: () => number;
}

const IAM_MEMBER = /IAMMember$/i;

/** The bindings that a program makes, in which an account and a queue stand beside the grants. */
async function bindings(
  rows: readonly AccessRow[],
  act: (stage: Stage) => void,
): Promise<readonly Registration[]> {
  const made = await recordProgram("dev", () => {
    const parent = new gcp.projects.Service("parent", { service: "parent" });
    const api = new gcp.projects.Service("api", { service: "api" });
    const account = new gcp.serviceaccount.Account("caller", { accountId: "caller" });
    const queue = new gcp.cloudtasks.Queue("q", { location: "r" });
    const grants = new Grants({ prefix: "s", rows, parent, dependsOn: [api] });
    act({ grants, account, queue, granted: () => grants.of(CALLER).length });
  });
  return made.filter(({ type }) => IAM_MEMBER.test(type));
}

/** The last part of a URN: the logical name. */
const named = (urn: string): string => urn.slice(urn.lastIndexOf("::") + 2);

describe("Grants", () => {
  it("makes a row's binding as soon as both its ends are declared, whichever comes first", async () => {
    const counts: number[] = [];
    const orders = [
      ["account", "queue"],
      ["queue", "account"],
    ] as const;
    for (const order of orders) {
      await bindings([row()], ({ grants, granted, ...ends }) => {
        counts.push(granted());
        for (const end of order) {
          grants.declared(end === "account" ? CALLER : QUEUE, ends[end]);
          counts.push(granted());
        }
        grants.finish();
        counts.push(granted());
      });
    }
    expect(counts).to.deep.equal([0, 0, 1, 1, 0, 0, 1, 1]);
  });

  it("makes the binding wait for both ends and for what all wait for", async () => {
    const [binding, ...others] = await bindings([row()], ({ grants, account, queue }) => {
      grants.declared(CALLER, account);
      grants.declared(QUEUE, queue);
      grants.finish();
    });
    expect(others).to.deep.equal([]);
    expect({
      name: binding?.name,
      type: binding?.type,
      inputs: binding?.inputs,
      parent: named(binding?.parent ?? ""),
      dependencies: binding?.dependencies.map(named).toSorted(),
    }).to.deep.equal({
      name: "s-caller-cloudtasks.enqueuer-q",
      type: "gcp:cloudtasks/queueIamMember:QueueIamMember",
      inputs: { project: "p", location: "r", name: "q", role: row().role, member: CALLER },
      parent: "parent",
      dependencies: ["api", "caller", "q"],
    });
  });

  it("waits for no end that exists already", async () => {
    const counts: number[] = [];
    const [binding] = await bindings([row()], ({ grants, account, granted }) => {
      grants.declared(CALLER, account);
      counts.push(granted());
      grants.exists(QUEUE);
      counts.push(granted());
    });
    expect(counts).to.deep.equal([0, 1]);
    expect(binding?.dependencies.map(named).toSorted()).to.deep.equal(["api", "caller"]);
  });

  it("takes people, everybody and accounts of other projects to be there", async () => {
    const principals = [
      "user:one@example.com",
      "allUsers",
      "serviceAccount:service-1@gcp-sa-cloudtasks.iam.gserviceaccount.com",
      "serviceAccount:caller@other.iam.gserviceaccount.com",
    ];
    const rows = principals.map((principal) => row({ principal }));
    const made = await bindings(rows, ({ grants, queue }) => grants.declared(QUEUE, queue));
    expect(made.map(({ inputs }) => inputs.member)).to.have.members(principals);
  });

  it("takes the project to be there", async () => {
    const [binding] = await bindings([row({ resource: "projects/p" })], ({ grants, account }) => {
      grants.declared(CALLER, account);
    });
    expect(binding?.type).to.equal("gcp:projects/iAMMember:IAMMember");
  });

  it("gives the bindings of a member so far, and of no other", async () => {
    const rows = [
      row(),
      row({ role: "roles/cloudtasks.viewer" }),
      row({ resource: "projects/p/topics/t" }),
      row({ principal: "user:one@example.com" }),
    ];
    const counts: number[] = [];
    await bindings(rows, ({ grants, account, queue, granted }) => {
      grants.declared(CALLER, account);
      grants.declared(QUEUE, queue);
      counts.push(granted());
      grants.exists("projects/p/topics/t");
      counts.push(granted(), grants.of("user:one@example.com").length);
      counts.push(grants.of("user:two@example.com").length);
    });
    expect(counts).to.deep.equal([2, 3, 1, 0]);
  });

  it("leaves to Google what Google grants its agents", async () => {
    const made = await bindings([row({ kind: "google" })], ({ grants, account, queue }) => {
      grants.declared(CALLER, account);
      grants.declared(QUEUE, queue);
      grants.finish();
    });
    expect(made).to.deep.equal([]);
  });

  it("lets an account of the project that nobody declares wait for the end, which takes it to exist", async () => {
    const counts: number[] = [];
    const [binding] = await bindings([row()], ({ grants, queue, granted }) => {
      grants.declared(QUEUE, queue);
      counts.push(granted());
      grants.finish();
      counts.push(granted());
      grants.finish();
      counts.push(granted());
    });
    expect(counts).to.deep.equal([0, 1, 1]);
    expect(binding?.dependencies.map(named).toSorted()).to.deep.equal(["api", "q"]);
  });

  it("names at the end the row whose resource nothing declares", async () => {
    await bindings([row()], ({ grants, account }) => {
      grants.declared(CALLER, account);
      expect(() => grants.finish()).to.throw(
        `The row "${CALLER} roles/cloudtasks.enqueuer on ${QUEUE}": nothing declares ${QUEUE}.`,
      );
    });
  });
});
