import { expect } from "chai";
import { run } from "../../../../local/google/run/declared.ts";
import type { Common } from "../../../../local/google/service.ts";
import { declareTinyService, ROWS } from "../../../fixtures/tiny-run-service/program.ts";
import { recordProgram } from "../../../../local/declared/record.ts";

const SERVICE = "gcp:cloudrunv2/service:Service";

type Inputs = Readonly<Record<string, unknown>>;

/** What a service of the fixture registers, with changes at `template.timeout` and the like; undefined removes. */
function changed(inputs: Inputs, changes: Readonly<Record<string, unknown>>): Inputs {
  const copy: Record<string, unknown> = { ...structuredClone(inputs) };
  for (const [place, value] of Object.entries(changes)) {
    const keys = place.split(".");
    const last = keys.pop() ?? "";
    let holder = copy;
    for (const key of keys) holder = holder[key] as Record<string, unknown>;
    if (value === undefined) Reflect.deleteProperty(holder, last);
    else holder[last] = value;
  }
  return copy;
}

function read(type: string, inputs: Inputs) {
  const common: Common = {
    project: "switchyard-dev",
    projectNumber: "223080314602",
    services: [],
    serviceAccounts: [],
    archives: new Map(),
  };
  const meaning = run.declares[type];
  if (meaning?.meaning !== "local") throw new Error(`${type} means nothing`);
  return { problems: meaning.read(inputs, {}, common), services: common.services };
}

