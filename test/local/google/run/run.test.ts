import { expect } from "chai";
import { ManualClock } from "../../../../local/clock.ts";
import { ApiError } from "../../../../local/errors.ts";
import { bodyOf, header } from "../../../../local/http/message.ts";
import type { LocalResponse } from "../../../../local/http/message.ts";
import type { AccessRequest } from "../../../../local/iam/types.ts";
import { cloudRun } from "../../../../local/google/run/index.ts";
import type { LogEntry } from "../../../../local/log.ts";
import { thrownBy } from "../../../support/thrown-by.ts";
import { answerRest } from "../../../../local/gateway/rest-simulator.ts";
import type { ServiceSpec } from "../../../../local/host/spec.ts";
import { FakeCloud } from "../../../support/fake-cloud.ts";
import type { Cloud } from "../../../../local/google/api.ts";

const CREATED = "2026-01-01T00:00:00.000Z";
const REGIONAL = "https://us-central1-run.googleapis.com/apis/serving.knative.dev/v1";
const V1 = "https://run.googleapis.com/v1/projects";
const V2 = "https://run.googleapis.com/v2/projects";

const enqueuer: ServiceSpec = {
  name: "enqueuer",
  role: "enqueuer",
  folder: "",
  source: "",
  start: { entryPoint: "enqueuer" },
  secretEnv: {},
  maxInstances: 100,
  region: "us-central1",
  url: "https://enqueuer-223080314602.us-central1.run.app",
  serviceAccount: "enqueuer-api@switchyard-dev.iam.gserviceaccount.com",
  labels: { system: "enqueuer" },
  concurrency: 80,
  timeoutSeconds: 60,
  memory: "512Mi",
  cpu: "1",
  env: { PROJECT_ID: "switchyard-dev" },
};
/** What is no function: its own command, a mounted bucket, and clients that come back to their instance. */
const viewer: ServiceSpec = {
  ...enqueuer,
  name: "viewer",
  start: { command: ["node", "index.js"] },
  sessionAffinity: true,
  mounts: [
    { bucket: "one", path: "/mnt/one", readOnly: false, onlyDir: "", implicitDirs: true },
    { bucket: "two", path: "/mnt/two", readOnly: true, onlyDir: "a/b", implicitDirs: false },
  ],
};
const brain: ServiceSpec = { ...enqueuer, name: "brain" };
const abroad: ServiceSpec = { ...enqueuer, name: "abroad", region: "europe-west1" };

interface Options {
  readonly services?: readonly ServiceSpec[];
  readonly authorize?: (request: AccessRequest) => void;
}

function simulator({ services = [enqueuer, brain, abroad], authorize }: Options = {}) {
  const asked: AccessRequest[] = [];
  const log: LogEntry[] = [];
  const unused = (): never => {
    throw new Error("Cloud Run's Admin API has no use for this");
  };
  const cloud: Cloud = {
    projectId: "switchyard-dev",
    projectNumber: "223080314602",
    clock: new ManualClock(Date.parse(CREATED)),
    log: (entry) => void log.push(entry),
    authorize: (request) => {
      asked.push(request);
      authorize?.(request);
    },
    isAllowed: unused,
    boundaryProblems: unused,
    bindingsOn: unused,
    send: unused,
    identity: new FakeCloud().identity,
    hasServiceAccount: unused,
    services: () => services,
  };
  const run = cloudRun(cloud);
  const call = async (url: string, method = "GET") =>
    shown(
      await answerRest(
        run,
        {
          method,
          url: new URL(url),
          headers: [["authorization", "Bearer developer's"]],
          body: Buffer.alloc(0),
        },
        { cloud, callerOf: () => ({ principal: "user:developer@example.com" }) },
      ),
    );
  return { run, asked, log, call };
}

async function shown(response: LocalResponse) {
  expect(header(response.headers, "content-type")).to.equal("application/json; charset=utf-8");
  const body: unknown = JSON.parse((await bodyOf(response)).toString());
  return { status: response.status, body };
}

const refused = (status: number, code: string, message: string) => ({
  status,
  body: { error: { code: status, message, status: code } },
});

const knative = ({ name, region, url }: ServiceSpec) => ({
  apiVersion: "serving.knative.dev/v1",
  kind: "Service",
  metadata: {
    name,
    namespace: "223080314602",
    selfLink: `/apis/serving.knative.dev/v1/namespaces/223080314602/services/${name}`,
    labels: { system: "enqueuer", "cloud.googleapis.com/location": region },
    annotations: { "run.googleapis.com/urls": JSON.stringify([url]) },
    creationTimestamp: CREATED,
    generation: 1,
  },
  spec: {
    template: {
      metadata: {},
      spec: {
        containerConcurrency: 80,
        timeoutSeconds: 60,
        serviceAccountName: "enqueuer-api@switchyard-dev.iam.gserviceaccount.com",
        containers: [
          {
            env: [{ name: "PROJECT_ID", value: "switchyard-dev" }],
            resources: { limits: { cpu: "1", memory: "512Mi" } },
          },
        ],
      },
    },
    traffic: [{ percent: 100, latestRevision: true }],
  },
  status: {
    observedGeneration: 1,
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: CREATED }],
    traffic: [{ percent: 100, latestRevision: true }],
    url,
    address: { url },
  },
});

