import { expect } from "chai";
import { nodeVariables } from "../../infra/components/node-variables.ts";
import { declarePlatform } from "../../infra/platform.ts";
import { recordProgram, type Recording, type Registration } from "../../local/declared/record.ts";
import { devConfig, recorded, resource } from "../support/recorded.ts";

const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const QUEUE = "gcp:cloudtasks/queue:Queue";

/** What has to exist before a resource: types and names. */
function needed({ registrations }: Recording, { dependencies }: Registration): readonly string[] {
  return registrations
    .filter(({ urn }) => dependencies.includes(urn))
    .map(({ type, name }) => `${type.split(":").at(-1) ?? ""} ${name}`);
}

/** What is granted on → the API that makes such bindings, where the two are not of one name. */
const API_OF: Readonly<Record<string, string>> = {
  cloudrunv2: "run.googleapis.com",
  projects: "cloudresourcemanager.googleapis.com",
  serviceaccount: "iam.googleapis.com",
};

function apiOf(type: string): string {
  const kind = kindOf(type);
  return API_OF[kind] ?? `${kind}.googleapis.com`;
}

/** `gcp:pubsub/topicIAMMember:TopicIAMMember` → `pubsub` */
function kindOf(type: string): string {
  return /^gcp:([^/]+)\//.exec(type)?.[1] ?? type;
}

/** These are about what every system needs, and about the enqueuer. */
const ENQUEUER = { systems: ["enqueuer"] };

