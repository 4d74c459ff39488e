import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { FunctionRole } from "../../../infra/components/function.ts";
import { nodeVariables } from "../../../infra/components/node-variables.ts";
import { Project } from "../../../infra/components/project.ts";
import { ManagedSecret } from "../../../infra/google/secrets/secret.ts";
import { ServiceAccount } from "../../../infra/google/iam/service-account.ts";
import { Source } from "../../../infra/components/source.ts";
import { parseConfig, readConfig } from "../../../infra/config/config.ts";
import { ConfigError } from "../../../infra/config/errors.ts";
import { Secret } from "../../../infra/secret.ts";
import { readSecrets, untoldSecrets, withPlaceholders } from "../../../infra/config/secrets.ts";
import { readStackFile } from "../../../infra/config/stack-file.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import { recordProgram } from "../../../local/declared/record.ts";
import { devConfig, standIn } from "../../support/recorded.ts";
import { thrownBy } from "../../support/thrown-by.ts";

type FunctionRoleArgs = ConstructorParameters<typeof FunctionRole>[1];

const WEBHOOK_SECRET = "sixteen letters!";
const ALL = ["enqueuer", "plan-runner"];

describe("a secret", () => {
  const secret = new Secret(WEBHOOK_SECRET);

  it("is shown to nobody who does not ask for it", () => {
    const holder = Object.freeze({ secret });
    const shown = [
      String(secret),
      JSON.stringify(holder),
      inspect(holder),
      inspect(secret, { showHidden: true }),
    ];
    expect(shown).to.deep.equal([
      "[secret]",
      '{"secret":"[secret]"}',
      "{ secret: [secret] }",
      "[secret]",
    ]);
    expect(secret.reveal()).to.equal(WEBHOOK_SECRET);
  });

  it("that stands for one has no value, and is not empty", () => {
    expect(Secret.PLACEHOLDER.isEmpty).to.equal(false);
    expect(() => Secret.PLACEHOLDER.reveal()).to.throw("no values of secrets");
  });
});