const v2 = ({ name, region, url }: ServiceSpec) => ({
  name: `projects/switchyard-dev/locations/${region}/services/${name}`,
  generation: "1",
  observedGeneration: "1",
  labels: { system: "enqueuer" },
  createTime: CREATED,
  updateTime: CREATED,
  template: {
    serviceAccount: "enqueuer-api@switchyard-dev.iam.gserviceaccount.com",
    timeout: "60s",
    maxInstanceRequestConcurrency: 80,
    containers: [
      {
        env: [{ name: "PROJECT_ID", value: "switchyard-dev" }],
        resources: { limits: { cpu: "1", memory: "512Mi" } },
      },
    ],
  },
  terminalCondition: {
    type: "Ready",
    state: "CONDITION_SUCCEEDED",
    lastTransitionTime: CREATED,
  },
  uri: url,
  urls: [url],
});

const list = (...services: ServiceSpec[]) => ({
  apiVersion: "serving.knative.dev/v1",
  kind: "ServiceList",
  metadata: {},
  items: services.map(knative),
});

/** The whole of it with the template's own part another one. */
function withTemplate(whole: { readonly template: object }, changes: object) {
  return { ...whole, template: { ...whole.template, ...changes } };
}

const container = {
  command: ["node", "index.js"],
  env: [{ name: "PROJECT_ID", value: "switchyard-dev" }],
  resources: { limits: { cpu: "1", memory: "512Mi" } },
  volumeMounts: [
    { name: "bucket-1", mountPath: "/mnt/one" },
    { name: "bucket-2", mountPath: "/mnt/two" },
  ],
};

