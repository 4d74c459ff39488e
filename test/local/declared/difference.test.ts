import { expect } from "chai";
import { difference } from "../../../local/declared/difference.ts";
import { declared, sliceOf, withSlice, type Declared } from "../../../local/declared/declared.ts";
import { recorded } from "../../support/recorded.ts";
import { sealed, unsealed } from "../../../local/declared/secrets-codec.ts";
import { pubsub } from "../../../local/google/pubsub/declared.ts";
import { storage } from "../../../local/google/storage/declared.ts";

describe("what a new plan changes, in words", () => {
  let both: Declared;
  let enqueuer: Declared;
  before(async () => {
    both = declared(await recorded({ systems: ["enqueuer", "plan-runner"] }));
    enqueuer = declared(await recorded({ systems: ["enqueuer"] }));
  });

  it("is nothing for the same plan", () => {
    expect(difference(both, structuredCopy(both))).to.deep.equal([]);
  });

  it("is a condition where nothing else of a row changes", () => {
    const granted = { member: "user:a@b.example", role: "roles/storage.objectUser" } as const;
    const row = (title: string, expression: string) => ({
      ...granted,
      kind: "role" as const,
      resource: "projects/_/buckets/shelf",
      condition: { title, expression },
    });
    const having = (...rows: readonly ReturnType<typeof row>[]): Declared => ({
      ...enqueuer,
      bindings: [...enqueuer.bindings, ...rows],
    });
    const [a, b] = [row("a", "true"), row("b", "true")];
    const access = "user:a@b.example storage.objectUser on bucket shelf";
    expect(difference(enqueuer, having(a, b))).to.deep.equal([`access added: ${access}`]);
    expect(difference(having(a, b), having(row("a", "false"), b))).to.deep.equal([
      `access added: ${access}, if a: false`,
      `access removed: ${access}, if a: true`,
    ]);
    expect(difference(having(a, b), having(b))).to.deep.equal([
      `access removed: ${access}, if a: true`,
    ]);
  });

  it("tells a Cloud Run service of its own from a function", () => {
    const [first, ...others] = enqueuer.services;
    if (first === undefined) throw new Error("The dev stack has no function.");
    const alone = { ...first, name: "alone", start: { command: ["node", "index.js"] } };
    const after = { ...enqueuer, services: [alone, ...others] };
    expect(difference(enqueuer, after)).to.deep.equal([
      `function ${first.name} removed`,
      "service alone added",
    ]);
  });

  it("is one short line per kind of thing, and per member and role", () => {
    expect(difference(enqueuer, both)).to.deep.equal([
      "functions plan-app, plan-deadletter, plan-executor, plan-runner added",
      "topics plan, plan-dead-letter added",
      "subscriptions plan-deadletter, plan-runner added",
      "buckets switchyard-dev-plan-checkouts, switchyard-dev-plan-state, switchyard-dev-plan-tools added",
      "secrets plan-app-key, plan-webhook-secret added",
      "GitHub App 123456 added",
      "entry point plan-app added",
      "accounts plan-app, plan-deadletter, plan-executor, plan-runner, pubsub-push-sa added",
      "access added: allUsers run.invoker on service plan-app",
      "access added: plan-app pubsub.publisher on topic plan",
      "access added: plan-app secretmanager.secretAccessor on secret plan-app-key, secret plan-webhook-secret",
      "access added: plan-app storage.objectCreator on bucket switchyard-dev-plan-state",
      "access added: plan-app storage.objectViewer on bucket switchyard-dev-plan-state",
      "access added: plan-deadletter run.invoker on service plan-runner",
      "access added: plan-deadletter storage.objectViewer on bucket switchyard-dev-plan-state",
      "access added: plan-executor storage.legacyObjectReader on bucket switchyard-dev-plan-checkouts",
      "access added: plan-executor storage.objectViewer on bucket switchyard-dev-plan-tools",
      "access added: plan-runner run.invoker on service plan-executor",
      "access added: plan-runner secretmanager.secretAccessor on secret plan-app-key",
      "access added: plan-runner storage.objectCreator on bucket switchyard-dev-plan-checkouts",
      "access added: plan-runner storage.objectUser on bucket switchyard-dev-plan-state",
      "access added: pubsub-push-sa run.invoker on service plan-deadletter, service plan-runner",
      "access added: service-223080314602@gcp-sa-pubsub pubsub.publisher on topic plan-dead-letter",
      "access added: service-223080314602@gcp-sa-pubsub pubsub.serviceAgent on project switchyard-dev",
      "access added: service-223080314602@gcp-sa-pubsub pubsub.subscriber on subscription plan-runner",
      "access added: user:developer@example.com pubsub.viewer on subscription plan-deadletter, subscription plan-runner, topic plan, topic plan-dead-letter",
      "access added: user:developer@example.com run.viewer on service plan-app, service plan-deadletter, service plan-executor, service plan-runner",
      "access added: user:developer@example.com storage.objectViewer on bucket switchyard-dev-plan-state",
    ]);
  });

  it("says where a new entry point answers on this machine", () => {
    const open = both.entryPoints.map(({ url }, place) => ({
      url: `http://127.0.0.1:${8080 + place}`,
      target: url,
    }));
    const ofEntryPoints = (lines: readonly string[]) =>
      lines.filter((line) => line.startsWith("entry point"));
    expect(ofEntryPoints(difference(enqueuer, both, open))).to.deep.equal([
      "entry point plan-app at http://127.0.0.1:8081 added",
    ]);
    expect(ofEntryPoints(difference(both, enqueuer, open.slice(0, 1)))).to.deep.equal([
      "entry point plan-app removed",
    ]);
  });

  it("says who is somebody else now, and what a bucket or a topic is", () => {
    const [bucket, ...buckets] = sliceOf(both, storage).bucket;
    const { topic: topics, subscription } = sliceOf(both, pubsub);
    const [topic, ...others] = topics;
    if (bucket === undefined || topic === undefined) throw new Error("The program has neither.");
    const moved = withSlice(both, storage, { bucket: [{ ...bucket, location: "EU" }, ...buckets] });
    const next: Declared = {
      ...withSlice(moved, pubsub, {
        topic: [{ ...topic, labels: { a: "b" } }, ...others],
        subscription,
      }),
      developer: "user:me@example.com",
    };
    expect(difference(both, next)).to.deep.equal([
      `topic plan changed`,
      `bucket ${bucket.name} changed`,
      "the developer is user:me@example.com",
    ]);
  });
});

/** Equal, and not the same, as it comes from another thread. */
function structuredCopy(original: Declared): Declared {
  return unsealed(structuredClone(sealed(original))) as Declared;
}
