import { expect } from "chai";
import { importedResources, remarks } from "../../../infra/commands/import-plan.ts";
import type { Recording } from "../../../local/declared/record.ts";
import { devConfig, recorded } from "../../support/recorded.ts";

/** The document's own world: its workers are services of its own, and its third command was run. */
const DOCUMENTED = {
  systems: ["enqueuer"],
  enqueuerTokenCreator: true,
  workers: ["brain", "testimonios", "transcripciones"].map((name) => ({
    name,
    url: `https://${name}-abc123-uc.a.run.app/work`,
    service: name,
  })),
};

/** A resource as its URN tells it from others: its type and name, and those of its parents, the outermost first. */
type Lineage = string;

function importedLineages(recording: Recording): readonly Lineage[] {
  const resources = importedResources(recording.config);
  const lineage = (name: string | undefined): Lineage => {
    const found = resources.find((resource) => resource.name === name);
    return found ? `${lineage(found.parent)}/${found.type} ${found.logicalName}` : "";
  };
  return resources.map(({ name }) => lineage(name));
}

function declaredLineages({ registrations }: Recording): readonly Lineage[] {
  const lineage = (urn: string): Lineage => {
    const found = registrations.find((registration) => registration.urn === urn);
    return found ? `${lineage(found.parent)}/${found.type} ${found.name}` : "";
  };
  return registrations.map(({ urn }) => lineage(urn));
}

describe("the import plan", () => {
  for (const [name, changes] of [
    ["the dev stack", {}],
    ["the document's own world", DOCUMENTED],
    ["a stack with every system", { systems: ["enqueuer", "plan-runner"] }],
  ] as const) {
    it(`names resources exactly as the program does, for ${name}`, async () => {
      const recording = await recorded(changes);
      expect(declaredLineages(recording)).to.include.members([...importedLineages(recording)]);
    });
  }

  it("takes over queues, accounts and the bindings on single resources", () => {
    const ids = importedResources(devConfig(DOCUMENTED)).flatMap(({ id }) => id ?? []);
    const project = "projects/switchyard-dev";
    const accounts = `${project}/serviceAccounts`;
    const domain = "switchyard-dev.iam.gserviceaccount.com";
    const caller = `tasks-dispatcher@${domain}`;
    expect(ids).to.deep.equal([
      `${accounts}/enqueuer-api@${domain}`,
      `${accounts}/${caller}`,
      `${project}/locations/us-central1/queues/queue-brain`,
      `${project}/locations/us-central1/queues/queue-testimonios`,
      `${project}/locations/us-central1/queues/queue-transcripciones`,
      `${accounts}/${caller} roles/iam.serviceAccountUser serviceAccount:enqueuer-api@${domain}`,
      `${accounts}/${caller} roles/iam.serviceAccountTokenCreator serviceAccount:service-223080314602@gcp-sa-cloudtasks.iam.gserviceaccount.com`,
      `${project}/locations/us-central1/services/brain roles/run.invoker serviceAccount:${caller}`,
      `${project}/locations/us-central1/services/testimonios roles/run.invoker serviceAccount:${caller}`,
      `${project}/locations/us-central1/services/transcripciones roles/run.invoker serviceAccount:${caller}`,
    ]);
  });

  it("names every entry once, its parent before it", () => {
    const seen = new Set<string>();
    const both = devConfig({ systems: ["enqueuer", "plan-runner"] });
    for (const { name, parent } of importedResources(both)) {
      expect(seen.has(name)).to.equal(false);
      if (parent !== undefined) expect(seen.has(parent)).to.equal(true);
      seen.add(name);
    }
  });

  it("takes over of the plan runner's document the account, the topic and the subscription", () => {
    const config = devConfig({ systems: ["plan-runner"] });
    expect(importedResources(config).map(({ type, id }) => id ?? type)).to.deep.equal([
      "switchyard:system:PlanRunner",
      "switchyard:component:ServiceAccount",
      "projects/switchyard-dev/serviceAccounts/pubsub-push-sa@switchyard-dev.iam.gserviceaccount.com",
      "switchyard:component:Topic",
      "projects/switchyard-dev/topics/plan",
      "switchyard:component:PushSubscription",
      "projects/switchyard-dev/subscriptions/plan-runner",
    ]);
    expect(remarks(config)).to.include(
      "gcloud run services delete runner --region=us-central1 --project=switchyard-dev",
    );
    expect(remarks(config)).not.to.include("enqueuer");
  });

  it("says which old grants to remove", () => {
    expect(remarks(devConfig())).to.include(
      "gcloud projects remove-iam-policy-binding switchyard-dev --member=serviceAccount:enqueuer-api@switchyard-dev.iam.gserviceaccount.com --role=roles/cloudtasks.enqueuer",
    );
    expect(remarks(devConfig())).to.include("roles/iam.serviceAccountTokenCreator");
    expect(remarks(devConfig(DOCUMENTED))).not.to.include("roles/iam.serviceAccountTokenCreator");
  });

  it("says that the old service cannot be taken over, and what to do about it", () => {
    expect(remarks(devConfig())).to.include(
      "npm run pulumi -- config set -s STACK enqueuerName enqueuer-2",
    );
    expect(remarks(devConfig({ enqueuerName: "enqueuer-2" }))).to.include(
      "the old service stays until its callers have moved to enqueuer-2",
    );
    expect(remarks(devConfig())).to.include(
      "brain, testimonios, transcripciones: this stack deploys",
    );
    expect(remarks(devConfig(DOCUMENTED))).not.to.include("this stack deploys");
  });
});
