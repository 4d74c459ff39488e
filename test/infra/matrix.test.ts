import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { asJson, asMarkdown, asText } from "../../infra/matrix.ts";
import { accessRows } from "../../infra/platform.ts";
import type { Recording, Registration } from "../../local/record.ts";
import { devConfig, recorded } from "../support/recorded.ts";

const BUILD = "cloud.google.com/functions/docs/securing/build-custom-sa";
const DOCUMENT = "enqueuer document";

/** The dev stack's matrix. A widened permission is a changed line here. */
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
| role | user:developer@example.com | run.invoker | service enqueuer | calls /enqueue on it | ${DOCUMENT}, Architecture |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-brain | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-testimonios | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | cloudtasks.viewer | queue queue-transcripciones | looks at its tasks | ${DOCUMENT}, Troubleshooting |
| role | user:developer@example.com | run.viewer | service brain | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service testimonios | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service transcripciones | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| role | user:developer@example.com | run.viewer | service enqueuer | looks up its URL | ${DOCUMENT}, Deploy, Get URL |
| google | service-223080314602@gcp-sa-cloudtasks | cloudtasks.serviceAgent | project switchyard-dev | signs the ID tokens that tasks carry | cloud.google.com/iam/docs/service-agents, Cloud Tasks Service Agent |
`.trim();

/** Roles that may be granted on the project, since no smaller resource would do. */
const PROJECT_WIDE = [
  "deploy roles/logging.logWriter",
  "deploy roles/storage.objectViewer",
  "google roles/cloudtasks.serviceAgent",
];

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
  };
  return `${text("member")} ${text("role")} ${resources[type] ?? `of ${type}`}`;
}

const STACKS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["the dev stack", {}],
  ["a stack with every flag on", { enqueuerTokenCreator: true, enqueuerPublic: true }],
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
  it("is this, for the dev stack", () => {
    expect(asMarkdown(accessRows(devConfig())).split("\n")).to.deep.equal(MATRIX.split("\n"));
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
        expect(projectWide).to.deep.equal(PROJECT_WIDE);
      });

      it("lets everybody in nowhere but where the config says so", () => {
        const open = recording.platform.rows
          .filter(({ principal }) => /^all(Authenticated)?Users$/.test(principal))
          .map(({ principal, role, resource }) => `${principal} ${role} ${resource}`);
        const service = "projects/switchyard-dev/locations/us-central1/services/enqueuer";
        expect(open).to.deep.equal(
          recording.config.enqueuerPublic ? [`allUsers roles/run.invoker ${service}`] : [],
        );
      });

      it("says for every row why, and where that is written", () => {
        for (const { why, source } of recording.platform.rows) {
          expect(why).to.match(/^[a-z]+ \S/);
          expect(source).to.match(/^(enqueuer document, |cloud\.google\.com\/)/);
        }
      });

      it("uses no authoritative binding, no policy and no key", () => {
        const types = recording.registrations.map(({ type }) => type);
        expect(types.filter((type) => /(Binding|Policy|Key)$/.test(type))).to.deep.equal([]);
      });
    });
  }

  it("grants Google's agents nothing unless the config says so", () => {
    const agent = "serviceAccount:service-223080314602@gcp-sa-cloudtasks.iam.gserviceaccount.com";
    const rowsOfAgent = (changes: object) =>
      accessRows(devConfig({ ...changes })).filter(
        ({ kind, principal }) => kind !== "google" && principal === agent,
      );
    expect(rowsOfAgent({})).to.deep.equal([]);
    expect(rowsOfAgent({ enqueuerTokenCreator: true })).to.have.length(1);
  });
});

describe("npm run matrix", () => {
  function run(...args: string[]) {
    const script = join(import.meta.dirname, "../../infra/matrix.ts");
    return spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  }

  it("says who may do what on one line, and below it, why and by which source", () => {
    const lines = asText(accessRows(devConfig())).split("\n");
    expect(lines.filter((line) => line.length > (line.startsWith(" ") ? 100 : 110))).to.deep.equal(
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