describe("a Cloud Run service of a program", () => {
  let inputs: Inputs;

  before(async () => {
    const bundle = {
      role: "tiny",
      folder: "/dist/tiny.service",
      archive: "/dist/tiny.service.tar.gz",
      hash: "0".repeat(64),
      inputs: [],
    };
    const registrations = await recordProgram("dev", () =>
      declareTinyService({ bundle, rows: Object.values(ROWS) }),
    );
    inputs = registrations.find(({ type }) => type === SERVICE)?.inputs ?? {};
  });

  it("is what runs here, its command and its mounts included", () => {
    const { problems, services } = read(SERVICE, inputs);
    expect(problems).to.deep.equal([]);
    expect(services).to.deep.equal([
      {
        name: "tiny",
        role: "tiny",
        region: "us-central1",
        url: "https://tiny-223080314602.us-central1.run.app",
        serviceAccount: "tiny-runner@switchyard-dev.iam.gserviceaccount.com",
        source: `switchyard-dev-function-sources/tiny-${"0".repeat(64)}.tar.gz`,
        start: { command: ["node", "index.js"] },
        env: {
          NODE_ENV: "production",
          NODE_OPTIONS: "--max-semi-space-size=16 --max-old-space-size=256",
          MALLOC_ARENA_MAX: "1",
          WORK_DIR: "/mnt/work",
          INPUT: "/mnt/work/in/a.txt",
          OTHER: "/mnt/workshop",
        },
        secretEnv: { TOKEN: "projects/switchyard-dev/secrets/tiny-secret/versions/latest" },
        mounts: [
          {
            bucket: "switchyard-dev-tiny-work",
            path: "/mnt/work",
            readOnly: false,
            onlyDir: "",
            implicitDirs: true,
          },
        ],
        labels: { system: "tiny", role: "tiny" },
        timeoutSeconds: 3600,
        concurrency: 2,
        maxInstances: 2,
        sessionAffinity: false,
        memory: "512Mi",
        cpu: "1",
      },
    ]);
  });

  const CONTAINER = "template.containers.0";
  const GCS = "template.volumes.0.gcs";
  const MOUNTS = `${CONTAINER}.volumeMounts`;
  const two = (path: string, other: string) => ({
    "template.volumes": [
      { name: "one", gcs: { bucket: "one" } },
      { name: "two", gcs: { bucket: "two" } },
    ],
    [MOUNTS]: [
      { name: "one", mountPath: path },
      { name: "two", mountPath: other },
    ],
  });

  for (const [what, changes, problem] of [
    ["a field nobody knows", { customAudiences: ["x"] }, /^customAudiences: /],
    ["one of the template", { "template.vpcAccess": {} }, /^template\.vpcAccess: /],
    ["one of the container", { [`${CONTAINER}.ports`]: {} }, /^template\.containers\.0\.ports: /],
    ["a second container", { "template.containers.1": {} }, /^template\.containers\.1: /],
    ["no word on deletion", { deletionProtection: undefined }, /^deletionProtection: /],
    ["another ingress", { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" }, /^ingress: /],
    [
      "the first generation",
      { "template.executionEnvironment": "EXECUTION_ENVIRONMENT_GEN1" },
      /^template\.executionEnvironment: /,
    ],
    [
      "an image",
      { [`${CONTAINER}.image`]: "us-docker.pkg.dev/cloudrun/container/hello" },
      /image: must be scratch/,
    ],
    ["no command", { [`${CONTAINER}.commands`]: [] }, /commands: must name a program$/],
    [
      "a command that names a variable",
      { [`${CONTAINER}.args`]: ["$(FILE)"] },
      /args\.0: must name no variable$/,
    ],
    [
      "an image of another region",
      {
        [`${CONTAINER}.baseImageUri`]:
          "europe-west1-docker.pkg.dev/serverless-runtimes/google-24-full/runtimes/nodejs24",
      },
      /baseImageUri: .* is not of us-central1$/,
    ],
    [
      "an image with another Node",
      {
        [`${CONTAINER}.baseImageUri`]:
          "us-central1-docker.pkg.dev/serverless-runtimes/google-22-full/runtimes/nodejs22",
      },
      /baseImageUri: .* has another Node than this one, 24$/,
    ],
    [
      "an image for another language",
      {
        [`${CONTAINER}.baseImageUri`]:
          "us-central1-docker.pkg.dev/serverless-runtimes/google-22-full/runtimes/python313",
      },
      /baseImageUri: .* is no base image for Node$/,
    ],
    [
      "a generation of the archive",
      { [`${CONTAINER}.sourceCode.cloudStorageSource.generation`]: "1" },
      /generation: /,
    ],
    [
      "more than an hour",
      { "template.timeout": "3601s" },
      /^template\.timeout: must be at most 3600s$/,
    ],
    ["no time at all", { "template.timeout": "0s" }, /^template\.timeout: must be at least 1s$/],
    [
      "a time of another form",
      { "template.timeout": "1m" },
      /^template\.timeout: must be whole seconds/,
    ],
    [
      "too much at once",
      { "template.maxInstanceRequestConcurrency": 1001 },
      /must be at most 1000$/,
    ],
    [
      "less memory than that generation has",
      { [`${CONTAINER}.resources.limits.memory`]: "256Mi" },
      /memory: must be at least 512Mi$/,
    ],
    [
      "a variable of Cloud Run's own",
      { [`${CONTAINER}.envs`]: [{ name: "PORT", value: "1" }] },
      /envs: PORT is Cloud Run's own$/,
    ],
    [
      "a variable that is set twice",
      {
        [`${CONTAINER}.envs`]: [
          { name: "A", value: "1" },
          { name: "A", value: "2" },
        ],
      },
      /envs: A is set twice$/,
    ],
    [
      "a secret without its version",
      { [`${CONTAINER}.envs`]: [{ name: "A", valueSource: { secretKeyRef: { secret: "s" } } }] },
      /^template\.containers\.0\.envs\.0/,
    ],
    [
      "a volume of another kind",
      { "template.volumes.0.emptyDir": {} },
      /^template\.volumes\.0\.emptyDir: /,
    ],
    [
      "a volume that is mounted nowhere",
      { [MOUNTS]: [] },
      /^template\.volumes: bucket-1 is mounted nowhere$/,
    ],
    [
      "a mount without its volume",
      { "template.volumes": [] },
      /volumeMounts: there is no volume bucket-1$/,
    ],
    ["a part of a volume", { [`${MOUNTS}.0.subPath`]: "a" }, /subPath: /],
    [
      "a mount option that is not honoured",
      { [`${GCS}.mountOptions`]: ["file-mode=600"] },
      /^template\.volumes: bucket-1: the mount option file-mode=600 is not honoured$/,
    ],
    [
      "another one",
      { [`${GCS}.mountOptions`]: ["implicit-dirs=maybe"] },
      /implicit-dirs=maybe is not honoured$/,
    ],
    [
      "a folder that leaves the bucket",
      { [`${GCS}.mountOptions`]: ["only-dir=a/../.."] },
      /only-dir=a\/\.\.\/\.\. names no folder of the bucket$/,
    ],
    [
      "no folder at all",
      { [`${GCS}.mountOptions`]: ["only-dir=/"] },
      /only-dir=\/ names no folder of the bucket$/,
    ],
    [
      "a relative path",
      { [`${MOUNTS}.0.mountPath`]: "mnt" },
      /volumeMounts: mnt is no path of a folder/,
    ],
    ["a path that climbs", { [`${MOUNTS}.0.mountPath`]: "/mnt/../etc" }, /is no path of a folder/],
    ["the root", { [`${MOUNTS}.0.mountPath`]: "/" }, /is no path of a folder/],
    [
      "a path of the system's",
      { [`${MOUNTS}.0.mountPath`]: "/proc/x" },
      /volumeMounts: \/proc\/x is the system's own$/,
    ],
    [
      "a mount within another",
      two("/mnt", "/mnt/b"),
      /volumeMounts: \/mnt\/b is within another mount, \/mnt$/,
    ],
  ] as const) {
    it(`is a problem with ${what}`, () => {
      const { problems } = read(SERVICE, changed(inputs, changes));
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(problem);
    });
  }

  it("is a problem where two mounts have one path", () => {
    const { problems } = read(SERVICE, changed(inputs, two("/mnt", "/mnt")));
    expect(problems).to.have.length(2);
  });

  it("may mount a folder of its bucket, and only folders that are objects", () => {
    const mountOptions = [
      "only-dir=/tenants/a/",
      "implicit-dirs=false",
      "metadata-cache-ttl-secs=0",
    ];
    const { problems, services } = read(
      SERVICE,
      changed(inputs, { [`${GCS}.mountOptions`]: mountOptions }),
    );
    expect(problems).to.deep.equal([]);
    expect(services[0]?.mounts?.[0]).to.include({ onlyDir: "tenants/a", implicitDirs: false });
  });

  it("may lie beside another mount whose name begins alike", () => {
    expect(
      read(SERVICE, changed(inputs, two("/mnt/work", "/mnt/workshop"))).problems,
    ).to.deep.equal([]);
  });

  it("may hold a secret of another project", () => {
    const secretKeyRef = { secret: "projects/other/secrets/s", version: "3" };
    const envs = [{ name: "A", valueSource: { secretKeyRef } }];
    const { services } = read(SERVICE, changed(inputs, { [`${CONTAINER}.envs`]: envs }));
    expect(services[0]?.secretEnv).to.deep.equal({ A: "projects/other/secrets/s/versions/3" });
  });
});

describe("a Cloud Run job of a program", () => {
  it("is a problem that says why", () => {
    expect(read("gcp:cloudrunv2/job:Job", {}).problems).to.deep.equal([
      "jobs do not run on one machine yet; services and functions do",
    ]);
  });
});
