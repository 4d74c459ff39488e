/** Every gcloud command of the enqueuer document, beside what the program declares in its place. */
import { expect } from "chai";
import { nodeVariables } from "../../../../infra/components/node-variables.ts";
import type { StackConfig } from "../../../../infra/systems/index.ts";
import type { Recording } from "../../../../local/declared/record.ts";
import { recorded, resource } from "../../../support/recorded.ts";

const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const QUEUE = "gcp:cloudtasks/queue:Queue";
const QUEUE_MEMBER = "gcp:cloudtasks/queueIamMember:QueueIamMember";
const ACCOUNT_MEMBER = "gcp:serviceaccount/iAMMember:IAMMember";
const SERVICE_MEMBER = "gcp:cloudrunv2/serviceIamMember:ServiceIamMember";
const PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember";
const OBJECT = "gcp:storage/bucketObject:BucketObject";

/** The document's project. */
const PROJECT = {
  project: "ortega-473114",
  projectNumber: "223080314602",
  systems: ["enqueuer"],
};
const DOMAIN = `${PROJECT.project}.iam.gserviceaccount.com`;
const ENQUEUER_SA = `enqueuer-api@${DOMAIN}`;
const CALLER_SA = `tasks-dispatcher@${DOMAIN}`;
const AGENT = `service-${PROJECT.projectNumber}@gcp-sa-cloudtasks.iam.gserviceaccount.com`;
const CALLER = `projects/${PROJECT.project}/serviceAccounts/${CALLER_SA}`;

/** The document's variables for its three workers; `<brain>` stands for a service's base URL. */
const WORKER_VARIABLES = [
  {
    QUEUE_BRAIN: "queue-brain",
    QUEUE_TESTI: "queue-testimonios",
    QUEUE_TRANS: "queue-transcripciones",
  },
  {
    URL_BRAIN: "<brain>/process",
    URL_TESTI: "<testimonios>/generate-testimony",
    URL_TRANS: "<transcripciones>/api/transcribe",
  },
  { AUD_BRAIN: "<brain>", AUD_TESTI: "<testimonios>", AUD_TRANS: "<transcripciones>" },
  { DEADLINE_BRAIN_S: "700", DEADLINE_TESTI_S: "390", DEADLINE_TRANS_S: "880" },
] as const;
const WORKERS = { BRAIN: "brain", TESTI: "testimonios", TRANS: "transcripciones" } as const;

/** The commands, with their shell variables filled in. */
const IAM_1 = `gcloud projects add-iam-policy-binding ${PROJECT.project} --member=serviceAccount:${ENQUEUER_SA} --role=roles/cloudtasks.enqueuer`;
const IAM_2 = `gcloud iam service-accounts add-iam-policy-binding ${CALLER_SA} --member=serviceAccount:${ENQUEUER_SA} --role=roles/iam.serviceAccountUser --project=${PROJECT.project}`;
const IAM_3 = `gcloud iam service-accounts add-iam-policy-binding ${CALLER_SA} --member=serviceAccount:${AGENT} --role=roles/iam.serviceAccountTokenCreator --project=${PROJECT.project}`;
const IAM_4 = Object.values(WORKERS).map(
  (service) =>
    `gcloud run services add-iam-policy-binding ${service} --region=us-central1 --member=serviceAccount:${CALLER_SA} --role=roles/run.invoker --project=${PROJECT.project}`,
);
const BUILD = `gcloud builds submit --tag=us-central1-docker.pkg.dev/${PROJECT.project}/ai/enqueuer:latest`;
const DEPLOY = [
  `gcloud run deploy enqueuer --image=us-central1-docker.pkg.dev/${PROJECT.project}/ai/enqueuer:latest`,
  `--region=us-central1 --service-account=${ENQUEUER_SA} --allow-unauthenticated --platform=managed`,
  "--memory=512Mi --cpu=1 --concurrency=80 --timeout=60",
  `--set-env-vars=PROJECT_ID=${PROJECT.project},TASKS_REGION=us-central1,CALLER_SA=${CALLER_SA}`,
  ...WORKER_VARIABLES.map(
    (variables) =>
      `--set-env-vars=${Object.entries(variables)
        .map((pair) => pair.join("="))
        .join(",")}`,
  ),
].join(" ");
const DESCRIBE =
  "gcloud run services describe enqueuer --region=us-central1 --format=value(status.url)";
const NEW_QUEUE =
  "gcloud tasks queues create queue-myworker --location=us-central1 --max-dispatches-per-second=5 --max-concurrent-dispatches=50";
const NEW_INVOKER = `gcloud run services add-iam-policy-binding myworker --region=us-central1 --member=serviceAccount:${CALLER_SA} --role=roles/run.invoker`;

/** The value of a command's flag. */
function flag(command: string, name: string): string {
  const value = new RegExp(` --${name}=(\\S+)`).exec(command)?.[1];
  if (value === undefined) throw new Error(`${command} has no --${name}`);
  return value;
}

