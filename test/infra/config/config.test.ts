import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { keysOf, parseConfig, readConfig } from "../../../infra/config/config.ts";
import { NO_FILE, originOf } from "../../../infra/config/origin.ts";
import { ConfigError } from "../../../infra/config/errors.ts";
import { thrownBy } from "../../support/thrown-by.ts";
import { secretKeys, untoldSecrets } from "../../../infra/config/secrets.ts";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import { devConfig, standIn } from "../../support/recorded.ts";

const SECRETS = [...secretKeys(SYSTEMS).keys()];
const URL_OF_BRAIN = "https://brain-223080314602.us-central1.run.app";

/** The problems of the dev stack with some values replaced. */
function problemsOf(changes: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    devConfig(changes);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

/** The problems of a stack with one worker. */
function problemsOfWorker(entry: Readonly<Record<string, unknown>>): readonly string[] {
  return problemsOf({ workers: [{ name: "brain", ...entry }] });
}

describe("a stack's config", () => {
  it("derives what it leaves out", () => {
    const { workers, operators } = devConfig({ workers: [{ name: "brain" }] });
    expect({ workers, operators }).to.deep.equal({
      workers: [
        {
          name: "brain",
          queue: "queue-brain",
          deadlineSeconds: 600,
          settings: {},
          url: `${URL_OF_BRAIN}/work`,
          audience: URL_OF_BRAIN,
          target: { kind: "ours", path: "/work", timeoutSeconds: 600 },
        },
      ],
      operators: ["user:developer@example.com"],
    });
  });

  it("takes flags and fractions as the CLI writes them, which is as text", () => {
    const { protectData, workers } = devConfig({
      protectData: "false",
      workers: [{ name: "brain", retry: { minBackoffSeconds: "0.5" } }],
    });
    expect({ protectData, settings: workers[0]?.settings }).to.deep.equal({
      protectData: false,
      settings: { retry: { minBackoffSeconds: 0.5 } },
    });
  });

  it("takes an external worker's service, region and origin as given", () => {
    const url = "https://ocr-abc123-uc.a.run.app/read";
    const { workers } = devConfig({
      workers: [{ name: "ocr", url, service: "ocr-service", region: "europe-west1" }],
    });
    expect(workers).to.deep.equal([
      {
        name: "ocr",
        queue: "queue-ocr",
        deadlineSeconds: 600,
        settings: {},
        url,
        audience: "https://ocr-abc123-uc.a.run.app",
        target: { kind: "external", service: "ocr-service", region: "europe-west1" },
      },
    ]);
  });

  it("is frozen all the way down", () => {
    const config = devConfig();
    const parts = [config, config.workers, config.workers[0], config.workers[0]?.target];
    expect(parts.map((part) => Object.isFrozen(part))).to.deep.equal([true, true, true, true]);
  });

  it("says everything that is wrong at once: key, what was found, how to fix it", () => {
    const values = {
      ...readStackFile("dev"),
      project: "",
      projectNumber: 223080314602,
      region: "Mars",
      developer: undefined,
      systems: ["enqueuer", "pony"],
      protectData: "yes",
      enqueuerCallers: ["allUsers"],
      enqueuerNme: "enqueuer",
      workers: [
        { name: "Brain", deadlineSeconds: 5 },
        { name: "ocr", timeoutSeconds: 60 },
      ],
    };
    expect(() => parseConfig(values, SYSTEMS)).to.throw(
      ConfigError,
      `The stack's config has problems:
  - Pulumi.STACK.yaml: switchyard:project is not set; it must be a project id: 6 to 30 lower-case letters, digits and hyphens.
    Fix: switchyard:project: my-project
    or:  npm run pulumi -- config set -s STACK project my-project
  - Pulumi.STACK.yaml: switchyard:projectNumber is 223080314602; it must be the project's number, digits in quotes.
    Fix: switchyard:projectNumber: "223080314602"
    or:  npm run pulumi -- config set -s STACK projectNumber 223080314602
  - Pulumi.STACK.yaml: switchyard:region is "Mars"; it must be a region like us-central1.
    Fix: switchyard:region: us-central1
    or:  npm run pulumi -- config set -s STACK region us-central1
  - Pulumi.STACK.yaml: switchyard:developer is not set; it must be an email address, without user: before it.
    Fix: switchyard:developer: you@example.com
    or:  npm run pulumi -- config set -s STACK developer you@example.com
  - Pulumi.STACK.yaml: switchyard:systems[1] is "pony"; it must be one of: ${Object.keys(SYSTEMS).join(", ")}.
    Fix: - enqueuer
    or:  npm run pulumi -- config set -s STACK --path 'systems[1]' enqueuer
  - Pulumi.STACK.yaml: switchyard:protectData is "yes"; it must be true or false.
    Fix: switchyard:protectData: true
    or:  npm run pulumi -- config set -s STACK protectData true
  - Pulumi.STACK.yaml: switchyard:enqueuerCallers[0] is "allUsers"; it must be user:EMAIL, group:EMAIL, serviceAccount:EMAIL or domain:NAME; opening the enqueuer to everybody is enqueuerPublic.
    Fix: - user:you@example.com
    or:  npm run pulumi -- config set -s STACK --path 'enqueuerCallers[0]' user:you@example.com
  - Pulumi.STACK.yaml: switchyard:workers[0].name is "Brain"; it must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen.
    Fix: name: brain
    or:  npm run pulumi -- config set -s STACK --path 'workers[0].name' brain
  - Pulumi.STACK.yaml: switchyard:workers[0].deadlineSeconds is 5; it must be between 15 and 1800 seconds.
    Fix: deadlineSeconds: 600
    or:  npm run pulumi -- config set -s STACK --path 'workers[0].deadlineSeconds' 600
  - Pulumi.STACK.yaml: switchyard:enqueuerNme is not known; did you mean switchyard:enqueuerName?
    Fix: write switchyard:enqueuerName in its place
    or:  npm run pulumi -- config rm -s STACK enqueuerNme
  - Pulumi.STACK.yaml: switchyard:workers[1].timeoutSeconds is 60; it must be at least the worker's deadlineSeconds, 600, or its tasks are cut off before their time.
    Fix: timeoutSeconds: 600
    or:  npm run pulumi -- config set -s STACK --path 'workers[1].timeoutSeconds' 600`,
    );
  });

  it("says how to mend the stack that it is told of", async () => {
    const error = await thrownBy(() =>
      parseConfig({ projct: "p" }, SYSTEMS, { ...NO_FILE, stack: "prod" }),
    );
    const { problems } = error as ConfigError;
    expect(problems.length).to.be.greaterThan(5);
    for (const problem of problems) {
      expect(problem).to.match(
        /^Pulumi\.prod\.yaml: .+\nFix: .+(\nor: {2}npm run pulumi -- config (set|rm) -s prod .+)?$/,
      );
    }
  });

  const REFUSED: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
    [
      "a queue id that Cloud Tasks refuses",
      { queue: "my_queue" },
      /^Pulumi\.STACK\.yaml: switchyard:workers\[0\]\.queue /,
    ],
    ["a deadline above half an hour", { deadlineSeconds: 1801 }, /between 15 and 1800 seconds/],
    ["a deadline with a fraction", { deadlineSeconds: 20.5 }, /whole number/],
    ["a timeout above an hour", { timeoutSeconds: 3601 }, /between 1 and 3600 seconds/],
    ["a path that is none", { path: "process" }, /must be a path/],
    ["a path that is taken", { path: "/healthz" }, /are taken/],
    ["a plain http URL", { url: "http://x.example/", service: "x" }, /must be an https URL/],
    [
      "a URL with a user",
      { url: "https://me:secret@x.example/", service: "x" },
      /must have no user, password or fragment/,
    ],
    ["a URL with a fragment", { url: "https://x.example/#top", service: "x" }, /fragment/],
    ["a URL with a blank", { url: "https://x.example/a b", service: "x" }, /an https URL/],
    [
      "a URL longer than Cloud Tasks takes, once it is encoded",
      { url: `https://x.example/${"ñ".repeat(345)}`, service: "x" },
      /at most 2083 characters/,
    ],
    ["a URL of health", { url: "https://x.example/health", service: "x" }, /\/health.* taken/],
    ["a URL below /_ah/", { url: "https://x.example/_ah/x", service: "x" }, /taken/],
    [
      "a region that is none",
      { url: "https://x.example/", service: "x", region: "mars" },
      /\.region is "mars"; it must be a region/,
    ],
    ["an external worker without a service", { url: "https://x.example/" }, /\.service is not set/],
    ["a key of the other kind of worker", { service: "x" }, /\.service is not known/],
    [
      "an audience with a path",
      { audience: `${URL_OF_BRAIN}/` },
      /\.audience .* must be the origin/,
    ],
    ["a rate above Google's", { rateLimits: { maxDispatchesPerSecond: 501 } }, /at most 500/],
    ["a rate of nothing", { rateLimits: { maxDispatchesPerSecond: 0 } }, /above 0/],
    ["more at once than Google allows", { rateLimits: { maxConcurrentDispatches: 5001 } }, /5000/],
    ["no attempt at all", { retry: { maxAttempts: 0 } }, /at least 1, or -1/],
    ["a negative backoff", { retry: { minBackoffSeconds: -1 } }, /not be negative/],
    [
      "a least backoff above the most",
      { retry: { minBackoffSeconds: 9, maxBackoffSeconds: 3 } },
      /3/,
    ],
    ["a sampling ratio above one", { loggingSamplingRatio: 1.1 }, /between 0 and 1/],
    [
      "a name that leaves no room in the host name",
      { name: "b".repeat(51) },
      /at most 50 characters/,
    ],
    ["the enqueuer's own name", { name: "enqueuer" }, /must not be the enqueuer's name/],
    ["a secret, which only Pulumi can read", { path: { secure: "v1:abc" } }, /\.path is encrypted/],
  ];
  for (const [what, entry, sentence] of REFUSED) {
    it(`refuses ${what} in a worker, in one sentence`, () => {
      const problems = problemsOfWorker(entry);
      expect(problems).to.have.length(1);
      expect(problems[0])
        .to.match(sentence)
        .and.to.match(/\nFix: .+\nor: {2}npm run pulumi -- config (set|rm) -s STACK /);
    });
  }

  it("accepts the ends of every range", () => {
    expect(problemsOfWorker({ deadlineSeconds: 15 })).to.deep.equal([]);
    expect(problemsOfWorker({ deadlineSeconds: 1800, timeoutSeconds: 3600 })).to.deep.equal([]);
    expect(problemsOfWorker({ name: "b".repeat(50) })).to.deep.equal([]);
    expect(problemsOfWorker({ audience: URL_OF_BRAIN, queue: "q".repeat(100) })).to.deep.equal([]);
  });

  it("accepts a least backoff that is the most as well", () => {
    const retry = { minBackoffSeconds: 3, maxBackoffSeconds: 3 };
    expect(problemsOfWorker({ retry })).to.deep.equal([]);
  });

  it("refuses a name of the enqueuer that leaves no room in the host name", () => {
    const name = "e".repeat(51);
    expect(problemsOf({ enqueuerName: name })).to.deep.equal([
      `Pulumi.STACK.yaml: switchyard:enqueuerName is "${name}"; it must have at most 50 characters, or Cloud Run gives the service no predictable URL.\nFix: switchyard:enqueuerName: enqueuer\nor:  npm run pulumi -- config set -s STACK enqueuerName enqueuer`,
    ]);
    expect(problemsOf({ enqueuerName: "e".repeat(50) })).to.deep.equal([]);
    // How much room there is depends on the number.
    expect(problemsOf({ enqueuerName: name, projectNumber: "x".repeat(60) })).to.have.length(1);
  });

  it("leaves the name of an external worker as long as it is, since its URL is its own", () => {
    const external = { url: "https://x.example/", service: "x" };
    expect(problemsOfWorker({ name: "b".repeat(63), ...external })).to.deep.equal([]);
  });

  it("refuses a second worker of the same name", () => {
    expect(problemsOf({ workers: [{ name: "brain" }, { name: "brain" }] })).to.deep.equal([
      "Pulumi.STACK.yaml: switchyard:workers[1].name is \"brain\"; it must not be another worker's name.\nFix: name: brain-2\nor:  npm run pulumi -- config set -s STACK --path 'workers[1].name' brain-2",
    ]);
  });

  it("refuses external workers of one service in two regions, where both are known", () => {
    const vision = { url: "https://x.example/", service: "x" };
    const workers = [
      { name: "vision", ...vision, region: "europe-west1" },
      { name: "ocr", ...vision, region: "us-east1" },
    ];
    expect(problemsOf({ workers })).to.have.length(2);
    expect(problemsOf({ region: "Mars", workers })).to.have.length(3);
  });

  it("lets workers share a queue, but only one of them say how it dispatches", () => {
    const rateLimits = { maxDispatchesPerSecond: 5 };
    const sharing = (second: object) =>
      problemsOf({
        workers: [
          { name: "one", queue: "shared", rateLimits },
          { name: "two", queue: "shared", ...second },
        ],
      });
    expect(sharing({})).to.deep.equal([]);
    expect(sharing({ rateLimits })).to.have.length(1);
  });

  it("refuses an external worker whose service this stack makes itself", () => {
    const url = "https://x.example/";
    const workers = [{ name: "brain" }, { name: "other", url, service: "brain" }];
    expect(problemsOf({ workers })).to.have.length(1);
    expect(problemsOf({ workers: [{ name: "other", url, service: "enqueuer" }] })).to.have.length(
      1,
    );
  });

  it("accepts of an external worker what already works", () => {
    for (const url of [
      `https://x.example/${"n".repeat(2083 - 18)}`,
      "https://x.example/quiz?lang=es",
      "https://x.example",
    ]) {
      expect(problemsOfWorker({ url, service: "x" }), url.slice(0, 40)).to.deep.equal([]);
    }
  });

  it("says of an entry all that is wrong: a malformed member hides no other rule", () => {
    const rateLimits = { maxDispatchesPerSecond: 501 };
    const retry = { minBackoffSeconds: 9, maxBackoffSeconds: 3, maxDoublings: -1 };
    const workers = [
      { name: "brain", deadlineSeconds: 700, timeoutSeconds: 60, rateLimits, retry },
      { name: "brain", deadlineSeconds: 5, timeoutSeconds: 60, queue: "queue-brain", rateLimits },
    ];
    expect(problemsOf({ workers }).map((text) => text.replace(/^[^ ]+ |;[^]*/g, ""))).to.deep.equal(
      [
        "switchyard:workers[0].rateLimits.maxDispatchesPerSecond is 501",
        "switchyard:workers[0].retry.maxDoublings is -1",
        "switchyard:workers[1].deadlineSeconds is 5",
        "switchyard:workers[1].rateLimits.maxDispatchesPerSecond is 501",
        "switchyard:workers[0].timeoutSeconds is 60",
        "switchyard:workers[0].retry.minBackoffSeconds is 9",
        'switchyard:workers[1].name is "brain"',
        'switchyard:workers[1].queue is "queue-brain"',
      ],
    );
  });

  it("judges nothing by what is not known", () => {
    const rateLimits = { maxDispatchesPerSecond: 5 };
    const at = (url: string) => ({ url, service: "x", audience: "https://x.example" });
    for (const entry of [
      { name: "Ocr", audience: "https://ocr-223080314602.us-central1.run.app" },
      { name: "ocr", deadlineSeconds: 5, timeoutSeconds: 60 },
      { name: "ocr", queue: "my_queue", rateLimits },
      { name: "ocr", ...at("http://x.example/") },
      { name: "ocr", ...at("https://x.example/"), region: "mars" },
      { audience: "https://ocr-223080314602.us-central1.run.app" },
      "brain",
    ]) {
      const workers = [
        { name: "brain", rateLimits },
        { name: "vision", url: "https://x.example/", service: "x" },
        entry,
      ];
      expect(problemsOf({ workers }), JSON.stringify(entry)).to.have.length(1);
    }
    // Where a service is that names no region depends on the stack's.
    const vision = { url: "https://x.example/", service: "x" };
    const apart = [
      { name: "vision", ...vision, region: "us-central1" },
      { name: "ocr", ...vision },
    ];
    expect(problemsOf({ region: "Mars", workers: apart })).to.have.length(1);
    // The audience of an external worker does not.
    const wrong = [{ name: "vision", ...vision, audience: "https://y.example" }];
    expect(problemsOf({ region: "Mars", workers: wrong })).to.have.length(2);
    const audience = "https://brain-223080314602.us-central1.run.app";
    const workers = [{ name: "brain", audience }];
    expect(problemsOf({ region: "Mars", workers })).to.have.length(1);
    expect(problemsOf({ projectNumber: "x".repeat(60), workers })).to.have.length(1);
  });

  it("says of workers that are no list just that", () => {
    expect(problemsOf({ workers: "brain" })).to.deep.equal([
      "Pulumi.STACK.yaml: switchyard:workers is \"brain\"; it must be a list.\nFix: switchyard:workers: [{ name: brain }]\nor:  npm run pulumi -- config set -s STACK --path 'workers[0].name' brain",
    ]);
  });

  it("takes the enqueuer's body limit up to what Cloud Tasks stores", () => {
    const limit = (enqueuerMaxBodyBytes: unknown) => devConfig({ enqueuerMaxBodyBytes });
    expect(devConfig().enqueuerMaxBodyBytes).to.equal(102_400);
    expect(limit("1048569").enqueuerMaxBodyBytes).to.equal(1_048_569);
    for (const wrong of [0, 1_048_570, 1.5, "100 KB"]) {
      expect(problemsOf({ enqueuerMaxBodyBytes: wrong })[0]).to.match(/ 1 to 1048569\.\nFix/);
    }
  });

  it("refuses an enqueuer without workers", () => {
    expect(problemsOf({ workers: [] })).to.deep.equal([
      "Pulumi.STACK.yaml: switchyard:workers is []; it must name at least one worker.\nFix: switchyard:workers: [{ name: brain }]\nor:  npm run pulumi -- config set -s STACK --path 'workers[0].name' brain",
    ]);
  });

  it("refuses workers that do not fit in the enqueuer's environment", () => {
    const workers = Array.from({ length: 300 }, (_, index) => ({ name: `worker-${index}` }));
    const problems = problemsOf({ workers });
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(
      /32 KiB.*\n.*\nor: {2}npm run pulumi -- config rm -s STACK --path 'workers\[299\]'/,
    );
  });
});

describe("Pulumi.yaml", () => {
  it("gives every key that the program knows a type, a default and a description", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../Pulumi.yaml"), "utf8");
    const { config } = parse(text) as { readonly config: Readonly<Record<string, object>> };
    for (const entry of Object.values(config)) {
      expect(entry).to.include.keys("type", "default", "description");
    }
    expect(Object.keys(config)).to.have.members(Object.keys(devConfig()));
  });
});

