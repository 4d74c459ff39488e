import { inspect } from "node:util";
import { expect } from "chai";
import { nodeVariables } from "../../../infra/components/node-variables.ts";
import { declared, ProgramProblems, sliceOf } from "../../../local/declared/declared.ts";
import { secrets } from "../../../local/google/secrets/declared.ts";
import { tasks } from "../../../local/google/tasks/declared.ts";
import type { Recording, Registration } from "../../../local/declared/record.ts";
import { recorded } from "../../support/recorded.ts";

const PROJECT = "switchyard-dev";
const EMAILS = "switchyard-dev.iam.gserviceaccount.com";
const LOCATION = `projects/${PROJECT}/locations/us-central1`;
const QUEUE_MEMBER = "gcp:cloudtasks/queueIamMember:QueueIamMember";
const FUNCTION = "gcp:cloudfunctionsv2/function:Function";

describe("declared", () => {
  let dev: Recording;
  before(async () => {
    dev = await recorded({ systems: ["enqueuer"] });
  });

  function resource(type: string, inputs: Record<string, unknown>): Registration {
    return {
      urn: `urn:pulumi:dev::switchyard::${type}::added`,
      type,
      name: "added",
      isCustom: true,
      inputs,
      secretInputs: [],
      parent: "",
      dependencies: [],
      isProtected: false,
    };
  }

  function problems(recording: Recording): readonly string[] {
    try {
      declared(recording);
    } catch (error) {
      if (error instanceof ProgramProblems) return error.problems;
      throw error;
    }
    return [];
  }

  function problemsWith(...added: Registration[]): readonly string[] {
    return problems({ ...dev, registrations: [...dev.registrations, ...added] });
  }

  /** The recording with the inputs of the resources of one type changed. */
  function changed(type: string, change: (inputs: Registration["inputs"]) => object): Recording {
    const registrations = dev.registrations.map((registration) =>
      registration.type === type
        ? { ...registration, inputs: change(registration.inputs) as Registration["inputs"] }
        : registration,
    );
    return { ...dev, registrations };
  }

  it("refuses what the program declares twice, whatever it is", () => {
    const again = dev.registrations.filter(
      ({ type, inputs }) =>
        [inputs.name, inputs.accountId].some((name) =>
          ["queue-brain", "enqueuer-api", "brain"].includes(String(name)),
        ) &&
        !type.includes("IamMember") &&
        !type.includes("IAMMember"),
    );
    expect(problemsWith(...again)).to.have.members([
      "The program declares the service brain twice.",
      `The program declares the service account enqueuer-api@${EMAILS} twice.`,
      `The program declares the queue ${LOCATION}/queues/queue-brain twice.`,
    ]);
  });

  describe("of a stack of the enqueuer", () => {
    it("has place, people, queues, workers and entry point", () => {
      const { services, bindings, ...rest } = declared(dev);
      expect(services).to.have.length(4);
      expect(bindings).to.have.length(17);
      const account = (id: string): object => ({ id, email: `${id}@${EMAILS}` });
      expect(rest).to.deep.equal({
        projectId: PROJECT,
        projectNumber: "223080314602",
        region: "us-central1",
        developer: "user:developer@example.com",
        customRoles: {},
        serviceAccounts: [
          account("function-builder"),
          account("enqueuer-api"),
          account("tasks-dispatcher"),
          account("sample-worker"),
        ],
        slices: {
          project: {},
          iam: { "custom role": [] },
          artifacts: {},
          run: {},
          secrets: { secret: [], "secret version": [] },
          storage: {
            bucket: ["function-sources", "worker-deliveries"].map((id) => ({
              name: `${PROJECT}-${id}`,
              location: "us-central1",
              uniformBucketLevelAccess: true,
              publicAccessPrevention: "enforced",
              lifecycle:
                id === "worker-deliveries" ? [{ ageDays: 32, matchesPrefix: ["deliveries/"] }] : [],
              softDeleteSeconds: id === "worker-deliveries" ? 0 : 604_800,
            })),
          },
          sts: {},
          pubsub: { topic: [], subscription: [] },
          tasks: {
            queue: [
              { name: `${LOCATION}/queues/queue-brain` },
              { name: `${LOCATION}/queues/queue-testimonios` },
              { name: `${LOCATION}/queues/queue-transcripciones` },
            ],
          },
        },
        standIns: [],
        outside: { enqueuer: { "external worker": [] } },
        entryPoints: dev.platform.entryPoints,
      });
    });

    it("has each function as it would be deployed", () => {
      const brain = declared(dev).services.find(({ name }) => name === "brain");
      const { source, folder, ...rest } = brain ?? { source: "", folder: "" };
      expect(source).to.match(/^switchyard-dev-function-sources\/worker-[0-9a-f]{64}\.zip$/);
      expect(folder).to.match(/\/dist\/worker$/);
      expect(rest).to.deep.equal({
        name: "brain",
        role: "worker",
        region: "us-central1",
        url: "https://brain-223080314602.us-central1.run.app",
        serviceAccount: `sample-worker@${EMAILS}`,
        start: { entryPoint: "worker" },
        env: {
          AUDIENCE: "https://brain-223080314602.us-central1.run.app",
          CALLER_SA: `tasks-dispatcher@${EMAILS}`,
          DELIVERIES_BUCKET: "switchyard-dev-worker-deliveries",
          ...nodeVariables("512Mi"),
          PRIVATE: "true",
          WORKER_NAME: "brain",
          WORKER_PATH: "/process",
        },
        secretEnv: {},
        labels: { role: "worker", system: "enqueuer" },
        timeoutSeconds: 700,
        concurrency: 80,
        maxInstances: 100,
        memory: "512Mi",
        cpu: "1",
      });
    });

    it("has the rows of our accounts and of Google's agents, and none for deploying", () => {
      const { bindings } = declared(dev);
      expect(bindings.filter(({ kind }) => kind === "google")).to.deep.equal([
        {
          member: "serviceAccount:service-223080314602@gcp-sa-cloudtasks.iam.gserviceaccount.com",
          role: "roles/cloudtasks.serviceAgent",
          resource: `projects/${PROJECT}`,
          kind: "google",
        },
      ]);
      expect(bindings.filter(({ member }) => member.includes("function-builder"))).to.deep.equal(
        [],
      );
      expect(bindings).to.deep.include({
        member: `serviceAccount:enqueuer-api@${EMAILS}`,
        role: "roles/iam.serviceAccountUser",
        resource: `projects/${PROJECT}/serviceAccounts/tasks-dispatcher@${EMAILS}`,
        kind: "role",
      });
    });
  });

  describe("of a program with secrets", () => {
    const name = `projects/${PROJECT}/secrets/token`;
    const SECRET = "gcp:secretmanager/secret:Secret";
    const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
    const secret = resource(SECRET, {
      secretId: "token",
      project: PROJECT,
      labels: { system: "x" },
      replication: { auto: {} },
    });
    const version = resource(VERSION, {
      secret: name,
      secretData: "tell nobody",
      deletionPolicy: "DISABLE",
    });
    const withSecrets = (...added: Registration[]): Recording => ({
      ...dev,
      registrations: [...dev.registrations, ...added],
    });

    it("has their values, which it does not show", () => {
      const made = declared(withSecrets(secret, version));
      expect(
        sliceOf(made, secrets)["secret version"].map(({ value }) => value.reveal()),
      ).to.deep.equal(["tell nobody"]);
      expect(sliceOf(made, secrets).secret).to.deep.equal([{ name, labels: { system: "x" } }]);
      expect(inspect(made, { depth: 9 }) + JSON.stringify(made)).not.to.include("tell nobody");
    });

    it("has a secret without a version", () => {
      expect(sliceOf(declared(withSecrets(secret)), secrets)).to.deep.equal({
        secret: [{ name, labels: { system: "x" } }],
        "secret version": [],
      });
    });

    it("has the variables of functions that hold them", () => {
      const recording = changed(FUNCTION, ({ serviceConfig, ...inputs }) => ({
        ...inputs,
        serviceConfig: {
          ...(serviceConfig as object),
          secretEnvironmentVariables: [
            { key: "TOKEN", projectId: PROJECT, secret: "token", version: "latest" },
            { key: "OLD", projectId: PROJECT, secret: "token", version: "2" },
          ],
        },
      }));
      expect(declared(recording).services[0]?.secretEnv).to.deep.equal({
        TOKEN: `${name}/versions/latest`,
        OLD: `${name}/versions/2`,
      });
    });

    it("has their bindings", () => {
      const member = `serviceAccount:enqueuer-api@${EMAILS}`;
      const role = "roles/secretmanager.secretAccessor";
      const bound = resource("gcp:secretmanager/secretIamMember:SecretIamMember", {
        project: PROJECT,
        secretId: "token",
        role,
        member,
      });
      expect(problemsWith(bound)).to.deep.equal([
        `${member} has ${role} on ${name}, but no row of the access matrix says so.`,
      ]);
    });

    it("needs the secret of a version, and one version of each", () => {
      expect(problemsWith(version)).to.deep.equal([
        `A version of ${name}: no such secret is declared.`,
      ]);
      expect(problemsWith(secret, version, version)).to.deep.equal([
        `The program declares the secret version ${name} twice.`,
      ]);
    });

    it("refuses what it would not honour, without showing a value", () => {
      const kept = { ...version, inputs: { ...version.inputs, deletionPolicy: "ABANDON" } };
      const [problem = "", ...more] = problemsWith(secret, kept);
      expect([problem.includes("deletionPolicy"), problem.includes("tell"), more]).to.deep.equal([
        true,
        false,
        [],
      ]);
    });
  });

  it("keeps the settings of a queue, in seconds and nanoseconds where they are durations", async () => {
    const worker = {
      name: "brain",
      path: "/process",
      deadlineSeconds: 700,
      rateLimits: { maxDispatchesPerSecond: 5, maxConcurrentDispatches: 50 },
      retry: { maxAttempts: 7, minBackoffSeconds: 0.5, maxBackoffSeconds: 60 },
      loggingSamplingRatio: 1,
    };
    const recording = await recorded({ systems: ["enqueuer"], workers: [worker] });
    expect(sliceOf(declared(recording), tasks).queue).to.deep.equal([
      {
        name: `${LOCATION}/queues/queue-brain`,
        rateLimits: { maxDispatchesPerSecond: 5, maxConcurrentDispatches: 50 },
        retryConfig: {
          maxAttempts: 7,
          minBackoff: { seconds: 0, nanos: 500_000_000 },
          maxBackoff: { seconds: 60, nanos: 0 },
        },
        stackdriverLoggingConfig: { samplingRatio: 1 },
      },
    ]);
  });

  it("refuses a type that local mode does not know", () => {
    expect(problemsWith(resource("gcp:compute/network:Network", { name: "t" }))).to.deep.equal([
      'gcp:compute/network:Network "added": local mode does not know this type. Let a service in local/google declare it, be it as without local meaning.',
    ]);
  });

  it("refuses a field that local mode does not honour", () => {
    const type = "gcp:cloudtasks/queue:Queue";
    const queue = { name: "q", location: "us-central1", project: PROJECT, httpTarget: {} };
    const [problem, ...more] = problemsWith(resource(type, queue));
    expect(more).to.deep.equal([]);
    expect(problem).to.match(/^gcp:cloudtasks\/queue:Queue "added": httpTarget: /);
  });

  it("refuses a binding with a condition that its row does not have", () => {
    const member = {
      name: "queue-brain",
      location: "us-central1",
      project: PROJECT,
      role: "roles/cloudtasks.viewer",
      member: "user:a@example.com",
      condition: { title: "office hours", expression: "true" },
    };
    expect(problemsWith(resource(QUEUE_MEMBER, member))).to.deep.equal([
      `user:a@example.com has roles/cloudtasks.viewer on ${LOCATION}/queues/queue-brain, if office hours: true, but no row of the access matrix says so.`,
      `The condition "office hours" of roles/cloudtasks.viewer on ${LOCATION}/queues/queue-brain for user:a@example.com: the policy of a queue takes no conditions.`,
    ]);
  });

  for (const type of [
    "gcp:projects/iAMBinding:IAMBinding",
    "gcp:projects/iAMPolicy:IAMPolicy",
    "gcp:serviceaccount/iAMBinding:IAMBinding",
    "gcp:cloudtasks/queueIamPolicy:QueueIamPolicy",
    "gcp:storage/bucketIAMBinding:BucketIAMBinding",
    "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
  ]) {
    it(`refuses ${type}`, () => {
      expect(problemsWith(resource(type, {}))).to.deep.equal([
        `${type} "added": an authoritative binding replaces members that others have added, Google's own agents among them. Add one IAM member per row instead.`,
      ]);
    });
  }

  it("refuses a binding without a row", () => {
    const binding = {
      name: "queue-brain",
      location: "us-central1",
      project: PROJECT,
      role: "roles/cloudtasks.viewer",
      member: "user:a@example.com",
    };
    expect(problemsWith(resource(QUEUE_MEMBER, binding))).to.deep.equal([
      `user:a@example.com has roles/cloudtasks.viewer on ${LOCATION}/queues/queue-brain, but no row of the access matrix says so.`,
    ]);
  });

  for (const kind of ["role", "deploy"] as const) {
    it(`refuses a ${kind} row without a binding`, () => {
      const row = {
        kind,
        system: "enqueuer",
        principal: "user:a@example.com",
        role: "roles/run.viewer",
        resource: `${LOCATION}/services/brain`,
        why: "looks",
        source: "a test",
      };
      const platform = { ...dev.platform, rows: [...dev.platform.rows, row] };
      expect(problems({ ...dev, platform })).to.deep.equal([
        `The row "user:a@example.com roles/run.viewer on ${LOCATION}/services/brain" has no resource in the program.`,
      ]);
    });
  }

  it("refuses a role whose permissions are not known", () => {
    const role = "roles/cloudtasks.somethingNew";
    const recording = changed(QUEUE_MEMBER, (inputs) => ({ ...inputs, role }));
    const rows = dev.platform.rows.map((row) =>
      row.resource.includes("/queues/") ? { ...row, role } : row,
    );
    expect(problems({ ...recording, platform: { ...dev.platform, rows } })).to.deep.equal([
      `The permissions of ${role} are not known. Add the role to its service's roles.ts in local/google.`,
    ]);
  });

  it("refuses a function whose archive is not declared", () => {
    const registrations = dev.registrations.filter(({ name }) => name !== "enqueuer-source");
    const [problem, ...more] = problems({ ...dev, registrations });
    expect(more).to.deep.equal([]);
    expect(problem).to.match(
      /^Service enqueuer: no archive switchyard-dev-function-sources\/enqueuer-[0-9a-f]{64}\.zip is declared\.$/,
    );
  });

  it("tells all problems at once, in one message", () => {
    const registrations = [
      ...dev.registrations,
      resource("gcp:compute/network:Network", {}),
      resource("gcp:projects/iAMPolicy:IAMPolicy", {}),
    ];
    expect(() => declared({ ...dev, registrations })).to.throw(
      ProgramProblems,
      /^This program cannot run locally:\n {2}- gcp:compute.*\n {2}- gcp:projects\/iAMPolicy.*$/,
    );
  });

  it("knows every type that the program declares", () => {
    const types = new Set(dev.registrations.filter(({ isCustom }) => isCustom).map((r) => r.type));
    expect([...types]).to.include(FUNCTION);
    expect(problems(dev)).to.deep.equal([]);
  });
});
