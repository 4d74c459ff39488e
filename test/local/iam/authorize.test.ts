import { expect } from "chai";
import { ManualClock } from "../../../local/clock.ts";
import { ApiError } from "../../../local/errors.ts";
import { createAuthorize } from "../../../local/iam/authorize.ts";
import type { IamMode } from "../../../local/iam/authorize.ts";
import { createPolicy } from "../../../local/iam/evaluate.ts";
import { Feed } from "../../../local/iam/feed.ts";
import type { AccessRequest, Binding } from "../../../local/iam/types.ts";
import type { LogEntry } from "../../../local/log.ts";
import { GRANTABLE } from "../../../local/google/grantable.ts";

const EMAIL = "enqueuer-api@p.iam.gserviceaccount.com";
const QUEUE = "projects/p/locations/us-central1/queues/queue-brain";
const DISPATCHER = "tasks-dispatcher@p.iam.gserviceaccount.com";
const enqueuer: Binding = {
  member: `serviceAccount:${EMAIL}`,
  role: "roles/cloudtasks.enqueuer",
  resource: QUEUE,
  kind: "role",
};
const create: AccessRequest = {
  principal: `serviceAccount:${EMAIL}`,
  permission: "cloudtasks.tasks.create",
  resource: QUEUE,
};
const START = Date.parse("2026-01-01T00:00:00Z");

function iam(mode: IamMode, bindings: readonly Binding[] = []) {
  let policy = createPolicy(bindings, GRANTABLE);
  const feed = new Feed();
  const clock = new ManualClock(START);
  const logged: LogEntry[] = [];
  const log = (entry: LogEntry): void => void logged.push(entry);
  const authorize = createAuthorize({ policy: () => policy, mode, feed, clock, log });
  const replace = (next: readonly Binding[]): void => void (policy = createPolicy(next, GRANTABLE));
  return { authorize, feed, clock, logged, replace };
}

function refusal(act: () => void): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("not refused");
}

const shown = ({ code, message, details }: ApiError) => ({ code, message, details });

