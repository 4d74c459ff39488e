import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { asJson, asMarkdown, asText } from "../../../infra/commands/matrix.ts";
import { accessRows } from "../../../infra/platform.ts";
import type { Recording, Registration } from "../../../local/declared/record.ts";
import { devConfig, recorded } from "../../support/recorded.ts";

const BUILD = "cloud.google.com/functions/docs/securing/build-custom-sa";
const SECRETS = "cloud.google.com/secret-manager/docs/access-control";
const STORAGE = "cloud.google.com/storage/docs/access-control/iam-roles";
const CALLS = "cloud.google.com/run/docs/authenticating/service-to-service";
const DEAD_LETTERS = "cloud.google.com/pubsub/docs/handling-failures";
const DOCUMENT = "enqueuer document";
const PLAN_DOCUMENT = "plan-runner document";

const BOTH = { systems: ["enqueuer", "plan-runner"] };

/** The matrix of a stack with every system. A widened permission is a changed line here. */
const MATRIX = `
| kind | who | role | on | why | source |
| --- | --- | --- | --- | --- | --- |
| deploy | function-builder | artifactregistry.writer | repository switchyard-functions | stores the images it builds in it | ${BUILD} |
| deploy | function-builder | logging.logWriter | project switchyard-dev | writes the builds' logs to it; logs have no smaller resource | ${BUILD} |
| deploy | function-builder | storage.objectViewer | project switchyard-dev | reads sources in every bucket of it; Google makes theirs during the first deployment, too late for a row on it | ${BUILD} |
| role | enqueuer-api | cloudtasks.enqueuer | queue queue-brain | adds tasks to it | ${DOCUMENT}, IAM 1 |
| role | enqueuer-api | cloudtasks.enqueuer | queue queue-testimonios | adds tasks to it | ${DOCUMENT}, IAM 1 |
| role | enqueuer-api | cloudtasks.enqueuer | queue queue-transcripciones | adds tasks to it | ${DOCUMENT}, IAM 1 |
| role | enqueuer-api | iam.serviceAccountUser | account tasks-dispatcher | creates tasks that carry it | ${DOCUMENT}, IAM 2 |
| role | tasks-dispatcher | run.invoker | service brain | delivers tasks to it | ${DOCUMENT}, IAM 4 |
| role | tasks-dispatcher | run.invoker | service testimonios | delivers tasks to it | ${DOCUMENT}, IAM 4 |
| role | tasks-dispatcher | run.invoker | service transcripciones | delivers tasks to it | ${DOCUMENT}, IAM 4 |
| role | sample-worker | storage.objectUser | bucket switchyard-dev-worker-deliveries | remembers in it which deliveries it has worked on | ${DOCUMENT}, Security & migration tips |
| role | user:developer@example.com | run.invoker | service enqueuer | calls /enqueue on it | ${DOCUMENT}, Architecture |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-brain | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-testimonios | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-transcripciones | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | run.viewer | service brain | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service testimonios | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service transcripciones | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service enqueuer | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| google | service-223080314602@gcp-sa-cloudtasks | cloudtasks.serviceAgent | project switchyard-dev | signs the ID tokens that tasks carry | cloud.google.com/iam/docs/service-agents, Cloud Tasks Service Agent |
| role | plan-app | pubsub.publisher | topic plan | publishes plan requests to it | ${PLAN_DOCUMENT}, IAM |
| role | plan-app | secretmanager.secretAccessor | secret plan-app-key | reads the App's key from it | ${SECRETS} |
| role | plan-app | secretmanager.secretAccessor | secret plan-webhook-secret | checks signatures with it | ${SECRETS} |
| role | plan-app | storage.objectCreator | bucket switchyard-dev-plan-state | remembers deliveries in it | ${STORAGE} |
| role | plan-app | storage.objectViewer | bucket switchyard-dev-plan-state | looks deliveries up in it | ${STORAGE} |
| role | allUsers | run.invoker | service plan-app | delivers webhooks to it; only signed ones count | cloud.google.com/run/docs/authenticating/public |
| role | plan-runner | secretmanager.secretAccessor | secret plan-app-key | reads the App's key from it | ${SECRETS} |
| role | plan-runner | storage.objectUser | bucket switchyard-dev-plan-state | keeps leases, results and long plans in it | ${STORAGE} |
| role | plan-runner | storage.objectCreator | bucket switchyard-dev-plan-checkouts | keeps commits' archives in it | ${STORAGE} |
| role | plan-runner | run.invoker | service plan-executor | asks it for plans | ${CALLS} |
| role | plan-executor | storage.legacyObjectReader | bucket switchyard-dev-plan-checkouts | fetches the archive that it is told from it; it cannot list them | ${STORAGE} |
| role | plan-executor | storage.objectViewer | bucket switchyard-dev-plan-tools | fetches OpenTofu and providers from it | ${STORAGE} |
| role | plan-deadletter | storage.objectViewer | bucket switchyard-dev-plan-state | looks in it whether a plan was finished | ${STORAGE} |
| role | plan-deadletter | run.invoker | service plan-runner | asks it to give up on a plan | ${CALLS} |
| role | pubsub-push-sa | run.invoker | service plan-runner | delivers plan requests to it | ${PLAN_DOCUMENT}, IAM |
| role | pubsub-push-sa | run.invoker | service plan-deadletter | delivers dead letters to it | cloud.google.com/pubsub/docs/authenticate-push-subscriptions |
| role | service-223080314602@gcp-sa-pubsub | pubsub.publisher | topic plan-dead-letter | forwards what nobody took to it | ${DEAD_LETTERS} |
| role | service-223080314602@gcp-sa-pubsub | pubsub.subscriber | subscription plan-runner | takes what it forwarded off it | ${DEAD_LETTERS} |
| role | user:developer@example.com | storage.objectViewer | bucket switchyard-dev-plan-state | reads long plans in it | ${STORAGE} |
| role | user:developer@example.com | pubsub.viewer | topic plan | looks who subscribes to it | ${PLAN_DOCUMENT}, Deployment 2 |
| role | user:developer@example.com | pubsub.viewer | topic plan-dead-letter | looks who subscribes to it | ${PLAN_DOCUMENT}, Deployment 2 |
| role | user:developer@example.com | pubsub.viewer | subscription plan-runner | looks where it delivers | ${PLAN_DOCUMENT}, Deployment 2 |
| role | user:developer@example.com | pubsub.viewer | subscription plan-deadletter | looks where it delivers | ${PLAN_DOCUMENT}, Deployment 2 |
| role | user:developer@example.com | run.viewer | service plan-app | looks up its URL | ${PLAN_DOCUMENT}, Example commands |
| role | user:developer@example.com | run.viewer | service plan-runner | looks up its URL | ${PLAN_DOCUMENT}, Example commands |
| role | user:developer@example.com | run.viewer | service plan-executor | looks up its URL | ${PLAN_DOCUMENT}, Example commands |
| role | user:developer@example.com | run.viewer | service plan-deadletter | looks up its URL | ${PLAN_DOCUMENT}, Example commands |
| google | service-223080314602@gcp-sa-pubsub | pubsub.serviceAgent | project switchyard-dev | signs the ID tokens that pushes carry | cloud.google.com/iam/docs/service-agents, Cloud Pub/Sub Service Agent |
`.trim();

