import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { Executor } from "../../support/plan-executor/executor.ts";
import type { Answer } from "../../support/plan-executor/executor.ts";
import type { TreeFile } from "../../support/plan-executor/tarball.ts";
import { needsIsolation } from "../../support/plan-executor/isolation.ts";
import { TOFU, needsTofu } from "../../support/tofu.ts";

const DATA = 'resource "terraform_data" "x" {\n  input = "hello"\n}\n';

describe("plan-executor with OpenTofu", function () {
  needsTofu(this);
  let executor: Executor;
  let temporary: string;

  before(async () => {
    temporary = await realpath(await mkdtemp(path.join(tmpdir(), "real-tofu-")));
    executor = await Executor.start({
      TOFU_BIN: TOFU ?? "",
      TMPDIR: temporary,
      // Of the role itself: nothing that runs in it may see this.
      PARENT_SECRET: "the-parents-own-secret",
      PLAN_ENVIRONMENT: JSON.stringify({
        TF_VAR_region: "europe",
        TF_VAR_db: '{ password = "s3same-from-the-stack" }',
      }),
    });
  });

  after(async () => {
    await executor.stop();
    await rm(temporary, { recursive: true, force: true });
  });

  const planOf = async (
    files: Readonly<Record<string, TreeFile>>,
    work: Parameters<Executor["plan"]>[0] = {},
  ): Promise<Answer> => {
    executor.serve(files);
    const { status, body, text } = await executor.plan(work);
    expect(status, text).to.equal(200);
    return body;
  };

  it("plans a module, and counts what it would do", async () => {
    const body = await planOf({ "main.tf": DATA });
    expect(body).to.include({ outcome: "planned", omitted_bytes: 0 });
    if (body.outcome !== "planned") throw new Error(body.outcome);
    expect(body.text).to.include("Plan: 1 to add, 0 to change, 0 to destroy.");
    expect(body.summary).to.deep.equal({
      add: 1,
      change: 0,
      destroy: 0,
      replace: 0,
      import: 0,
      forget: 0,
      move: 0,
      drift: 0,
      outputs: 0,
      destroys: [],
      violations: [],
      failed_checks: 0,
      failures: [],
      warnings: 0,
    });
    expect(body).not.to.have.property("warnings");
    expect(body.timings.tofu_plan_ms).to.be.greaterThan(0);
  });

  it("plans a directory with a module beside it, in a workspace, with a variable file", async () => {
    const body = await planOf(
      {
        "envs/prod/main.tf":
          'module "m" {\n  source = "../../m"\n  v = "${var.v} ${terraform.workspace}"\n}\nvariable "v" {}\n',
        "envs/prod/prod.tfvars": 'v = "from the file"\n',
        "m/main.tf": 'variable "v" {}\nresource "terraform_data" "x" {\n  input = var.v\n}\n',
      },
      { dir: "envs/prod", workspace: "blue", var_files: ["prod.tfvars"] },
    );
    expect(body).to.have.property("text").that.includes('"from the file blue"');
  });

  for (const workspace of ["team@prod", "a+b", "x$y&z=:", "-x"]) {
    it(`plans in the workspace ${workspace}`, async () => {
      const body = await planOf(
        { "main.tf": 'output "o" {\n  value = terraform.workspace\n}\n' },
        { workspace },
      );
      expect(body).to.have.property("text").that.includes(`"${workspace}"`);
    });
  }

  it("hides sensitive values, where the configuration itself lets them out too", async () => {
    const body = await planOf({
      "main.tf": [
        'variable "s" {\n  sensitive = true\n  default = "sesame-open"\n}',
        'output "leak" {\n  value = nonsensitive(var.s)\n}',
        'resource "terraform_data" "x" {\n  input = "it is ${nonsensitive(var.s)}"\n}',
      ].join("\n"),
    });
    expect(JSON.stringify(body)).not.to.include("sesame-open");
    expect(body).to.have.property("text").that.includes("it is (sensitive value)");
  });

  it("hides sensitive values in messages", async () => {
    const body = await planOf({
      "main.tf": [
        'variable "s" {\n  sensitive = true\n  default = "sesame-open"\n}',
        'resource "terraform_data" "x" {\n  input = 1\n  lifecycle {\n    precondition {\n      condition = var.s == "x"\n      error_message = "It was ${nonsensitive(var.s)}"\n    }\n  }\n}',
      ].join("\n"),
    });
    expect(body).to.include({ outcome: "failed", step: "tofu plan" });
    expect(body).to.have.property("error").that.includes("It was (sensitive value)");
  });

  it("hides in messages what the stack gives to a sensitive variable", async () => {
    const body = await planOf({
      "main.tf":
        'variable "db" {\n  sensitive = true\n  type = object({ password = string })\n  validation {\n    condition = var.db.password == "x"\n    error_message = "It was ${nonsensitive(var.db.password)}"\n  }\n}\n',
    });
    expect(body).to.include({ outcome: "failed", step: "tofu plan" });
    expect(body).to.have.property("error").that.includes("It was (sensitive value)");
  });

  it("hides in messages what only the state knows, over the end of a line too", async () => {
    const value =
      "correct-horse battery-staple of-the-state and-some-more words-that-are long-enough";
    const resource = {
      mode: "managed",
      type: "terraform_data",
      name: "p",
      provider: 'provider["terraform.io/builtin/terraform"]',
      instances: [
        {
          schema_version: 0,
          attributes: {
            id: "1",
            input: { value, type: "string" },
            output: { value, type: "string" },
            triggers_replace: null,
          },
          sensitive_attributes: [[{ type: "get_attr", value: "input" }]],
        },
      ],
    };
    const state = { version: 4, serial: 1, lineage: "l", outputs: {}, resources: [resource] };
    const body = await planOf({
      "terraform.tfstate": JSON.stringify(state),
      "main.tf":
        'resource "terraform_data" "p" {\n  lifecycle {\n    ignore_changes = all\n    postcondition {\n      condition = self.output == "x"\n      error_message = "It was ${self.output}, which is wrong."\n    }\n  }\n}\n',
    });
    expect(body).to.include({ outcome: "failed", step: "tofu plan" });
    expect(body).to.have.property("error").that.includes("It was (sensitive value), which is");
  });

  it("keeps addresses readable where a sensitive output has their words", async () => {
    const body = await planOf({
      "main.tf":
        'resource "terraform_data" "postgres" {\n  for_each = toset(["europe"])\n}\noutput "db" {\n  sensitive = true\n  value = { engine = "postgres", place = "europe", word = "sesame" }\n}\noutput "open" {\n  value = "sesame"\n}\n',
    });
    if (body.outcome !== "planned") throw new Error(JSON.stringify(body));
    expect(body.text).to.include('# terraform_data.postgres["europe"] will be created');
    expect(body.text).to.include('+ open = "(sensitive value)"');
  });

  it("lets a module read nothing of the role's environment but what the config names", async () => {
    const body = await planOf({
      "main.tf": [
        'variable "region" {}',
        'output "region" {\n  value = var.region\n}',
        'output "own" {\n  value = try(file("/proc/self/environ"), "unreadable")\n}',
        'output "encoded" {\n  value = try(filebase64("/proc/self/environ"), "unreadable")\n}',
        'output "files" {\n  value = fileset("${path.root}", "**")\n}',
        'output "home" {\n  value = fileset(pathexpand("~"), "**")\n}',
      ].join("\n"),
    });
    if (body.outcome !== "planned") throw new Error(JSON.stringify(body));
    expect(body.text).to.include('"europe"');
    for (const secret of ["the-parents-own-secret", "ghs_", "PARENT_SECRET", ".git/"]) {
      expect(body.text).not.to.include(secret);
      expect(body.text).not.to.include(Buffer.from(secret).toString("base64").slice(0, -3));
    }
  });

  const CHECK =
    'check "c" {\n  assert {\n    condition = terraform_data.x.input == "bye"\n    error_message = "It says ${terraform_data.x.input}."\n  }\n}\n';

  it("tells warnings and failed checks, which the text of the plan does not hold", async () => {
    const body = await planOf(
      {
        "main.tf": `${DATA}${CHECK}module "m" {\n  source = "./m"\n  old = 1\n}\n`,
        "x.tfvars": "nobody = 1\n",
        "m/main.tf": 'variable "old" {\n  deprecated = "Use another."\n}\n',
      },
      { var_files: ["x.tfvars"], settings: { max_failed_checks: 0 } },
    );
    if (body.outcome !== "planned") throw new Error(JSON.stringify(body));
    expect(body.summary).to.deep.include({
      failed_checks: 1,
      failures: [{ address: "check.c", problems: ["It says hello."] }],
      warnings: 2,
      violations: ["1 check failed; max_failed_checks allows 0."],
    });
    expect(body.warnings?.match(/^Warning: .*/gm)).to.have.members([
      "Warning: Value for undeclared variable",
      "Warning: Check block assertion failed",
      "Warning: Variable marked as deprecated by the module author",
    ]);
    expect(body.warnings).to.match(/terraform_data\.x\.input is "hello"[^]*It says hello\./);
    expect(body.warnings).not.to.match(/Saved the plan|Plan: 1 to add|─{20}/);
  });

  it("tells the warnings of init alone, and of a plan that failed", async () => {
    const old =
      'resource "terraform_data" "y" {\n  lifecycle {\n    ignore_changes = ["input"]\n  }\n}\n';
    const good = await planOf({ "main.tf": old });
    expect(good)
      .to.have.property("warnings")
      .that.matches(/^Warning: Quoted references are deprecated\n[^]*silence this warning\.$/);
    expect(good).to.have.nested.property("summary.warnings", 1);
    const bad = await planOf({
      "main.tf": `${old}variable "v" {\n  default = 1\n  validation {\n    condition = var.v == 2\n    error_message = "No."\n  }\n}\n`,
    });
    expect(bad).to.include({ outcome: "failed", step: "tofu plan" });
    expect(bad)
      .to.have.property("warnings")
      .that.matches(/^Warning: Quoted references/);
  });

  describe("with a server that its author chose", () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      response.writeHead(404).end();
    });
    let host: string;

    before(async () => {
      await once(server.listen(0, "127.0.0.1"), "listening");
      host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    });

    after(() => server.close());

    beforeEach(() => {
      asked.length = 0;
    });

    for (const [what, file] of [
      ["a backend", 'terraform {\n  backend "http" {\n    address = "http://HOST/?SENT"\n  }\n}\n'],
      [
        "a remote state",
        'data "terraform_remote_state" "x" {\n  backend = "http"\n  config = {\n    address = "http://HOST/?SENT"\n  }\n}\n',
      ],
      [
        "a remote state's own endpoint",
        'data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = {\n    bucket = "b", key = "k", workspace_key_prefix = "SENT", region = "us-east-1", access_key = "a", secret_key = "b"\n    endpoints = { s3 = "http://HOST" }\n    use_path_style = true, skip_credentials_validation = true, skip_requesting_account_id = true\n  }\n}\n',
      ],
      ["a module's source", 'module "m" {\n  source = "http://HOST/m.zip?x=SENT"\n}\n'],
    ] as const) {
      it(`sends nothing by ${what} unless its place is allowed`, async () => {
        const text = file.replace("HOST", host).replace("SENT", '${trimspace("what-is-known")}');
        const refused = await planOf({ "main.tf": text });
        expect(refused).to.include({ step: "guard" });
        expect(refused).to.have.property("error").that.includes(`allow.places: ["${host}"]`);
        expect(asked).to.deep.equal([]);
        await planOf({ "main.tf": text }, { settings: { allow: { places: [host] } } });
        expect(asked.join("\n")).to.include("what-is-known");
      });
    }
  });

  describe("beside other processes", function () {
    needsIsolation(this);

    it("lets a module read nothing of them", async () => {
      const read = (file: string): string =>
        `[for each in fileset("/proc", "[0-9]*/${file}") : try(filebase64("/proc/\${each}"), "unreadable")]`;
      const body = await planOf({
        "main.tf": [
          `output "environments" {\n  value = ${read("environ")}\n}`,
          `output "arguments" {\n  value = ${read("cmdline")}\n}`,
          'output "parent" {\n  value = try(filebase64("/proc/${local.parent}/environ"), "unreadable")\n}',
          'locals {\n  parent = split(" ", file("/proc/self/stat"))[3]\n}',
        ].join("\n"),
      });
      if (body.outcome !== "planned") throw new Error(JSON.stringify(body));
      const texts = [...body.text.matchAll(/[A-Za-z0-9+/=]{20,}/g)].map(([text]) =>
        Buffer.from(text, "base64").toString(),
      );
      // Its own, and the shell's before it.
      expect(texts.filter((text) => text.includes("TF_IN_AUTOMATION=1"))).to.have.lengthOf(3);
      const found = texts.join("\n");
      for (const secret of ["PARENT_SECRET", "AUDIENCE=", "functions-framework", "mocha"]) {
        expect(found).not.to.include(secret);
      }
      expect(found).to.include("tofu\0plan\0");
    });
  });

  it("explains a mistake in OpenTofu's words", async () => {
    const body = await planOf({
      "main.tf": 'resource "terraform_data" "x" {\n  nonsense = 1\n}\n',
    });
    if (body.outcome !== "failed") throw new Error(body.outcome);
    expect(body.step).to.equal("tofu plan");
    expect(body.error).to.match(/^exit status 1 \| Error: Unsupported argument/);
    expect(body.error).not.to.match(/[╷│╵]/);
  });

  it("says what to do about a variable without a value", async () => {
    const body = await planOf({ "main.tf": 'variable "v" {}\n' });
    expect(body).to.have.property("hint").that.includes("var_files");
  });

  describe("where a link of the commit leads out", () => {
    const OUT = { linksTo: "/nowhere/that/is/here" };
    const EMPTY = 'terraform {\n  required_version = ">= 1.0"\n}\n';
    const value = (expression: string): string => `output "x" {\n  value = ${expression}\n}\n`;

    const state = JSON.stringify({
      version: 4,
      serial: 1,
      lineage: "8f1c4d0e-0000-0000-0000-000000000000",
      outputs: {},
      resources: [
        {
          mode: "managed",
          type: "terraform_data",
          name: "db",
          provider: 'provider["terraform.io/builtin/terraform"]',
          instances: [
            {
              schema_version: 0,
              attributes: { id: "1", input: null, output: null, triggers_replace: null },
            },
          ],
        },
      ],
    });

    for (const [what, files, step, message] of [
      [
        "configuration",
        { "db.tf": OUT, "terraform.tfstate": state },
        "guard",
        "db.tf: it leads out",
      ],
      ["a state", { "terraform.tfstate": OUT }, "tofu init", "terraform.tfstate"],
      ["variables", { "terraform.tfvars": OUT }, "work.dir", "terraform.tfvars leads out"],
      ["variables in JSON", { "terraform.tfvars.json": OUT }, "work.dir", "terraform.tfvars.json"],
      ["more variables", { "a.auto.tfvars": OUT }, "work.dir", "a.auto.tfvars leads out"],
      ["a lock file", { ".terraform.lock.hcl": OUT }, "tofu init", ".terraform.lock.hcl"],
      ["a module", { "m.tf": 'module "m" {\n  source = "./m"\n}\n', m: OUT }, "guard", '"./m"'],
      ["a file", { "x.tf": value('file("x")'), x: OUT }, "tofu plan", "open x: too many"],
      ["a file asked for", { "x.tf": value('fileexists("x")'), x: OUT }, "tofu plan", "fileexists"],
      ["a file tried", { "x.tf": value('try(file("x"), "")'), x: OUT }, "guard", "x leads out"],
      ["a folder", { "x.tf": value('fileset("x", "*")'), x: OUT }, "guard", "x leads out"],
      [
        "a template",
        { "x.tf": value('templatefile("x", {})'), x: OUT },
        "tofu plan",
        "x: too many",
      ],
    ] as const) {
      it(`fails the plan, and names it: ${what}`, async () => {
        const body = await planOf({ "main.tf": EMPTY, ...files });
        expect(body).to.include({ outcome: "failed", step });
        expect(body).to.have.property("error").that.includes(message);
      });
    }

    it("fails the plan of a directory that it leads to, and of variables that it has", async () => {
      const files = { "main.tf": EMPTY, envs: OUT, vars: OUT };
      expect(await planOf(files, { dir: "envs/prod" })).to.include({
        error: "envs/prod leads out of the repository, or nowhere.",
      });
      expect(await planOf(files, { var_files: ["vars/x.tfvars"] })).to.include({
        error: "The file vars/x.tfvars of var_files leads out of the repository, or nowhere.",
      });
    });

    it("says what links are followed", async () => {
      const body = await planOf({ "main.tf": value('file("x")'), x: OUT });
      expect(body).to.have.property("hint").that.includes("leads to a place in the repository");
    });

    it("plans what does not come by it", async () => {
      const body = await planOf({
        "main.tf": value('file("docs/x")'),
        "docs/current": OUT,
        "docs/x": "read",
        result: OUT,
      });
      expect(body).to.have.property("text").that.includes('"read"');
    });
  });

  it("follows links of links to what is inside", async () => {
    const body = await planOf({
      "main.tf": 'module "m" {\n  source = "./modules/latest"\n}\n',
      "modules/current": { linksTo: "v1" },
      "modules/latest": { linksTo: "current" },
      "modules/v1/main.tf": { linksTo: "../../shared/data.tf" },
      "shared/data.tf": DATA,
    });
    expect(body).to.have.property("text").that.includes("Plan: 1 to add, 0 to change");
  });

  it("plans in a repository with odd names", async () => {
    const body = await planOf({
      "main.tf": DATA,
      "units/var-lib-docker\\x2ddata.mount": "",
      [`${"long/".repeat(300)}x`]: "",
      ["x".repeat(300)]: "",
    });
    expect(body).to.include({ outcome: "planned" });
  });

  for (const [kind, argument] of [
    ["s3", "region"],
    ["gcs", "bucket"],
    ["azurerm", "storage_account_name"],
    ["remote", "organization"],
  ] as const) {
    it(`says what to do about a backend "${kind}" that is completed elsewhere`, async () => {
      const place = kind === "remote" ? "app.terraform.io/*" : "x";
      const body = await planOf(
        { "main.tf": `terraform {\n  backend "${kind}" {\n  }\n}\n` },
        { settings: { allow: { places: [place] } } },
      );
      expect(body).to.include({ outcome: "failed", step: "tofu init" });
      expect(body).to.have.property("error").that.includes(argument);
      expect(body).to.have.property("hint").that.includes("-backend-config");
    });
  }

  it("says what to do about a version that is not this one's", async () => {
    const body = await planOf({ "main.tofu": 'terraform {\n  required_version = "< 1.0"\n}\n' });
    expect(body).to.have.property("hint").that.includes("tofuVersion");
  });

  it("takes no provider that a commit brings along", async () => {
    const at = "registry.opentofu.org/hashicorp/null/9.9.9/linux_amd64";
    const provider =
      '{\n      source = "registry.opentofu.org/hashicorp/null"\n      version = "9.9.9"\n    }';
    const body = await planOf({
      "main.tf": `terraform {\n  required_providers {\n    null = ${provider}\n  }\n}\nresource "null_resource" "x" {\n}\n`,
      [`terraform.d/plugins/${at}/terraform-provider-null_v9.9.9`]: "#!/bin/sh\n",
    });
    expect(body).to.include({ outcome: "failed", step: "tofu init" });
  });

  it("leaves no file behind", async () => {
    await planOf({ "main.tf": DATA });
    expect(await readdir(temporary)).to.deep.equal([]);
  });
});