describe("the platform", () => {
  let stack: Recording;
  before(async () => {
    stack = await recorded(ENQUEUER);
  });

  it("begins on an empty project: whatever calls an API waits until it is enabled", () => {
    const services = stack.registrations.filter(({ type }) => type.endsWith(":Service"));
    expect(services.map(({ inputs }) => inputs.service)).to.have.members([
      "artifactregistry.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudfunctions.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "cloudtasks.googleapis.com",
      "iam.googleapis.com",
      "logging.googleapis.com",
      "run.googleapis.com",
      "storage.googleapis.com",
    ]);
    expect(services.map(({ inputs }) => inputs.disableOnDestroy)).not.to.include(true);
    const urns = new Map(
      stack.registrations.map((registration) => [registration.urn, registration]),
    );
    const waitsForServices = ({ dependencies }: Registration): boolean =>
      dependencies.some((urn) => {
        const other = urns.get(urn);
        return other !== undefined && (services.includes(other) || waitsForServices(other));
      });
    const impatient = stack.registrations.filter(
      (registration) =>
        registration.isCustom &&
        !services.includes(registration) &&
        !waitsForServices(registration),
    );
    expect(impatient.map(({ name }) => name)).to.deep.equal([]);
  });

  it("deploys the enqueuer after all that it needs to build and to work", () => {
    const enqueuer = resource(stack, FUNCTION, { name: "enqueuer" });
    expect(needed(stack, enqueuer)).to.include.members([
      "RepositoryIamMember project-function-builder-artifactregistry.writer-switchyard-functions",
      "IAMMember project-function-builder-logging.logWriter-switchyard-dev",
      "IAMMember project-function-builder-storage.objectViewer-switchyard-dev",
      "BucketObject enqueuer-source",
      "Account enqueuer-enqueuer-api",
      "IAMMember enqueuer-enqueuer-api-iam.serviceAccountUser-tasks-dispatcher",
      "QueueIamMember enqueuer-enqueuer-api-cloudtasks.enqueuer-queue-brain",
      "ServiceIamMember enqueuer-tasks-dispatcher-run.invoker-brain",
    ]);
  });

  it("grants each binding after the API that it is made through, by a dependency of its own", async () => {
    const { registrations } = await recorded();
    const apis = new Map(
      registrations
        .filter(({ type }) => type.endsWith(":Service"))
        .map(({ urn, inputs }) => [urn, String(inputs.service)]),
    );
    const bindings = registrations.filter(({ type }) => /IamMember$/i.test(type));
    const kinds = new Set(bindings.map(({ type }) => kindOf(type)));
    expect([...kinds]).to.include.members(Object.keys(API_OF));
    const impatient = bindings.filter(
      ({ type, dependencies }) => !dependencies.some((urn) => apis.get(urn) === apiOf(type)),
    );
    expect(impatient.map(({ name }) => name)).to.deep.equal([]);
  });

  it("grants on a service after the service, and to an account after the account", () => {
    const member = "serviceAccount:tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com";
    const type = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
    expect(needed(stack, resource(stack, type, { name: "brain", member }))).to.include.members([
      "Function enqueuer-brain",
      "Account enqueuer-tasks-dispatcher",
    ]);
  });

  it("runs three workers from one upload, each under its own name, path and time", () => {
    const names = ["brain", "testimonios", "transcripciones"];
    const functions = names.map((name) => resource(stack, FUNCTION, { name }).inputs);
    const sources = functions.map(({ buildConfig }) => JSON.stringify(buildConfig));
    expect(new Set(sources).size).to.equal(1);
    expect(functions.map(({ labels }) => labels)).to.deep.equal(
      names.map(() => ({ system: "enqueuer", role: "worker" })),
    );
    const service = (inputs: (typeof functions)[number]) =>
      inputs.serviceConfig as {
        readonly timeoutSeconds: number;
        readonly environmentVariables: Readonly<Record<string, string>>;
      };
    expect(functions.map((inputs) => service(inputs).timeoutSeconds)).to.deep.equal([
      700, 390, 880,
    ]);
    expect(functions.map((inputs) => service(inputs).environmentVariables)).to.deep.equal(
      [
        ["brain", "/process"] as const,
        ["testimonios", "/generate-testimony"] as const,
        ["transcripciones", "/api/transcribe"] as const,
      ].map(([name, path]) => ({
        WORKER_NAME: name,
        WORKER_PATH: path,
        AUDIENCE: `https://${name}-223080314602.us-central1.run.app`,
        CALLER_SA: "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com",
        DELIVERIES_BUCKET: "switchyard-dev-worker-deliveries",
        ...nodeVariables("512Mi"),
        PRIVATE: "true",
      })),
    );
  });

  it("protects queues where the config says so", async () => {
    const protectedOnes = ({ registrations }: Recording) =>
      registrations.filter(({ isProtected, isCustom }) => isCustom && isProtected);
    expect(protectedOnes(stack)).to.deep.equal([]);
    const careful = await recorded({
      ...ENQUEUER,
      protectData: true,
    });
    expect(protectedOnes(careful).map(({ type }) => type)).to.deep.equal([QUEUE, QUEUE, QUEUE]);
  });

  it("sends a queue's settings in Google's words, and none that the config leaves out", async () => {
    const { registrations } = await recorded({
      ...ENQUEUER,
      workers: [
        {
          name: "brain",
          rateLimits: { maxConcurrentDispatches: 3 },
          retry: { maxAttempts: -1, minBackoffSeconds: 0.5, maxRetryDurationSeconds: 3600 },
          loggingSamplingRatio: 0,
        },
        { name: "plain" },
      ],
    });
    const queues = registrations
      .filter(({ type }) => type === QUEUE)
      .toSorted((one, other) => one.name.localeCompare(other.name))
      .map(({ inputs }) => inputs);
    const place = { location: "us-central1", project: "switchyard-dev" };
    expect(queues).to.deep.equal([
      {
        ...place,
        name: "queue-brain",
        rateLimits: { maxConcurrentDispatches: 3 },
        retryConfig: { maxAttempts: -1, minBackoff: "0.5s", maxRetryDuration: "3600s" },
        stackdriverLoggingConfig: { samplingRatio: 0 },
      },
      { ...place, name: "queue-plain" },
    ]);
  });

  it("makes no function for an external worker, and says whom it calls instead", async () => {
    const url = "https://ocr.example/read";
    const { registrations, platform } = await recorded({
      ...ENQUEUER,
      workers: [{ name: "ocr", url, service: "ocr-service" }],
    });
    const functions = registrations.filter(({ type }) => type === FUNCTION);
    expect(functions.map(({ inputs }) => inputs.name)).to.deep.equal(["enqueuer"]);
    expect(platform.outside.enqueuer?.["external worker"]).to.deep.equal([
      {
        name: "ocr",
        service: "ocr-service",
        region: "us-central1",
        url,
        env: {
          WORKER_NAME: "ocr",
          WORKER_PATH: "/read",
          AUDIENCE: "https://ocr.example",
          CALLER_SA: "tasks-dispatcher@switchyard-dev.iam.gserviceaccount.com",
          DELIVERIES_BUCKET: "switchyard-dev-worker-deliveries",
          PRIVATE: "true",
        },
      },
    ]);
  });

  it("is called where its config names it", async () => {
    const { platform } = await recorded({
      ...ENQUEUER,
      enqueuerName: "enqueuer-2",
    });
    expect(platform.entryPoints).to.deep.equal([
      {
        system: "enqueuer",
        role: "enqueuer",
        url: "https://enqueuer-2-223080314602.us-central1.run.app",
        example: {
          path: "/enqueue",
          body: { service: "brain", payload: { input_doc_id: "DOC-1", output_doc_id: "DOC-2" } },
        },
      },
    ]);
  });
});

describe("declarePlatform", () => {
  it("takes bundles that were made elsewhere", async () => {
    const asked: string[] = [];
    const bundleOf = (role: string) => {
      asked.push(role);
      return Promise.resolve({ role, folder: `/elsewhere/${role}`, hash: "abc", inputs: [] });
    };
    const registrations = await recordProgram("dev", async () => {
      await declarePlatform(devConfig(ENQUEUER), bundleOf);
    });
    const uploads = registrations
      .filter(({ type }) => type === "gcp:storage/bucketObject:BucketObject")
      .map(({ inputs: { name, source } }) => ({ name, source }));
    expect(uploads).to.have.deep.members([
      { name: "enqueuer-abc.zip", source: { path: "/elsewhere/enqueuer" } },
      { name: "worker-abc.zip", source: { path: "/elsewhere/worker" } },
    ]);
    expect(asked).to.have.members(["enqueuer", "worker"]);
  });

  it("tells the enqueuer the largest body that the config allows", async () => {
    const recording = await recorded({
      ...ENQUEUER,
      enqueuerMaxBodyBytes: 500_000,
    });
    const { inputs } = resource(recording, "gcp:cloudfunctionsv2/function:Function", {
      name: "enqueuer",
    });
    expect(inputs).to.have.nested.property(
      "serviceConfig.environmentVariables.MAX_BODY_BYTES",
      "500000",
    );
  });
});