/** Roles that may be granted on the project, since no smaller resource would do. */
const PROJECT_WIDE = ["deploy roles/logging.logWriter", "deploy roles/storage.objectViewer"];
/** What Google grants its agents there, by the system that relies on one. */
const OF_AGENTS = {
  enqueuer: "google roles/cloudtasks.serviceAgent",
  "plan-runner": "google roles/pubsub.serviceAgent",
};

/** A binding resource as `member role resource`; undefined for any other resource. */
function bindingOf({ type, inputs }: Registration): string | undefined {
  if (!/iam/i.test(type.split("/").at(-1) ?? "")) return undefined;
  const text = (key: string) => String(inputs[key]);
  const located = `projects/${text("project")}/locations/${text("location")}`;
  const resources: Readonly<Record<string, string>> = {
    "gcp:projects/iAMMember:IAMMember": `projects/${text("project")}`,
    "gcp:serviceaccount/iAMMember:IAMMember": text("serviceAccountId"),
    "gcp:cloudtasks/queueIamMember:QueueIamMember": `${located}/queues/${text("name")}`,
    "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": `${located}/services/${text("name")}`,
    "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": `${located}/repositories/${text("repository")}`,
    "gcp:pubsub/topicIAMMember:TopicIAMMember": `projects/${text("project")}/topics/${text("topic")}`,
    "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember": `projects/${text("project")}/subscriptions/${text("subscription")}`,
    "gcp:secretmanager/secretIamMember:SecretIamMember": `projects/${text("project")}/secrets/${text("secretId")}`,
    "gcp:storage/bucketIAMMember:BucketIAMMember": `projects/_/buckets/${text("bucket")}`,
  };
  return `${text("member")} ${text("role")} ${resources[type] ?? `of ${type}`}`;
}