describe("the records of keys", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../Pulumi.yaml"), "utf8");
  const { config } = parse(text) as { readonly config: Readonly<Record<string, object>> };
  const typeOf = (value: unknown): string => {
    if (Array.isArray(value)) return "array";
    return typeof value === "number" ? "integer" : typeof value;
  };

  for (const [name, key] of Object.entries(keysOf(SYSTEMS))) {
    it(`say of ${name} what Pulumi.yaml says`, () => {
      expect(config[name]).to.deep.include({
        type: typeOf(key.default),
        default: key.default,
        description: key.description,
      });
    });
  }
});

describe("the config that Pulumi hands over", () => {
  /** Pulumi's form of values: text as it is, anything else as JSON. */
  function handOver(values: Readonly<Record<string, unknown>>): void {
    const entries = Object.entries(values).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig(
      Object.fromEntries(entries) as Record<string, string>,
      // What Pulumi.yaml says by default is no secret.
      SECRETS.map((key) => `switchyard:${key}`).filter((key) => values[key] !== ""),
    );
  }

  /** The stack's file with values in place of its secrets, as the CLI hands them over. */
  function devValues(): Record<string, unknown> {
    const secrets = untoldSecrets(readStackFile("dev"), SYSTEMS).map((key) => [key, standIn(key)]);
    return { ...readStackFile("dev"), ...Object.fromEntries(secrets) } as Record<string, unknown>;
  }

  function ofProject(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`switchyard:${key}`, value]),
    );
  }

  afterEach(() => {
    pulumi.runtime.setAllConfig({});
  });

  it("is the same as the one in the stack's file", () => {
    handOver({ ...ofProject(devValues()), "gcp:project": "someone-elses" });
    expect(readConfig(SYSTEMS)).to.deep.equal(devConfig());
  });

  it("is refused where a value is no JSON, with the key's name", () => {
    handOver(ofProject({ ...devValues(), protectData: "yes", workers: "[{" }));
    expect(() => readConfig(SYSTEMS)).to.throw(
      ConfigError,
      /switchyard:protectData is "yes"[^]*\n.*switchyard:workers is "\[\{"; it must be a list/,
    );
  });

  it("is refused where a key is misspelt", () => {
    handOver(ofProject({ ...devValues(), regoin: "us-central1" }));
    expect(() => readConfig(SYSTEMS)).to.throw(ConfigError, "switchyard:regoin is not known");
  });
});

