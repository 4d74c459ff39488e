import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { rowKey } from "../../../infra/access.ts";
import type { PlatformConfig } from "../../../infra/config/config.ts";
import { accessPages } from "../../../infra/commands/access-pages.ts";
import { asJson, asMarkdown, asText } from "../../../infra/commands/matrix-formats.ts";
import type { Condition } from "../../../infra/google/condition.ts";
import { KINDS } from "../../../infra/google/services.ts";
import { accessRows, customRoles, deployerRoles } from "../../../infra/platform.ts";
import { systemsOf } from "../../../infra/system.ts";
import { SYSTEMS, type StackConfig } from "../../../infra/systems/index.ts";
import type { Recording, Registration } from "../../../local/declared/record.ts";
import { devConfig, recorded } from "../../support/recorded.ts";

const BUILD = "cloud.google.com/functions/docs/securing/build-custom-sa";

const ROOT = join(import.meta.dirname, "../../..");

const BOTH = { systems: ["enqueuer", "plan-runner"] };

/** Roles that may be granted on the project, since no smaller resource would do. */
const PROJECT_WIDE = ["deploy roles/logging.logWriter", "deploy roles/storage.objectViewer"];

/** The whole matrix of a stack. */
const matrixOf = (config: PlatformConfig) => ({
  rows: accessRows(config),
  customRoles: customRoles(config),
});

type Granted = Parameters<typeof rowKey>[0];

/** A binding resource as the row that it is made of; undefined for any other resource. */
function bindingOf({ type, inputs }: Registration): Granted | undefined {
  const last = type.split("/").at(-1) ?? "";
  if (!/iam/i.test(last) || last.endsWith(":IAMCustomRole")) return undefined;
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
  const condition = inputs.condition as Condition | undefined;
  return {
    principal: text("member"),
    role: text("role"),
    resource: resources[type] ?? ofKind(type, inputs),
    ...(condition && { condition }),
  };
}

/** Of kinds that came after these. */
function ofKind(type: string, inputs: Registration["inputs"]): string {
  const kind = KINDS.find(({ member }) => member?.type === type);
  return kind?.name(inputs) ?? `of ${type}`;
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
  for (const [file, text] of accessPages(devConfig())) {
    it(`is what ${file} says: a widened permission is a changed line there (npm run matrix -- --write)`, () => {
      expect(readFileSync(join(ROOT, file), "utf8").split("\n")).to.deep.equal(text.split("\n"));
    });
  }

  it("is written down as a whole, in the pages of all systems", () => {
    const pages = [...accessPages(devConfig()).values()].join("");
    const lines = asMarkdown(matrixOf(devConfig(BOTH))).split("\n");
    expect(lines.filter((line) => !pages.split("\n").includes(line))).to.deep.equal([]);
  });

  for (const [name, changes] of STACKS) {
    describe(`of ${name}`, () => {
      let recording: Recording<StackConfig>;
      before(async () => {
        recording = await recorded(changes);
      });

      it("is the same with and without Pulumi", () => {
        expect(recording.platform.rows).to.deep.equal(accessRows(recording.config));
      });

      it("has exactly one binding per row that is ours to grant, and no other binding", () => {
        const bindings = recording.registrations
          .map(bindingOf)
          .filter((binding) => binding !== undefined)
          .map(rowKey);
        const rows = recording.platform.rows.filter(({ kind }) => kind !== "google").map(rowKey);
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
          ...systemsOf({ systems }, SYSTEMS).flatMap(([, { agents }]) =>
            agents.map(({ role }) => `google ${role}`),
          ),
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
          ...(systems.includes("scenarioforge") ? ["scenarioforge"] : []),
        ];
        const place = "projects/switchyard-dev/locations/us-central1/services";
        expect(open).to.deep.equal(
          services.map((service) => `allUsers roles/run.invoker ${place}/${service}`),
        );
      });

      it("says for every row why, and where that is written", () => {
        for (const { why, source } of recording.platform.rows) {
          expect(why).to.match(/^[a-z]+ \S/);
          expect(source).to.match(
            /^((enqueuer|plan-runner|producer|scenarioforge) document, |cloud\.google\.com\/)/,
          );
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
        matrixOf(
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
    const script = join(ROOT, "infra/commands/matrix.ts");
    return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  }

  it("says who may do what on one line, and below it, why and by which source", () => {
    const lines = asText(matrixOf(devConfig()), deployerRoles(devConfig())).split("\n");
    const isLong = (line: string) => line.length > (line.startsWith(" ") ? 100 : 120);
    // No word is broken, and a condition's may be long by itself.
    const isOneWord = (line: string) => !line.trim().includes(" ");
    expect(lines.filter((line) => isLong(line) && !isOneWord(line))).to.deep.equal([]);
    const at = lines.findIndex((line) => line.includes("logging.logWriter"));
    expect(lines.slice(at, at + 3).map((line) => line.replaceAll(/ {2,}/g, "  "))).to.deep.equal([
      "deploy  function-builder  logging.logWriter  project switchyard-dev",
      "  writes the builds' logs to it; logs have no smaller resource",
      `  (${BUILD})`,
    ]);
  });

  it("prints a table, Markdown or JSON", () => {
    const matrix = matrixOf(devConfig());
    expect(run().stdout).to.equal(`${asText(matrix, deployerRoles(devConfig()))}\n`);
    expect(run("--stack", "dev", "--markdown").stdout).to.equal(`${asMarkdown(matrix)}\n`);
    expect(run("--json").stdout).to.equal(`${asJson(matrix)}\n`);
  });

  it("answers a mistake with one sentence and exit code 1", () => {
    for (const args of [["--stack", "nowhere"], ["--colour"], ["extra"], ["--write", "--json"]]) {
      const { status, stderr, stdout } = run(...args);
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: "" });
      expect(stderr.trim().split("\n")).to.have.length(1);
    }
  });
});