const STACKS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["the dev stack", {}],
  ["a stack of the enqueuer alone", { systems: ["enqueuer"] }],
  ["a stack of the plan runner alone", { systems: ["plan-runner"], workers: [] }],
  [
    "a stack with every flag on",
    {
      ...BOTH,
      enqueuerTokenCreator: true,
      enqueuerPublic: true,
      planTokenCreator: true,
      planExecutorRoles: ["roles/viewer", "projects/switchyard-dev/roles/planner"],
      planReaders: [
        "user:developer@example.com",
        // Of another project, one by the name of an account of ours.
        "serviceAccount:plan-runner@other.iam.gserviceaccount.com",
      ],
    },
  ],
  [
    "a stack of external workers",
    {
      workers: [
        { name: "one", url: "https://ocr.example/one", service: "ocr" },
        { name: "two", url: "https://ocr.example/two", service: "ocr", queue: "queue-one" },
      ],
      operators: ["group:ops@example.com"],
      enqueuerCallers: [
        "serviceAccount:app@switchyard-dev.iam.gserviceaccount.com",
        "serviceAccount:app@other.iam.gserviceaccount.com",
      ],
    },
  ],
];

describe("the access matrix", () => {
  it("is this, for a stack with every system", () => {
    expect(asMarkdown(accessRows(devConfig(BOTH))).split("\n")).to.deep.equal(MATRIX.split("\n"));
  });

  for (const [name, changes] of STACKS) {
    describe(`of ${name}`, () => {
      let recording: Recording;
      before(async () => {
        recording = await recorded(changes);
      });

      it("is the same with and without Pulumi", () => {
        expect(recording.platform.rows).to.deep.equal(accessRows(recording.config));
      });

      it("has exactly one binding per row that is ours to grant, and no other binding", () => {
        const bindings = recording.registrations
          .map(bindingOf)
          .filter((text) => text !== undefined);
        const rows = recording.platform.rows
          .filter(({ kind }) => kind !== "google")
          .map(({ principal, role, resource }) => `${principal} ${role} ${resource}`);
        expect(bindings.toSorted()).to.deep.equal(rows.toSorted());
        expect(new Set(rows).size).to.equal(rows.length);
      });

      it("grants nothing on the project that a smaller resource would do for", () => {
        const projectWide = recording.platform.rows
          .filter(({ resource }) => /^projects\/[^/]+$/.test(resource))
          .map(({ kind, role }) => `${kind} ${role}`);
        const { systems, planExecutorRoles } = recording.config;
        expect(projectWide).to.have.members([
          ...PROJECT_WIDE,
          ...systems.map((system) => OF_AGENTS[system]),
          ...planExecutorRoles.map((role) => `deploy ${role}`),
        ]);
      });

      it("lets everybody in nowhere but where the config says so", () => {
        const open = recording.platform.rows
          .filter(({ principal }) => /^all(Authenticated)?Users$/.test(principal))
          .map(({ principal, role, resource }) => `${principal} ${role} ${resource}`);
        const { systems, enqueuerPublic } = recording.config;
        const services = [
          ...(enqueuerPublic ? ["enqueuer"] : []),
          ...(systems.includes("plan-runner") ? ["plan-app"] : []),
        ];
        const place = "projects/switchyard-dev/locations/us-central1/services";
        expect(open).to.deep.equal(
          services.map((service) => `allUsers roles/run.invoker ${place}/${service}`),
        );
      });

      it("says for every row why, and where that is written", () => {
        for (const { why, source } of recording.platform.rows) {
          expect(why).to.match(/^[a-z]+ \S/);
          expect(source).to.match(/^((enqueuer|plan-runner) document, |cloud\.google\.com\/)/);
        }
      });

      it("uses no authoritative binding, no policy and no key", () => {
        const types = recording.registrations.map(({ type }) => type);
        expect(types.filter((type) => /(Binding|Policy|Key)$/.test(type))).to.deep.equal([]);
      });
    });
  }

  it("grants Google's agents nothing but dead letters unless the config says so", () => {
    const rowsOfAgents = (changes: object) =>
      accessRows(devConfig({ ...BOTH, ...changes }))
        .filter(({ kind, principal }) => kind !== "google" && principal.includes("@gcp-sa-"))
        .map(({ role, resource }) => `${role} ${resource.split("/").at(-1) ?? ""}`);
    const deadLetters = [
      "roles/pubsub.publisher plan-dead-letter",
      "roles/pubsub.subscriber plan-runner",
    ];
    expect(rowsOfAgents({})).to.deep.equal(deadLetters);
    const creator = "roles/iam.serviceAccountTokenCreator";
    const domain = "switchyard-dev.iam.gserviceaccount.com";
    expect(rowsOfAgents({ enqueuerTokenCreator: true, planTokenCreator: true })).to.deep.equal([
      `${creator} tasks-dispatcher@${domain}`,
      ...deadLetters,
      `${creator} pubsub-push-sa@${domain}`,
    ]);
  });

  describe("of the plan runner", () => {
    const rowsOf = (account: string, changes: object = {}) =>
      accessRows(devConfig({ ...BOTH, ...changes })).filter(
        ({ principal }) =>
          principal === `serviceAccount:${account}@switchyard-dev.iam.gserviceaccount.com`,
      );
    const holders = (role: string, resource: RegExp) =>
      accessRows(devConfig(BOTH))
        .filter((row) => row.role === role && resource.test(row.resource))
        .map(({ principal }) => principal.replace(/^serviceAccount:|@.*$/g, ""));

    it("gives what runs OpenTofu its tools and archives that it knows the names of, and nothing else", () => {
      expect(rowsOf("plan-executor").map(({ role, resource }) => [role, resource])).to.deep.equal([
        ["roles/storage.legacyObjectReader", "projects/_/buckets/switchyard-dev-plan-checkouts"],
        ["roles/storage.objectViewer", "projects/_/buckets/switchyard-dev-plan-tools"],
      ]);
    });

    it("gives plans the roles that the config names, in the cloud alone", () => {
      const rows = rowsOf("plan-executor", { planExecutorRoles: ["roles/viewer"] });
      expect(rows.map(({ kind, role, resource }) => [kind, role, resource])).to.deep.equal([
        [
          "role",
          "roles/storage.legacyObjectReader",
          "projects/_/buckets/switchyard-dev-plan-checkouts",
        ],
        ["role", "roles/storage.objectViewer", "projects/_/buckets/switchyard-dev-plan-tools"],
        ["deploy", "roles/viewer", "projects/switchyard-dev"],
      ]);
    });

    it("lets the App alone publish, and only who needs it read each secret", () => {
      const accessor = "roles/secretmanager.secretAccessor";
      expect(holders("roles/pubsub.publisher", /topics\/plan$/)).to.deep.equal(["plan-app"]);
      expect(holders(accessor, /plan-app-key$/)).to.deep.equal(["plan-app", "plan-runner"]);
      expect(holders(accessor, /plan-webhook-secret$/)).to.deep.equal(["plan-app"]);
    });

    it("lets each private function be called by its one kind of caller", () => {
      const callers = (name: string) => holders("roles/run.invoker", new RegExp(`/${name}$`));
      expect(callers("plan-runner")).to.have.members(["pubsub-push-sa", "plan-deadletter"]);
      expect(callers("plan-executor")).to.deep.equal(["plan-runner"]);
      expect(callers("plan-deadletter")).to.deep.equal(["pubsub-push-sa"]);
    });

    it("tells readers of other projects from accounts of ours", () => {
      const text = asMarkdown(
        accessRows(
          devConfig({
            ...BOTH,
            planReaders: ["serviceAccount:plan-runner@other.iam.gserviceaccount.com"],
          }),
        ),
      );
      expect(text).to.include("| role | plan-runner@other | storage.objectViewer | bucket ");
    });
  });
});