describe("createAuthorize", () => {
  it("lets an allowed request pass, notes it, logs nothing", () => {
    const { authorize, feed, logged } = iam("enforce", [enqueuer]);
    authorize(create);
    expect(feed.usedSince(0)).to.deep.equal([{ binding: enqueuer, count: 1 }]);
    expect(logged).to.deep.equal([]);
  });

  it("refuses in Google's words, then names the row to add", () => {
    const { authorize } = iam("enforce");
    expect(shown(refusal(() => authorize(create)))).to.deep.equal({
      code: "PERMISSION_DENIED",
      message:
        `The principal (user or service account) lacks IAM permission "cloudtasks.tasks.create" for the resource "${QUEUE}" (or the resource may not exist). ` +
        `Switchyard: serviceAccount:${EMAIL} needs roles/cloudtasks.enqueuer on ${QUEUE}; name callers and operators in the stack's config, add any other row in infra/.`,
      details: [
        {
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          reason: "IAM_PERMISSION_DENIED",
          domain: "cloudtasks.googleapis.com",
          metadata: { permission: "cloudtasks.tasks.create", resource: QUEUE },
        },
      ],
    });
  });

  const first = (request: AccessRequest): string => {
    const { message } = refusal(() => iam("enforce").authorize(request));
    return message.slice(0, message.indexOf(" Switchyard:"));
  };
  const second = (request: AccessRequest): string => {
    const { message } = refusal(() => iam("enforce").authorize(request));
    return message.slice(message.indexOf("Switchyard:"));
  };
  const account = `projects/p/serviceAccounts/${DISPATCHER}`;

  it("names a service account by its email, as Google does", () => {
    const actAs = { ...create, permission: "iam.serviceAccounts.actAs", resource: account };
    expect(first(actAs)).to.equal(
      `The principal (user or service account) lacks IAM permission "iam.serviceAccounts.actAs" for the resource "${DISPATCHER}" (or the resource may not exist).`,
    );
  });

  it("speaks as Cloud Run does of Cloud Run", () => {
    const resource = "projects/p/locations/us-central1/services/brain";
    expect(first({ ...create, permission: "run.services.get", resource })).to.equal(
      `Permission 'run.services.get' denied on resource '${resource}' (or resource may not exist).`,
    );
  });

  it("tells the anonymous to send a token", () => {
    expect(second({ ...create, principal: "anonymous" })).to.equal(
      `Switchyard: the request carries no identity, and cloudtasks.tasks.create on ${QUEUE} is not public; send a token.`,
    );
  });

  it("says that no role holds the permission", () => {
    expect(second({ ...create, permission: "cloudtasks.tasks.juggle" })).to.equal(
      `Switchyard: serviceAccount:${EMAIL} needs cloudtasks.tasks.juggle on ${QUEUE}, and no role in local/google holds it.`,
    );
  });

  describe("of a binding whose condition is not met", () => {
    const bucket = "projects/_/buckets/b";
    const read: AccessRequest = {
      principal: `serviceAccount:${EMAIL}`,
      permission: "storage.objects.get",
      resource: `${bucket}/objects/b/x`,
      attributes: {
        name: `${bucket}/objects/b/x`,
        type: "storage.googleapis.com/Object",
        service: "storage.googleapis.com",
      },
    };
    const expression = `resource.name.startsWith("${bucket}/objects/a/")`;
    const inA: Binding = {
      member: `serviceAccount:${EMAIL}`,
      role: "roles/storage.objectViewer",
      resource: bucket,
      condition: { title: "a", expression },
      kind: "role",
    };
    const later: Binding = {
      ...inA,
      role: "roles/storage.objectUser",
      condition: { title: "later", expression: `request.time > timestamp("2100-01-01T00:00:00Z")` },
    };
    const told = (bindings: readonly Binding[], request: AccessRequest): string => {
      const { message } = refusal(() => iam("enforce", bindings).authorize(request));
      return message.slice(message.indexOf("Switchyard:"));
    };

    it("names the binding and its condition", () => {
      expect(told([inA], read)).to.equal(
        `Switchyard: serviceAccount:${EMAIL} has roles/storage.objectViewer on ${bucket}, but its condition is not met: a: ${expression}.`,
      );
    });

    it("names each, and what kept one from being evaluated", () => {
      const { attributes, ...bare } = read;
      expect(attributes).not.to.equal(undefined);
      expect(told([inA, later], bare)).to.equal(
        `Switchyard: serviceAccount:${EMAIL} has roles/storage.objectViewer on ${bucket}, but its condition is not met: a: ${expression} (it cannot be evaluated: No such key: name); ` +
          `and roles/storage.objectUser on ${bucket}, but its condition is not met: later: request.time > timestamp("2100-01-01T00:00:00Z").`,
      );
    });

    it("says so in the log and in the feed", () => {
      const { authorize, logged, feed } = iam("enforce", [inA]);
      refusal(() => authorize(read));
      expect(logged[0]?.fields).to.deep.include({ unmet: [{ binding: inA }] });
      expect(feed.deniedSince(0)).to.have.deep.nested.property("[0].unmet", [{ binding: inA }]);
      expect(feed.keptSince(0)).to.deep.equal([{ binding: inA, count: 1 }]);
    });

    it("asks by the simulators' clock", async () => {
      const { authorize, clock } = iam("enforce", [later]);
      refusal(() => authorize(read));
      await clock.advance({ seconds: 100 * 366 * 24 * 3600 });
      authorize(read);
    });

    it("says what a token's boundary keeps back of what the policy allows", () => {
      const narrowed: AccessRequest = {
        ...read,
        resource: `${bucket}/objects/a/x`,
        attributes: {
          name: `${bucket}/objects/a/x`,
          type: "storage.googleapis.com/Object",
          service: "storage.googleapis.com",
        },
        boundary: [
          {
            availableResource: `//storage.googleapis.com/${bucket}`,
            availablePermissions: ["inRole:roles/storage.objectCreator"],
          },
        ],
      };
      const beyond = {
        by: inA,
        why: `no rule about ${bucket}/objects/a/x holds storage.objects.get`,
      };
      expect(told([inA], narrowed)).to.equal(
        `Switchyard: serviceAccount:${EMAIL} has roles/storage.objectViewer on ${bucket}, if a: ${expression}, ` +
          `but the boundary of its token does not make storage.objects.get available: ${beyond.why}.`,
      );
      const { authorize, logged, feed } = iam("enforce", [inA]);
      refusal(() => authorize(narrowed));
      expect(logged[0]?.fields).to.deep.include({ beyond });
      expect(feed.deniedSince(0)).to.have.deep.nested.property("[0].beyond", beyond);
      expect(feed.keptSince(0)).to.deep.equal([]);
    });
  });

  it("does not send the user to the matrix for what Google grants its own agents", () => {
    const agent = "service-1@gcp-sa-cloudtasks.iam.gserviceaccount.com";
    const sign: AccessRequest = {
      principal: `serviceAccount:${agent}`,
      permission: "iam.serviceAccounts.getOpenIdToken",
      resource: account,
    };
    expect(second(sign)).to.equal(
      `Switchyard: serviceAccount:${agent} needs roles/cloudtasks.serviceAgent on projects/p, which Google grants to its own agent; restore that grant.`,
    );
  });

  it("logs a denial once, and what it kept to itself with the next line", async () => {
    const { authorize, clock, logged } = iam("enforce");
    const needs = `serviceAccount:${EMAIL} needs roles/cloudtasks.enqueuer on ${QUEUE}; name callers and operators in the stack's config, add any other row in infra/.`;
    const fields = { ...create, missing: enqueuer };
    const denied = (): unknown => refusal(() => authorize(create));
    denied();
    denied();
    denied();
    await clock.advance({ seconds: 1 });
    denied();
    await clock.advance({ seconds: 1 });
    denied();
    const line = (more: string, unlogged?: number): LogEntry => ({
      source: "iam",
      severity: "WARNING",
      message: `refused: cloudtasks.tasks.create on ${QUEUE}${more}: ${needs}`,
      fields: { ...fields, ...(unlogged !== undefined && { unlogged }) },
    });
    expect(logged).to.deep.equal([line(""), line(" (2 more since the last line)", 2), line("")]);
  });

  it("logs different denials within the same second", () => {
    const { authorize, logged } = iam("enforce");
    refusal(() => authorize(create));
    refusal(() => authorize({ ...create, resource: `${QUEUE}-2` }));
    expect(logged.length).to.equal(2);
  });

  it("asks the policy of the moment", () => {
    const { authorize, feed, replace } = iam("enforce", [enqueuer]);
    authorize(create);
    replace([]);
    refusal(() => authorize(create));
    replace([{ ...enqueuer }]);
    authorize(create);
    expect(feed.usedSince(0)).to.deep.equal([{ binding: enqueuer, count: 2 }]);
    expect(feed.deniedSince(0)).to.deep.equal([
      { ...create, missing: enqueuer, count: 1, firstAt: START, lastAt: START },
    ]);
  });

  it("under report notes and logs a denial, and lets it pass", () => {
    const { authorize, feed, logged } = iam("report");
    authorize(create);
    expect(feed.deniedSince(0).length).to.equal(1);
    expect(logged.map(({ message }) => message.slice(0, 17))).to.deep.equal(["would be refused:"]);
  });

  it("under off asks and notes nothing", () => {
    const { authorize, feed, logged } = iam("off");
    authorize(create);
    expect([feed.mark(), feed.deniedSince(0), logged]).to.deep.equal([0, [], []]);
  });
});