describe("cloudRun", () => {
  it("answers at the global host and at the host of each region in use", () => {
    expect(simulator().run.hosts).to.deep.equal([
      "run.googleapis.com",
      "us-central1-run.googleapis.com",
      "europe-west1-run.googleapis.com",
    ]);
  });

  const answers: [url: string, body: unknown][] = [
    [`${REGIONAL}/namespaces/switchyard-dev/services/enqueuer?alt=json`, knative(enqueuer)],
    [`${REGIONAL}/namespaces/223080314602/services/enqueuer`, knative(enqueuer)],
    [`${REGIONAL}/namespaces/switchyard-dev/services?alt=json`, list(brain, enqueuer)],
    [`${V1}/switchyard-dev/locations/-/services?alt=json`, list(abroad, brain, enqueuer)],
    [`${V1}/switchyard-dev/locations/europe-west1/services`, list(abroad)],
    [`${V1}/switchyard-dev/locations/europe-west1/services/abroad`, knative(abroad)],
    [`${V2}/switchyard-dev/locations/us-central1/services/brain`, v2(brain)],
    [
      `${V2}/switchyard-dev/locations/us-central1/services`,
      { services: [v2(brain), v2(enqueuer)] },
    ],
    [`${V2}/someone-elses/locations/us-central1/services`, { services: [] }],
  ];
  for (const [url, body] of answers) {
    it(`answers GET ${url}`, async () => {
      expect(await simulator().call(url)).to.deep.equal({ status: 200, body });
    });
  }

  it("shows the command, the mounts and the affinity of a service that has them, in v2", async () => {
    const url = `${V2}/switchyard-dev/locations/us-central1/services/viewer`;
    const { body } = await simulator({ services: [viewer] }).call(url);
    const volumes = [
      { name: "bucket-1", gcs: { bucket: "one" } },
      {
        name: "bucket-2",
        gcs: {
          bucket: "two",
          readOnly: true,
          mountOptions: ["only-dir=a/b", "implicit-dirs=false"],
        },
      },
    ];
    expect(body).to.deep.equal(
      withTemplate(v2(viewer), { sessionAffinity: true, volumes, containers: [container] }),
    );
  });

  it("shows them in v1, where volumes are drivers", async () => {
    const url = `${V1}/switchyard-dev/locations/us-central1/services/viewer`;
    const { body } = await simulator({ services: [viewer] }).call(url);
    const whole = knative(viewer);
    const driver = "gcsfuse.run.googleapis.com";
    const volumes = [
      {
        name: "bucket-1",
        csi: { driver, readOnly: false, volumeAttributes: { bucketName: "one" } },
      },
      {
        name: "bucket-2",
        csi: {
          driver,
          readOnly: true,
          volumeAttributes: { bucketName: "two", mountOptions: "only-dir=a/b,implicit-dirs=false" },
        },
      },
    ];
    const template = {
      metadata: { annotations: { "run.googleapis.com/sessionAffinity": "true" } },
      spec: { ...whole.spec.template.spec, volumes, containers: [container] },
    };
    expect(body).to.deep.equal({ ...whole, spec: { ...whole.spec, template } });
  });

  const questions: [url: string, permission: string, resource: string][] = [
    [
      `${REGIONAL}/namespaces/223080314602/services/enqueuer`,
      "run.services.get",
      "projects/switchyard-dev/locations/us-central1/services/enqueuer",
    ],
    [
      `${REGIONAL}/namespaces/switchyard-dev/services`,
      "run.services.list",
      "projects/switchyard-dev/locations/us-central1/services",
    ],
    [
      `${V1}/switchyard-dev/locations/-/services`,
      "run.services.list",
      "projects/switchyard-dev/locations/-/services",
    ],
    [
      `${V2}/someone-elses/locations/us-central1/services`,
      "run.services.list",
      "projects/someone-elses/locations/us-central1/services",
    ],
  ];
  for (const [url, permission, resource] of questions) {
    it(`asks for ${permission} on ${resource}`, async () => {
      const { asked, call } = simulator();
      await call(url);
      expect(asked).to.deep.equal([
        { principal: "user:developer@example.com", permission, resource },
      ]);
    });
  }

  it("refuses without saying whether the service exists, with the details of the refusal", async () => {
    const detail = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "X" };
    const authorize = (): void => {
      throw new ApiError("PERMISSION_DENIED", "no", [detail]);
    };
    const { call } = simulator({ authorize });
    for (const name of ["enqueuer", "nothing"]) {
      expect(await call(`${REGIONAL}/namespaces/switchyard-dev/services/${name}`)).to.deep.equal({
        status: 403,
        body: {
          error: { code: 403, message: "no", status: "PERMISSION_DENIED", details: [detail] },
        },
      });
    }
  });

  const unsupported = (what: string) => refused(501, "UNIMPLEMENTED", `${what} is not simulated.`);
  const service = `${V2}/switchyard-dev/locations/us-central1/services/brain`;
  const refusals: [method: string, url: string, answer: ReturnType<typeof refused>][] = [
    ["DELETE", service, unsupported(`DELETE ${service}`)],
    ["GET", `${service}:wait`, unsupported(`GET ${service}:wait`)],
    ["POST", `${service}:getIamPolicy`, unsupported(`POST ${service}:getIamPolicy`)],
    ["GET", `${service}/revisions`, unsupported(`GET ${service}/revisions`)],
    [
      "GET",
      `${REGIONAL}/namespaces/p/services?labelSelector=a%3Db`,
      unsupported(`GET ${REGIONAL}/namespaces/p/services with the parameter labelSelector`),
    ],
    [
      "GET",
      "https://run.googleapis.com/apis/serving.knative.dev/v1/namespaces/p/services",
      unsupported(
        "GET https://run.googleapis.com/apis/serving.knative.dev/v1/namespaces/p/services",
      ),
    ],
    [
      "GET",
      `${V2}/switchyard-dev/locations/-/services`,
      refused(
        400,
        "INVALID_ARGUMENT",
        'The location of /v2/projects/switchyard-dev/locations/-/services must be a region, not "-".',
      ),
    ],
    [
      "GET",
      `${V2}/%E0%A4%A/services`,
      refused(400, "INVALID_ARGUMENT", "Malformed path /v2/projects/%E0%A4%A/services."),
    ],
    [
      "GET",
      `${REGIONAL}/namespaces/switchyard-dev/services/abroad`,
      refused(
        404,
        "NOT_FOUND",
        "Resource 'abroad' of kind 'SERVICE' in region 'us-central1' in project 'switchyard-dev' does not exist.",
      ),
    ],
  ];
  for (const [method, url, answer] of refusals) {
    it(`refuses ${method} ${url} with ${answer.status}`, async () => {
      expect(await simulator().call(url, method)).to.deep.equal(answer);
    });
  }

  describe("when something throws that is no error of the API", () => {
    const bug = new Error("bug");
    const broken = () =>
      simulator({
        authorize: () => {
          throw bug;
        },
      });

    it("rejects", async () => {
      const { run } = broken();
      const request = { method: "GET", url: new URL(service), headers: [], body: Buffer.alloc(0) };
      const caught = await thrownBy(async () =>
        run.handle(request, { principal: "user:developer@example.com" }),
      );
      expect(caught).to.equal(bug);
    });

    it("is an internal error to the client, and the log has the stack", async () => {
      const { call, log } = broken();
      expect(await call(service)).to.deep.equal(
        refused(500, "INTERNAL", "Internal error encountered."),
      );
      expect(
        log.map(({ severity, message }) => [severity, message.includes("Error: bug")]),
      ).to.deep.equal([["ERROR", true]]);
    });
  });
});