describe("npm run matrix", () => {
  function run(...args: string[]) {
    const script = join(import.meta.dirname, "../../../infra/commands/matrix.ts");
    return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  }

  it("says who may do what on one line, and below it, why and by which source", () => {
    const lines = asText(accessRows(devConfig())).split("\n");
    expect(lines.filter((line) => line.length > (line.startsWith(" ") ? 100 : 120))).to.deep.equal(
      [],
    );
    const at = lines.findIndex((line) => line.includes("logging.logWriter"));
    expect(lines.slice(at, at + 3).map((line) => line.replaceAll(/ {2,}/g, "  "))).to.deep.equal([
      "deploy  function-builder  logging.logWriter  project switchyard-dev",
      "  writes the builds' logs to it; logs have no smaller resource",
      `  (${BUILD})`,
    ]);
  });

  it("prints a table, Markdown or JSON", () => {
    const rows = accessRows(devConfig());
    expect(run().stdout).to.equal(`${asText(rows)}\n`);
    expect(run("--stack", "dev", "--markdown").stdout).to.equal(`${asMarkdown(rows)}\n`);
    expect(run("--json").stdout).to.equal(`${asJson(rows)}\n`);
  });

  it("answers a mistake with one sentence and exit code 1", () => {
    for (const args of [["--stack", "nowhere"], ["--colour"], ["extra"]]) {
      const { status, stderr, stdout } = run(...args);
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
      expect(stderr.trim().split("\n")).to.have.length(1);
    }
  });
});