describe("the secrets of a stack's config", () => {
  function problemsOf(values: Readonly<Record<string, unknown>>): readonly string[] {
    return readSecrets(values, SYSTEMS).problems;
  }

  it("are required by the systems that use them", () => {
    expect(untoldSecrets({ systems: ["enqueuer"] }, SYSTEMS)).to.deep.equal([]);
    expect(untoldSecrets({ systems: ALL }, SYSTEMS)).to.deep.equal([
      "githubWebhookSecret",
      "githubAppPrivateKey",
    ]);
    expect(problemsOf({ systems: ["enqueuer"], githubWebhookSecret: "" })).to.deep.equal([]);
    expect(problemsOf({ systems: ALL, githubWebhookSecret: "" })).to.deep.equal([
      "Pulumi.STACK.yaml: switchyard:githubWebhookSecret is not set; it must have at least 16 characters, and be a secret.\nFix: npm run pulumi -- config set -s STACK --secret githubWebhookSecret",
      "Pulumi.STACK.yaml: switchyard:githubAppPrivateKey is not set; it must be an RSA private key in PEM form, as GitHub hands it out for an App, and be a secret.\nFix: npm run pulumi -- config set -s STACK --secret githubAppPrivateKey < app.private-key.pem",
    ]);
  });

  it("may be left out where their system can do without, and then nobody makes one up", () => {
    const values = { systems: ["scenarioforge"] };
    expect(untoldSecrets(values, SYSTEMS)).to.deep.equal([
      "scenarioGeminiApiKey",
      "scenarioSealKey",
    ]);
    const { secrets, problems } = readSecrets(values, SYSTEMS);
    expect(problems.filter((problem) => problem.includes("scenarioApiKeys"))).to.deep.equal([]);
    expect(secrets.scenarioApiKeys?.isEmpty).to.equal(true);
    const encrypted = { ...values, scenarioApiKeys: { secure: "v1:abc" } };
    expect(untoldSecrets(encrypted, SYSTEMS)).to.include("scenarioApiKeys");
    expect(problemsOf({ scenarioApiKeys: new Secret("[]") })).to.have.lengthOf(1);
  });

  it("are refused in plain text and where they will not do, and are not shown then", () => {
    const ed25519 = generateKeyPairSync("ed25519", {
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
    }).privateKey;
    for (const [key, value, how] of [
      ["githubWebhookSecret", WEBHOOK_SECRET, "is in plain text"],
      ["githubWebhookSecret", { secure: "v1:abc" }, "is encrypted, and cannot be read here"],
      ["githubWebhookSecret", new Secret("fifteen letters"), "has a value that will not do"],
      ["githubAppPrivateKey", new Secret("-----BEGIN"), "has a value that will not do"],
      ["githubAppPrivateKey", new Secret(ed25519), "has a value that will not do"],
    ] as const) {
      const [problem = "", ...more] = problemsOf({ [key]: value });
      expect(problem).to.match(
        new RegExp(
          `^Pulumi\\.STACK\\.yaml: switchyard:${key} ${how}; .*\nFix: .*config set -s STACK --secret`,
        ),
      );
      expect(problem).not.to.match(/sixteen|fifteen|BEGIN/);
      expect(more).to.deep.equal([]);
    }
  });

  it("are refused with all that is wrong besides", () => {
    const values = { ...readStackFile("dev"), region: "Mars", githubWebhookSecret: "plain" };
    expect(() => parseConfig(values, SYSTEMS)).to.throw(
      ConfigError,
      /region is "Mars"[^]*\n.*githubWebhookSecret is in plain text/,
    );
  });

  it("may have the line breaks of a key written out", () => {
    const pem = standIn("githubAppPrivateKey");
    const written = new Secret(pem.replaceAll("\n", "\\n"));
    expect(devConfig({ githubAppPrivateKey: written }).githubAppPrivateKey.reveal()).to.equal(pem);
  });

  it("that the stack's file does not tell are the encrypted ones and the absent ones that are required", () => {
    const secure = { secure: "v1:abc" };
    expect(untoldSecrets({ systems: ["enqueuer"] }, SYSTEMS)).to.deep.equal([]);
    expect(untoldSecrets({ systems: [], githubAppPrivateKey: secure }, SYSTEMS)).to.deep.equal([
      "githubAppPrivateKey",
    ]);
    const set = { systems: ALL, githubWebhookSecret: new Secret(WEBHOOK_SECRET) };
    expect(untoldSecrets(set, SYSTEMS)).to.deep.equal(["githubAppPrivateKey"]);
  });

  it("need no value for commands that look at none", () => {
    const secure = { secure: "v1:abc" };
    const enqueuer = { ...readStackFile("dev"), systems: ["enqueuer"] };
    const values = withPlaceholders({ ...enqueuer, githubAppPrivateKey: secure }, SYSTEMS);
    const { githubAppPrivateKey, githubWebhookSecret } = parseConfig(values, SYSTEMS);
    expect([githubAppPrivateKey.isPlaceholder, githubWebhookSecret.reveal()]).to.deep.equal([
      true,
      "",
    ]);
    const plain = withPlaceholders({ ...enqueuer, githubWebhookSecret: "plain" }, SYSTEMS);
    expect(() => parseConfig(plain, SYSTEMS)).to.throw(ConfigError, "in plain text");
  });

  describe("that Pulumi hands over", () => {
    function handOver(secretKeys: readonly string[]): void {
      const values = {
        ...readStackFile("dev"),
        systems: ["enqueuer"],
        githubWebhookSecret: WEBHOOK_SECRET,
      };
      const entries = Object.entries(values).map(([key, value]) => [
        `switchyard:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
      pulumi.runtime.setAllConfig(Object.fromEntries(entries) as Record<string, string>, [
        ...secretKeys,
      ]);
    }

    afterEach(() => pulumi.runtime.setAllConfig({}));

    it("are read where they were set as secrets", () => {
      handOver(["switchyard:githubWebhookSecret"]);
      expect(readConfig(SYSTEMS).githubWebhookSecret.reveal()).to.equal(WEBHOOK_SECRET);
    });

    it("are refused where they were set in plain text", () => {
      handOver([]);
      expect(() => readConfig(SYSTEMS)).to.throw(
        ConfigError,
        "githubWebhookSecret is in plain text",
      );
    });
  });
});

const PLACE = { project: "switchyard-dev", projectNumber: "223080314602", region: "us-central1" };

describe("a function with secrets in its environment", () => {
  /** What a function registers as its service's settings. */
  async function serviceConfig(args: {
    readonly env: Readonly<Record<string, string>>;
    readonly secretEnv?: FunctionRoleArgs["secretEnv"];
  }): Promise<Readonly<Record<string, unknown>>> {
    const registrations = await recordProgram("dev", () => {
      const project = new Project("project", { place: PLACE, apis: [], agents: [] });
      const within = { parent: project, dependsOn: [] };
      const account = new ServiceAccount(
        "account",
        { id: "some-account", description: "x", place: PLACE },
        within,
      );
      const bundle = {
        role: "worker",
        folder: import.meta.dirname,
        hash: "0".repeat(64),
        inputs: [],
      };
      const source = new Source("source", { bundle, project }, within);
      new FunctionRole(
        "fn",
        {
          system: "x",
          functionName: "fn",
          description: "x",
          place: PLACE,
          project,
          source,
          account,
          timeoutSeconds: 60,
          concurrency: 1,
          memory: "512Mi",
          cpu: "1",
          ...args,
        },
        within,
      );
    });
    const fn = registrations.find(({ type }) => type === "gcp:cloudfunctionsv2/function:Function");
    return fn?.inputs.serviceConfig as Record<string, unknown>;
  }

  it("names them, and holds no value", async () => {
    const secretEnv = {
      TOKEN: { secret: "token", version: "latest" },
      OLD: { secret: "token", version: 2 },
    } as const;
    const config = await serviceConfig({ env: { A: "1" }, secretEnv });
    expect(config.environmentVariables).to.deep.equal({
      ...nodeVariables("512Mi"),
      A: "1",
    });
    const project = { projectId: PLACE.project, secret: "token" };
    expect(config.secretEnvironmentVariables).to.deep.equal([
      { key: "TOKEN", ...project, version: "latest" },
      { key: "OLD", ...project, version: "2" },
    ]);
  });

  it("has no such setting where there are none", async () => {
    expect(await serviceConfig({ env: {} })).not.to.have.property("secretEnvironmentVariables");
  });

  it("refuses a variable that is plain and secret at once", async () => {
    const secretEnv = { A: { secret: "token", version: "latest" } } as const;
    const error = await thrownBy(() => serviceConfig({ env: { A: "1" }, secretEnv }));
    expect(String(error)).to.include("A cannot be in `env` and in `secretEnv`");
  });
});

describe("a managed secret", () => {
  it("is a secret with one version, whose value is marked as a secret", async () => {
    const args = { system: "x", id: "webhook", place: PLACE, value: new Secret(WEBHOOK_SECRET) };
    let name = "";
    const registrations = await recordProgram("dev", () => {
      name = new ManagedSecret("x-webhook", args, { protect: true }).resourceName;
    });
    expect(name).to.equal("projects/switchyard-dev/secrets/webhook");
    const [secret, version] = registrations.filter(({ isCustom }) => isCustom);
    expect(secret?.inputs).to.deep.equal({
      secretId: "webhook",
      project: "switchyard-dev",
      labels: { system: "x" },
      replication: { auto: {} },
    });
    expect(version?.inputs).to.deep.equal({
      secret: name,
      secretData: WEBHOOK_SECRET,
      deletionPolicy: "DISABLE",
    });
    expect([secret?.secretInputs, version?.secretInputs]).to.deep.equal([[], ["secretData"]]);
    expect([secret?.isProtected, version?.isProtected]).to.deep.equal([true, true]);
    expect(version?.dependencies).to.deep.equal([secret?.urn]);
  });
});