/** A function's settings: both blocks that Google keeps them in. */
function functionNamed(recording: Recording, name: string) {
  const { inputs } = resource(recording, FUNCTION, { name });
  return {
    inputs,
    service: inputs.serviceConfig as Record<string, unknown>,
    build: inputs.buildConfig as Record<string, unknown>,
  };
}

/** The list that the enqueuer gets. */
function workersOf(recording: Recording): unknown {
  const { service } = functionNamed(recording, "enqueuer");
  const { WORKERS: text } = service.environmentVariables as { readonly WORKERS: string };
  return JSON.parse(text);
}

function urlOf(service: string): string {
  return `https://${service}-${PROJECT.projectNumber}.us-central1.run.app`;
}

describe("the enqueuer document's commands", () => {
  let stack: Recording<StackConfig>;
  let flagged: Recording<StackConfig>;
  let extended: Recording<StackConfig>;

  before(async () => {
    stack = await recorded(PROJECT);
    flagged = await recorded({ ...PROJECT, enqueuerTokenCreator: true, enqueuerPublic: true });
    extended = await recorded({
      ...PROJECT,
      workers: [
        ...(stack.config.workers.map(({ name, deadlineSeconds, target }) => ({
          name,
          deadlineSeconds,
          ...(target.kind === "ours" && { path: target.path }),
        })) as object[]),
        {
          name: "myworker",
          rateLimits: { maxDispatchesPerSecond: 5, maxConcurrentDispatches: 50 },
        },
      ],
    });
  });

  it(`${IAM_1} → the same role on each queue, since queues have policies of their own`, () => {
    const [member, role] = [flag(IAM_1, "member"), flag(IAM_1, "role")];
    const queues = stack.registrations
      .filter(({ type, inputs }) => type === QUEUE_MEMBER && inputs.member === member)
      .map(({ inputs }) => inputs);
    expect(queues).to.have.deep.members(
      ["queue-brain", "queue-testimonios", "queue-transcripciones"].map((name) => ({
        project: PROJECT.project,
        location: "us-central1",
        name,
        member,
        role,
      })),
    );
    const onProject = stack.registrations.filter(
      ({ type, inputs }) => type === PROJECT_MEMBER && inputs.member === member,
    );
    expect(onProject).to.deep.equal([]);
  });

  it(`${IAM_2} → the same`, () => {
    const { inputs } = resource(stack, ACCOUNT_MEMBER, { member: flag(IAM_2, "member") });
    expect(inputs).to.deep.equal({
      serviceAccountId: CALLER,
      member: flag(IAM_2, "member"),
      role: flag(IAM_2, "role"),
    });
  });

  it(`${IAM_3} → only with enqueuerTokenCreator, since Google's own grant to its agent covers it`, () => {
    const member = flag(IAM_3, "member");
    expect(stack.registrations.filter(({ inputs }) => inputs.member === member)).to.deep.equal([]);
    expect(resource(flagged, ACCOUNT_MEMBER, { member }).inputs).to.deep.equal({
      serviceAccountId: CALLER,
      member,
      role: flag(IAM_3, "role"),
    });
  });

  for (const command of IAM_4) {
    it(`${command} → the same`, () => {
      const name = command.split(" ")[4];
      const member = flag(command, "member");
      expect(resource(stack, SERVICE_MEMBER, { name, member }).inputs).to.deep.equal({
        project: flag(command, "project"),
        location: flag(command, "region"),
        name,
        member,
        role: flag(command, "role"),
      });
    });
  }

  it(`${BUILD} → Google builds the uploaded source when the function is deployed; there is no image of ours to name`, () => {
    const { build } = functionNamed(stack, "enqueuer");
    const { source, ...rest } = build as {
      readonly source: {
        readonly storageSource: { readonly bucket: string; readonly object: string };
      };
    };
    expect(rest).to.deep.equal({
      runtime: "nodejs24",
      entryPoint: "enqueuer",
      serviceAccount: `projects/${PROJECT.project}/serviceAccounts/function-builder@${DOMAIN}`,
      dockerRepository: `projects/${PROJECT.project}/locations/us-central1/repositories/switchyard-functions`,
    });
    const { bucket, object } = source.storageSource;
    expect(object).to.match(/^enqueuer-[0-9a-f]+\.zip$/);
    expect(resource(stack, OBJECT, { bucket, name: object }).inputs).to.have.property("source");
  });

  describe(DEPLOY, () => {
    it("--region, --service-account, --memory, --cpu, --concurrency, --timeout → the same", () => {
      const { inputs, service } = functionNamed(stack, "enqueuer");
      expect({
        region: inputs.location,
        account: service.serviceAccountEmail,
        memory: service.availableMemory,
        cpu: service.availableCpu,
        concurrency: service.maxInstanceRequestConcurrency,
        timeout: service.timeoutSeconds,
      }).to.deep.equal({
        region: flag(DEPLOY, "region"),
        account: flag(DEPLOY, "service-account"),
        memory: flag(DEPLOY, "memory"),
        cpu: flag(DEPLOY, "cpu"),
        concurrency: Number(flag(DEPLOY, "concurrency")),
        timeout: Number(flag(DEPLOY, "timeout")),
      });
    });

    it("--allow-unauthenticated → only with enqueuerPublic; otherwise the listed callers alone", () => {
      const invokers = (recording: Recording) =>
        recording.registrations
          .filter(
            ({ type, inputs }) =>
              type === SERVICE_MEMBER &&
              inputs.name === "enqueuer" &&
              inputs.role === "roles/run.invoker",
          )
          .map(({ inputs }) => inputs.member);
      expect(invokers(stack)).to.deep.equal(["user:developer@example.com"]);
      expect(invokers(flagged)).to.have.members(["user:developer@example.com", "allUsers"]);
    });

    it("--set-env-vars of the project → the same, the limit of a body that the config sets, and what fits Node to the memory", () => {
      const { service } = functionNamed(stack, "enqueuer");
      const variables = service.environmentVariables as Record<string, string>;
      const pairs = flag(DEPLOY, "set-env-vars").split(",");
      expect(variables).to.deep.equal({
        ...Object.fromEntries(pairs.map((pair) => pair.split("="))),
        WORKERS: variables.WORKERS,
        MAX_BODY_BYTES: "102400",
        ...nodeVariables("512Mi"),
      });
    });

    it("--set-env-vars of the workers → the entries of one variable, so that a worker is no change of code", () => {
      const [queues, urls, audiences, deadlines] = WORKER_VARIABLES;
      const real = (text: string) => text.replace(/<(.*)>/, (_, service: string) => urlOf(service));
      const documented = (["BRAIN", "TESTI", "TRANS"] as const).map((key) => ({
        name: WORKERS[key],
        queue: queues[`QUEUE_${key}`],
        url: real(urls[`URL_${key}`]),
        deadline_s: Number(deadlines[`DEADLINE_${key}_S`]),
      }));
      expect(workersOf(stack)).to.deep.equal(documented);
      // AUD_* has no entry of its own: the audience is always the origin of the URL.
      expect(documented.map(({ url }) => new URL(url).origin)).to.deep.equal(
        (["BRAIN", "TESTI", "TRANS"] as const).map((key) => real(audiences[`AUD_${key}`])),
      );
    });

    it("--image, --platform → a gen2 function has neither: it is built from source and always managed", () => {
      expect(flag(DEPLOY, "platform")).to.equal("managed");
      expect(functionNamed(stack, "enqueuer").build).not.to.have.property("image");
    });
  });

  it(`${DESCRIBE} → an output of the stack, known beforehand; and the operators may run the command`, () => {
    const [entryPoint] = stack.platform.entryPoints;
    expect(entryPoint?.url).to.equal(urlOf("enqueuer"));
    const member = "user:developer@example.com";
    const viewer = resource(stack, SERVICE_MEMBER, {
      name: "enqueuer",
      member,
      role: "roles/run.viewer",
    });
    expect(viewer.inputs.location).to.equal(flag(DESCRIBE, "region"));
  });

  it(`${NEW_QUEUE} → the same`, () => {
    expect(resource(extended, QUEUE, { name: "queue-myworker" }).inputs).to.deep.equal({
      name: "queue-myworker",
      project: PROJECT.project,
      location: flag(NEW_QUEUE, "location"),
      rateLimits: {
        maxDispatchesPerSecond: Number(flag(NEW_QUEUE, "max-dispatches-per-second")),
        maxConcurrentDispatches: Number(flag(NEW_QUEUE, "max-concurrent-dispatches")),
      },
    });
  });

  it(`${NEW_INVOKER} → the same`, () => {
    const [name, member] = ["myworker", flag(NEW_INVOKER, "member")];
    expect(resource(extended, SERVICE_MEMBER, { name, member }).inputs).to.deep.equal({
      project: PROJECT.project,
      location: flag(NEW_INVOKER, "region"),
      name,
      member,
      role: flag(NEW_INVOKER, "role"),
    });
  });

  it("adds a worker by its entry in the config: nothing that was there changes but the enqueuer's list", () => {
    const inputsOf = ({ registrations }: Recording) =>
      new Map(registrations.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));
    const [before, after] = [inputsOf(stack), inputsOf(extended)];
    const changed = [...before].filter(
      ([key, inputs]) => JSON.stringify(inputs) !== JSON.stringify(after.get(key)),
    );
    expect(changed.map(([key]) => key)).to.deep.equal([`${FUNCTION} enqueuer-function`]);
    const added = [...after.keys()].filter((key) => !before.has(key));
    expect(added).to.have.members([
      "switchyard:component:Queue enqueuer-queue-myworker",
      "switchyard:component:FunctionRole enqueuer-myworker",
      `${QUEUE} enqueuer-queue-myworker`,
      `${FUNCTION} enqueuer-myworker`,
      `${QUEUE_MEMBER} enqueuer-enqueuer-api-cloudtasks.enqueuer-queue-myworker`,
      `${QUEUE_MEMBER} enqueuer-user-developer@example.com-cloudtasks.viewer-queue-myworker`,
      `${SERVICE_MEMBER} enqueuer-tasks-dispatcher-run.invoker-myworker`,
      `${SERVICE_MEMBER} enqueuer-user-developer@example.com-run.viewer-myworker`,
    ]);
  });
});