describe("a stack's file", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "switchyard-stack-"));
    write(
      "Pulumi.yaml",
      "name: switchyard\nconfig:\n  region: {type: string, default: us-central1}\n  systems: {type: array, default: [enqueuer]}\n",
    );
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  function write(file: string, text: string): void {
    writeFileSync(join(root, file), text);
  }

  it("overrides the project's defaults and leaves other namespaces out", () => {
    write("Pulumi.x.yaml", "config:\n  switchyard:region: europe-west1\n  gcp:project: other\n");
    expect(readStackFile("x", root)).to.deep.equal({
      region: "europe-west1",
      systems: ["enqueuer"],
    });
  });

  it("may leave our namespace out, and keeps what nobody reads, to be refused", () => {
    write("Pulumi.x.yaml", "config:\n  region: europe-west1\n  aws:region: mars\n");
    expect(readStackFile("x", root)).to.deep.equal({
      region: "europe-west1",
      systems: ["enqueuer"],
      "aws:region": "mars",
    });
  });

  it("may hold what Pulumi puts beside the config", () => {
    write("Pulumi.x.yaml", "config:\nencryptionsalt: v1:abc\nsecretsprovider: passphrase\n");
    expect(readStackFile("x", root).region).to.equal("us-central1");
  });

  it("is asked for by a name that is meant", () => {
    write("Pulumi.prod.yaml", "");
    expect(() => readStackFile("prd", root)).to.throw(
      ConfigError,
      "Pulumi.prd.yaml does not exist. Did you mean prod? There is prod.",
    );
  });

  it("is where each problem is, by line", async () => {
    write(
      "Pulumi.x.yaml",
      `config:
  region: Mars
  switchyard:projectNumber: 12
  gpc:project: mine
  aws:region: mars
  switchyard:workers:
    - name: brain
      deadlineSecond: 5
    - name: Brain
      retry:
        maxAttempts: 0
  switchyrd:projct: p
`,
    );
    const parse = () => parseConfig(readStackFile("x", root), SYSTEMS, originOf("x", root));
    const { problems } = (await thrownBy(parse)) as ConfigError;
    const said = problems.map((problem) => problem.split(/[;\n]/).slice(0, 2).join(";"));
    expect(said.filter((text) => !text.includes("is not set"))).to.deep.equal([
      "Pulumi.x.yaml:3: switchyard:projectNumber is 12; it must be the project's number, digits in quotes.",
      'Pulumi.x.yaml:2: switchyard:region is "Mars"; it must be a region like us-central1.',
      "Pulumi.x.yaml:8: switchyard:workers[0].deadlineSecond is not known; did you mean deadlineSeconds?",
      'Pulumi.x.yaml:9: switchyard:workers[1].name is "Brain"; it must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen.',
      "Pulumi.x.yaml:11: switchyard:workers[1].retry.maxAttempts is 0; it must be at least 1, or -1 for no limit.",
      "Pulumi.x.yaml:4: gpc:project is not known; did you mean gcp:project?",
      "Pulumi.x.yaml:5: aws:region is not known; did you mean switchyard:region?",
      "Pulumi.x.yaml:12: switchyrd:projct is not known; did you mean switchyard:project?",
    ]);
    expect(said[0]).to.match(/^Pulumi\.x\.yaml: switchyard:project is not set/);
  });

  it("may be empty", () => {
    write("Pulumi.x.yaml", "");
    expect(readStackFile("x", root)).to.deep.equal({
      region: "us-central1",
      systems: ["enqueuer"],
    });
  });

  it("keeps a secret as Pulumi wrote it", () => {
    write("Pulumi.x.yaml", "config:\n  switchyard:region: {secure: v1:abc}\n");
    expect(readStackFile("x", root).region).to.deep.equal({ secure: "v1:abc" });
  });

  const BROKEN: readonly [string, string | undefined, RegExp][] = [
    [
      "is missing",
      undefined,
      /Pulumi\.x\.yaml does not exist\. There are none\. To make it: npm run pulumi -- stack init x/,
    ],
    ["is no YAML", "config: [", /Pulumi\.x\.yaml is not YAML/],
    ["is a list", "- config", /not what Pulumi writes:\n {2}- The file must be a group of keys/],
    [
      "has a key of its own",
      "confg: {}",
      /\n {2}- Pulumi\.x\.yaml:1: confg is not known; did you mean config\?$/,
    ],
    [
      "has a key beside its config",
      "config:\nswitchyard:region: mars",
      /\n {2}- Pulumi\.x\.yaml:2: switchyard:region is not known here; it must stand below config:, indented\.$/,
    ],
    [
      "is something else",
      "config: 5",
      /Pulumi\.x\.yaml is not what Pulumi writes:\n {2}- Pulumi\.x\.yaml:1: config must be/,
    ],
  ];
  for (const [how, text, message] of BROKEN) {
    it(`is refused with its name where it ${how}`, () => {
      if (text !== undefined) write("Pulumi.x.yaml", text);
      expect(() => readStackFile("x", root)).to.throw(ConfigError, message);
    });
  }
});
