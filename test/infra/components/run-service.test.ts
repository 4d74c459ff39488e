import { expect } from "chai";
import * as gcp from "@pulumi/gcp";
import { deployerOf } from "../../../infra/deployer.ts";
import * as run from "../../../infra/google/run/kinds.ts";
import { RUN_SERVICE_DEPLOYER } from "../../../infra/components/run-service.ts";
import { runService } from "../../../infra/takeover.ts";
import { nodeVariables } from "../../../infra/components/node-variables.ts";
import { recordProgram, type Registration } from "../../../local/declared/record.ts";
import {
  BUCKET,
  declareTinyService,
  PLACE,
  ROWS,
  type TinyProgram,
} from "../../fixtures/tiny-run-service/program.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const HASH = "0".repeat(64);
const bundle = {
  role: "tiny",
  folder: "/dist/tiny.service",
  archive: "/dist/tiny.service.tar.gz",
  hash: HASH,
  inputs: [],
};
const SERVICE = "gcp:cloudrunv2/service:Service";
const OBJECT = "gcp:storage/bucketObject:BucketObject";

async function registered(changes: Partial<TinyProgram> = {}): Promise<readonly Registration[]> {
  return recordProgram("dev", () =>
    declareTinyService({ bundle, rows: Object.values(ROWS), ...changes }),
  );
}

function only(registrations: readonly Registration[], type: string): Registration {
  const [found, ...more] = registrations.filter((each) => each.type === type);
  if (found === undefined || more.length > 0) throw new Error(`not one ${type}`);
  return found;
}

/** The environment as the container gets it. */
const env = {
  NODE_ENV: "production",
  ...nodeVariables("512Mi"),
  WORK_DIR: "/mnt/work",
  INPUT: "/mnt/work/in/a.txt",
  OTHER: "/mnt/workshop",
};

describe("RunService", () => {
  it("registers the service as a zip deploy: no image, no build", async () => {
    const { inputs } = only(await registered(), SERVICE);
    // The provider's own types; the compiler compares them with what is expected of the registration.
    const expected = {
      name: "tiny",
      location: PLACE.region,
      project: PLACE.project,
      description: "Shows what it has",
      labels: { system: "tiny", role: "tiny" },
      deletionProtection: false,
      ingress: "INGRESS_TRAFFIC_ALL",
      template: {
        serviceAccount: `tiny-runner@${PLACE.project}.iam.gserviceaccount.com`,
        timeout: "3600s",
        maxInstanceRequestConcurrency: 2,
        scaling: { minInstanceCount: 0, maxInstanceCount: 2 },
        sessionAffinity: false,
        executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
        volumes: [{ name: "bucket-1", gcs: { bucket: BUCKET, readOnly: false, mountOptions: [] } }],
        containers: [
          {
            image: "scratch",
            baseImageUri:
              "us-central1-docker.pkg.dev/serverless-runtimes/google-24-full/runtimes/nodejs24",
            commands: ["node"],
            args: ["index.js"],
            sourceCode: {
              cloudStorageSource: {
                bucket: `${PLACE.project}-function-sources`,
                object: `tiny-${HASH}.tar.gz`,
              },
            },
            resources: {
              limits: { cpu: "1", memory: "512Mi" },
              cpuIdle: true,
              startupCpuBoost: true,
            },
            envs: [
              ...Object.entries(env).map(([name, value]) => ({ name, value })),
              {
                name: "TOKEN",
                valueSource: { secretKeyRef: { secret: "tiny-secret", version: "latest" } },
              },
            ],
            volumeMounts: [{ name: "bucket-1", mountPath: "/mnt/work" }],
          },
        ],
      },
    } satisfies gcp.cloudrunv2.ServiceArgs;
    expect(inputs).to.deep.equal(expected);
  });

  it("uploads the archive as it was packed, named by its content", async () => {
    expect(only(await registered(), OBJECT).inputs).to.deep.equal({
      bucket: `${PLACE.project}-function-sources`,
      name: `tiny-${HASH}.tar.gz`,
      contentType: "application/gzip",
      source: { path: bundle.archive },
    });
  });

  it("waits for its archive, its account and what that account may do", async () => {
    const registrations = await registered();
    const { dependencies } = only(registrations, SERVICE);
    const names = registrations
      .filter(({ urn, isCustom }) => isCustom && dependencies.includes(urn))
      .map(({ name }) => name);
    expect(names).to.include.members([
      "tiny-source",
      "tiny-runner",
      "tiny-tiny-runner-secretmanager.secretAccessor-tiny-secret",
      `tiny-tiny-runner-storage.objectUser-${BUCKET}`,
    ]);
  });

  it("mounts nothing where nothing is to be mounted, and keeps clients with their instance on demand", async () => {
    const { inputs } = only(await registered({ mounts: [], sessionAffinity: true }), SERVICE);
    const { template } = inputs as { template: { containers: readonly object[] } };
    expect(template).to.include({ sessionAffinity: true }).and.not.to.have.property("volumes");
    expect(template.containers[0]).not.to.have.property("volumeMounts");
  });

  it("passes on how a bucket is mounted", async () => {
    const mounts = [
      { bucket: "one", path: "/mnt/one", readOnly: true, options: ["only-dir=a"] },
      { bucket: "two", path: "/mnt/two", readOnly: false },
    ];
    const { inputs } = only(await registered({ mounts }), SERVICE);
    expect(inputs)
      .to.have.nested.property("template.volumes")
      .that.deep.equals([
        { name: "bucket-1", gcs: { bucket: "one", readOnly: true, mountOptions: ["only-dir=a"] } },
        { name: "bucket-2", gcs: { bucket: "two", readOnly: false, mountOptions: [] } },
      ]);
    expect(inputs)
      .to.have.nested.property("template.containers[0].volumeMounts")
      .that.deep.equals([
        { name: "bucket-1", mountPath: "/mnt/one" },
        { name: "bucket-2", mountPath: "/mnt/two" },
      ]);
  });

  it("refuses a variable that is also a secret", async () => {
    const error = await thrownBy(() => registered({ env: { TOKEN: "x" } }));
    expect(String(error)).to.include(
      "Service `tiny`: TOKEN cannot be in `env` and in `secretEnv`.",
    );
  });

  it("refuses more than one request at once on a part of a CPU", async () => {
    const error = await thrownBy(() => registered({ cpu: "0.5" }));
    expect(String(error)).to.include(
      "Service `tiny`: `concurrency` above 1 needs a `cpu` of at least 1.",
    );
  });

  it("takes over the service that a command made under its name", async () => {
    const registrations = await registered();
    const entries = runService("tiny-system", "tiny", run.service.of("tiny", PLACE));
    expect(entries).to.deep.equal([
      {
        type: "switchyard:component:RunService",
        logicalName: "tiny",
        name: "tiny-component",
        component: true,
        parent: "tiny-system",
      },
      {
        type: SERVICE,
        id: `projects/${PLACE.project}/locations/${PLACE.region}/services/tiny`,
        name: "tiny",
        logicalName: "tiny",
        parent: "tiny-component",
      },
    ]);
    for (const { type, logicalName } of entries) {
      expect(only(registrations, type).name).to.equal(logicalName);
    }
  });

  it("needs nothing of who deploys it that a stack does not need anyway, and says what for", () => {
    const before = deployerOf([]);
    const after = deployerOf([{ deployer: [RUN_SERVICE_DEPLOYER] }]);
    expect(after.map(({ role }) => role)).to.deep.equal(before.map(({ role }) => role));
    expect(after.find(({ role }) => role === "roles/run.admin")?.why).to.match(
      /; deploys services that are no functions$/,
    );
  });
});
