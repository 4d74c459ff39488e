import path from "node:path";
import { expect } from "chai";
import { Guard } from "../../../functions/plan-executor/guard/guard.ts";
import { isAllowedProvider } from "../../../functions/plan-executor/guard/providers.ts";
import type { Policy } from "../../../functions/plan-executor/guard/rules.ts";
import { PlaceInMemory } from "../../support/plan-executor/place-in-memory.ts";

const STRICT: Policy = {
  allow: { data_sources: [], provisioners: false, providers: [], places: [] },
  providers: ["hashicorp/*"],
  places: [],
  hasGit: false,
};

async function problemsOf(
  files: Readonly<Record<string, string>>,
  policy: Partial<Policy> = {},
): Promise<readonly string[]> {
  const place = new PlaceInMemory(files);
  const guard = new Guard(place, { ...STRICT, ...policy });
  await guard.module("/place/checkout");
  await guard.installed("/place/checkout");
  return guard.problems;
}

const EXTERNAL = "allow.data_sources: [external] in .plan-runner.yaml allows it.";
const allowing = (...sources: string[]): Partial<Policy> => ({
  allow: { ...STRICT.allow, data_sources: sources },
  places: ["*"],
});

const WITH_PROVISIONERS: Partial<Policy> = {
  allow: { ...STRICT.allow, provisioners: true },
};

describe("the guard", () => {
  for (const [what, file, expected, allowed] of [
    [
      "a data source that runs a program",
      'data "external" "x" {\n}',
      `:1: data source "external" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a data source that fetches",
      '\ndata "http" "x" {\n}',
      ':2: data source "http" is not allowed; allow.data_sources: [http] in .plan-runner.yaml allows it.',
      allowing("http"),
    ],
    [
      "a data source that runs a command",
      'data "local_command" "x" {\n}',
      ':1: data source "local_command" is not allowed; allow.data_sources: [local_command] in .plan-runner.yaml allows it.',
      allowing("local_command"),
    ],
    [
      "a data source in a check",
      'check "c" {\n  data "external" "x" {\n  }\n}',
      `:2: data source "external" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provisioner",
      'resource "a" "b" {\n  provisioner "local-exec" {\n    command = "x"\n  }\n}',
      ":2: a provisioner is not allowed; allow.provisioners: true in .plan-runner.yaml allows it.",
      WITH_PROVISIONERS,
    ],
    [
      "a key provider that runs a program",
      'terraform {\n  encryption {\n    key_provider "external" "x" {\n    }\n  }\n}',
      `:3: encryption key_provider "external" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "an encryption method that runs a program",
      'terraform {\n  encryption {\n    method "external" "x" {\n    }\n  }\n}',
      `:3: encryption method "external" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provider that runs a plugin",
      'provider "kubernetes" {\n  exec {\n    command = "x"\n  }\n}',
      `:2: argument "exec" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provider whose object runs a plugin",
      'provider "helm" {\n  kubernetes = {\n    exec = { command = "x" }\n  }\n}',
      `:2: argument "exec" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provider that reads a file which may run a program",
      'provider "aws" {\n  shared_config_files = ["./x"]\n}',
      `:2: argument "shared_config_files" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a backend that runs a plugin",
      'terraform {\n  backend "kubernetes" {\n    exec {\n    }\n  }\n}',
      `:3: argument "exec" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state of Kubernetes",
      'data "terraform_remote_state" "x" {\n  backend = "kubernetes"\n}',
      `:1: remote state of "kubernetes" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state whose backend is computed",
      'data "terraform_remote_state" "x" {\n  backend = "${"kubernetes"}"\n}',
      `:2: remote state whose backend is not a plain text is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state whose configuration is not written out",
      'data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = local.c\n}',
      `:3: argument "config" that is not written out is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state whose configuration is the result of a function",
      'data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = merge({ a = 1 }, local.c)\n}',
      `:3: argument "config" that is not written out is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state whose configuration has computed names",
      'data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = {\n    a = 1\n    "shared_${"config"}_files" = ["x"]\n  }\n}',
      `:3: argument "config" that is not written out is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a remote state that is fetched",
      'data "terraform_remote_state" "x" {\n  backend = "http"\n  config = { address = "http://x" }\n}',
      ':3: remote state of "http", which may send to "x", is not allowed; planAllowedPlaces of the stack, or allow.places: ["x"] in .plan-runner.yaml, allows it.',
      { places: ["x"] },
    ],
    [
      "a provider whose object is a reference",
      'provider "helm" {\n  kubernetes = local.k\n}',
      `:2: argument "kubernetes" that is not written out is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provider whose object has computed names",
      'provider "helm" {\n  kubernetes = { "ex${"ec"}" = { command = "x" } }\n}',
      `:2: argument "kubernetes" that is not written out is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a key provider that reads a file which may run a program",
      'terraform {\n  encryption {\n    key_provider "aws_kms" "x" {\n      shared_config_files = ["./x"]\n    }\n  }\n}',
      `:4: argument "shared_config_files" is not allowed; ${EXTERNAL}`,
      allowing("external"),
    ],
    [
      "a provider outside of the list",
      'terraform {\n  required_providers {\n    g = {\n      source = "grafana/grafana"\n    }\n  }\n}',
      ':3: provider "grafana/grafana" is not allowed; planAllowedProviders of the stack, or allow.providers: ["grafana/grafana"] in .plan-runner.yaml, allows it.',
      { providers: ["grafana/*"] as string[] },
    ],
    [
      "a module source that needs git",
      'module "m" {\n  source = "git::https://example.com/m.git"\n}',
      ':2: module source "git::https://example.com/m.git" needs git, which is not there where plans run; use a registry, a path in the repository or an https:// archive.',
      { hasGit: true },
    ],
    [
      "a module source at GitHub",
      'module "m" {\n  source = "github.com/o/r"\n}',
      ':2: module source "github.com/o/r" needs git, which is not there where plans run; use a registry, a path in the repository or an https:// archive.',
      { hasGit: true },
    ],
  ] as const) {
    it(`refuses ${what}, and allows it where it is told to`, async () => {
      const places = allowed.allow === undefined ? [] : ["*"];
      for (const name of ["main.tf", "x_override.tofu"]) {
        const problems = await problemsOf({ [`checkout/${name}`]: file }, { places });
        expect(problems).to.deep.equal([name + expected]);
      }
      expect(await problemsOf({ "checkout/main.tf": file }, allowed)).to.deep.equal([]);
    });
  }

  for (const [what, file] of [
    ["a data source", '{"data": {"external": {"x": {}}}}'],
    ["a data source in lists", '{"data": [[{"external": [{"x": [{}]}]}]]}'],
    [
      "a data source behind its own name",
      '{"data": {"external": {"x": {}}}, "data": {"local_file": {"x": {}}}}',
    ],
    [
      "a provisioner",
      '{"resource": {"a": {"b": {"provisioner": [{"local-exec": {"command": "x"}}]}}}}',
    ],
    ["a key provider", '{"terraform": {"encryption": {"key_provider": {"external": {"x": {}}}}}}'],
    [
      "a provider outside of the list",
      '{"terraform": {"required_providers": {"g": {"source": "grafana/grafana"}}}}',
    ],
    [
      "a remote state whose configuration is a template",
      '{"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": "${local.c}"}}}}',
    ],
    [
      "a remote state whose configuration has computed names",
      '{"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": {"${local.c}": 1}}}}}',
    ],
    ["an object of a provider", '{"provider": {"helm": {"kubernetes": "${local.k}"}}}'],
    [
      "a provider whose source is a template",
      '{"terraform": {"required_providers": {"g": {"source": "${"graf"}ana/grafana"}}}}',
    ],
    ["a plugin", '{"provider": {"kubernetes": {"exec": {"command": "x"}}}}'],
    ["what is not JSON", "{"],
  ] as const) {
    it(`refuses ${what} in the JSON syntax`, async () => {
      const problems = await problemsOf({ "checkout/main.tf.json": file }, { places: ["*"] });
      expect(problems).to.have.length(1);
    });
  }

  it("allows what plans are made of", async () => {
    const file = [
      'terraform {\n  backend "gcs" {\n    bucket = "b"\n  }\n  required_providers {\n    google = {\n      source = "hashicorp/google"\n    }\n  }\n}',
      'data "terraform_remote_state" "x" {\n  backend = "gcs"\n  config = {\n    bucket = "b"\n  }\n}',
      'data "terraform_remote_state" "y" {\n  backend = "s3"\n  config = {\n    "bucket" : var.bucket, key = "${var.env}/x"\n    # what\n  }\n}',
      'provider "aws" {\n  region = var.region\n  default_tags {\n    tags = merge(local.tags, { "${var.a}" = 1 })\n  }\n}',
      'provider "helm" {\n  kubernetes = {\n    host = local.host\n    token = data.x.y.token\n  }\n}',
      'data "google_project" "external" {\n}',
      'resource "terraform_data" "x" {\n  input = "provisioner \\"x\\" {"\n}',
      'module "r" {\n  source = "terraform-aws-modules/vpc/aws"\n}',
      'terraform {\n  encryption {\n    key_provider "pbkdf2" "x" {\n    }\n  }\n}',
    ].join("\n");
    expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal([]);
  });

  for (const name of [
    "aws_shared_credentials_file",
    "config_path",
    "config_paths",
    "exec",
    "plugins_path",
    "shared_config_file",
    "shared_config_files",
    "shared_credentials_file",
    "shared_credentials_files",
  ]) {
    const set = `${name} = "x"`;
    for (const [where, file, line] of [
      ["a provider", `provider "p" {\n${set}\n}\n`, 2],
      ["a block of a provider", `provider "p" {\n  a {\n${set}\n}\n}\n`, 3],
      ["an object of a provider", `provider "p" {\n  a = [{ ${set} }]\n}\n`, 2],
      ["a backend", `terraform {\n  backend "s3" {\n${set}\n}\n}\n`, 3],
      [
        "a key provider",
        `terraform {\n  encryption {\n    key_provider "static" "x" {\n${set}\n}\n}\n}\n`,
        4,
      ],
      [
        "an encryption method",
        `terraform {\n  encryption {\n    method "m" "x" {\n${set}\n}\n}\n}\n`,
        4,
      ],
      [
        "a remote state",
        `data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = {\n${set}\n}\n}\n`,
        3,
      ],
      [
        "an object of a remote state",
        `data "terraform_remote_state" "x" {\n  backend = "s3"\n  config = { a = { "${name}" = 1 } }\n}\n`,
        3,
      ],
    ] as const) {
      it(`refuses the argument ${name} of ${where}`, async () => {
        expect(await problemsOf({ "checkout/main.tf": file }, { places: ["*"] })).to.deep.equal([
          `main.tf:${line}: argument "${name}" is not allowed; ${EXTERNAL}`,
        ]);
        expect(await problemsOf({ "checkout/main.tf": file }, allowing("external"))).to.deep.equal(
          [],
        );
      });
    }
  }

  it("lets other blocks have arguments of these names", async () => {
    const file =
      'resource "a" "b" {\n  exec = "x"\n  config_path = "y"\n}\nmodule "m" {\n  source = "./a"\n  exec = 1\n}\n';
    expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal([]);
  });

  for (const [what, file, expected] of [
    [
      "ephemeral resources as data sources",
      'ephemeral "external" "x" {\n}\nephemeral "http" "y" {\n}\nephemeral "random_password" "z" {\n}\n',
      [
        `main.tf:1: data source "external" is not allowed; ${EXTERNAL}`,
        'main.tf:3: data source "http" is not allowed; allow.data_sources: [http] in .plan-runner.yaml allows it.',
      ],
    ],
    [
      "a provisioner that is generated, and no other block that is",
      'resource "a" "b" {\n  dynamic "provisioner" {\n  }\n  dynamic "ingress" {\n  }\n}\n',
      [
        "main.tf:2: a provisioner is not allowed; allow.provisioners: true in .plan-runner.yaml allows it.",
      ],
    ],
    [
      "each of several backends of a remote state",
      'data "terraform_remote_state" "x" {\n  backend = "gcs"\n  backend = "kubernetes"\n}\n',
      [`main.tf:1: remote state of "kubernetes" is not allowed; ${EXTERNAL}`],
    ],
    [
      "a backend among several that is computed",
      'data "terraform_remote_state" "x" {\n  backend = "gcs"\n  backend = local.b\n}\n',
      [`main.tf:3: remote state whose backend is not a plain text is not allowed; ${EXTERNAL}`],
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal(expected);
    });
  }

  it("judges no file that OpenTofu ignores, and each that some version reads", async () => {
    const file = 'data "external" "x" {\n}\n';
    for (const name of [".x.tf", ".#x.tf", "x.tf~", "x.tofu.json~", "#x.tf#"]) {
      expect(await problemsOf({ [`checkout/${name}`]: file }), name).to.deep.equal([]);
    }
    const both = await problemsOf({ "checkout/x.tf": file, "checkout/x.tofu": "" });
    expect(both).to.have.length(1);
  });

  it("follows the modules that are called by path", async () => {
    const files = {
      "checkout/main.tf": 'module "a" {\n  source = "./a"\n}\n',
      "checkout/a/main.tf":
        'module "b" {\n  source = "../b"\n}\nmodule "self" {\n  source = "../a"\n}\n',
      "checkout/b/main.tf": 'data "external" "x" {\n}\n',
      "checkout/c/main.tf": 'data "external" "x" {\n}\n',
    };
    const [problem, ...others] = await problemsOf(files);
    expect(problem).to.match(/^b\/main\.tf:1: data source "external"/);
    expect(others).to.deep.equal([]);
  });

  it("refuses a module outside of the repository", async () => {
    for (const source of ["../../x", "/etc"]) {
      const file = `module "a" {\n  source = "${source}"\n}\n`;
      expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal([
        `main.tf:2: the module "${source}" is outside of the repository.`,
      ]);
    }
  });

  it("refuses what it cannot read", async () => {
    expect(await problemsOf({ "checkout/main.tf": 'a = "\n' })).to.deep.equal([
      "main.tf:1: it cannot be judged: a quoted text is not closed on its line.",
    ]);
  });

  it("judges the modules that were installed", async () => {
    const files = {
      "checkout/main.tf": 'module "a" {\n  source = "o/a/x"\n}\n',
      "data/modules/modules.json": JSON.stringify({
        Modules: [
          { Key: "", Dir: "." },
          { Key: "a", Dir: "../data/modules/a" },
          { Key: "b", Dir: "/somewhere/else" },
        ],
      }),
      "data/modules/a/main.tf": 'data "external" "x" {\n}\n',
    };
    const problems = await problemsOf(files);
    expect(problems).to.have.length(2);
    expect(problems[0]).to.match(/^modules\/a\/main\.tf:1: data source "external"/);
    expect(problems[1]).to.equal(
      'modules.json: the module "/somewhere/else" is outside of the repository.',
    );
  });

  it("judges the providers that were selected", async () => {
    const lock = (source: string): Record<string, string> => ({
      "checkout/main.tf": "",
      "checkout/.terraform.lock.hcl": `provider "${source}" {\n  version = "1.0.0"\n}\n`,
    });
    expect(await problemsOf(lock("registry.opentofu.org/hashicorp/null"))).to.deep.equal([]);
    expect(await problemsOf(lock("registry.opentofu.org/grafana/grafana"))).to.deep.equal([
      '.terraform.lock.hcl:1: provider "registry.opentofu.org/grafana/grafana" is not allowed; planAllowedProviders of the stack, or allow.providers: ["grafana/grafana"] in .plan-runner.yaml, allows it.',
    ]);
    expect(await problemsOf(lock("example.com/hashicorp/null"))).to.have.length(1);
  });

  for (const [what, value] of [
    ["a template", '{ source = "graf${"ana"}/grafana" }'],
    ["under a computed name", '{ "sour${"ce"}" = "grafana/grafana" }'],
    ["under an escaped name", '{ "s\\u006furce" = "grafana/grafana" }'],
    ["given twice", '{ source = "hashicorp/google", source = "x${""}/y" }'],
    ["a reference", "local.g"],
  ] as const) {
    it(`refuses a provider whose source is ${what}`, async () => {
      const file = `terraform {\n  required_providers {\n    g = ${value}\n  }\n}\n`;
      expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal([
        'main.tf:3: the source of provider "g" is not a plain text.',
      ]);
    });
  }

  it("allows a provider's version alone", async () => {
    const file = 'terraform {\n  required_providers {\n    google = "~> 7.0"\n  }\n}\n';
    expect(await problemsOf({ "checkout/main.tf": file })).to.deep.equal([]);
  });

  for (const name of ["checkout/.terraform.lock.hcl", "data/modules/modules.json"]) {
    it(`refuses ${name} where it is there and cannot be read`, async () => {
      const files = { "checkout/main.tf": "", [name]: "x" };
      const place = new PlaceInMemory(files);
      const read = place.read.bind(place);
      place.read = (file) => (file.endsWith(name) ? Promise.resolve(undefined) : read(file));
      const guard = new Guard(place, STRICT);
      await guard.installed("/place/checkout");
      expect(guard.problems).to.deep.equal([
        `${path.basename(name)}: it leads out of the repository, or is too large to judge.`,
      ]);
    });
  }

  it("judges no lock file that it cannot read, and in it nothing but providers", async () => {
    const lock = (text: string): Record<string, string> => ({
      "checkout/main.tf": "",
      "checkout/.terraform.lock.hcl": text,
    });
    expect(await problemsOf(lock('\na = "\n'))).to.deep.equal([
      ".terraform.lock.hcl:2: it cannot be judged: a quoted text is not closed on its line.",
    ]);
    expect(await problemsOf(lock('other "x/y" {\n}\n'))).to.deep.equal([]);
  });

  it("steps over a folder that is named like a file", async () => {
    const place = new PlaceInMemory({ "checkout/main.tf": "", "checkout/x.tf/y.md": "" });
    // As a link to a folder is listed.
    place.names = (folder) =>
      Promise.resolve(folder === "/place/checkout" ? ["main.tf", "x.tf"] : ["y.md"]);
    const guard = new Guard(place, STRICT);
    await guard.module("/place/checkout");
    expect(guard.problems).to.deep.equal([]);
  });

  it("refuses more modules than anybody has", async () => {
    const chain = (length: number): Record<string, string> =>
      Object.fromEntries(
        Array.from({ length }, (_, at) => [
          at === 0 ? "checkout/main.tf" : `checkout/m${at}/main.tf`,
          at === length - 1
            ? ""
            : `module "m" {\n  source = "${at === 0 ? "." : ".."}/m${at + 1}"\n}\n`,
        ]),
      );
    expect(await problemsOf(chain(1_000))).to.deep.equal([]);
    expect(await problemsOf(chain(1_001))).to.deep.equal(["There are more than 1000 modules."]);
  });

  it("refuses a list of modules that is none", async () => {
    for (const text of ["{", "null", '{"Modules": {}}', '{"Modules": [null]}']) {
      expect(await problemsOf({ "data/modules/modules.json": text }), text).to.deep.equal([
        "modules.json: it cannot be judged.",
      ]);
    }
  });

  it("refuses more calls of modules than anybody writes", async () => {
    const calls = (count: number): string =>
      Array.from({ length: count }, (_, at) => `module "m${at}" {\n  source = "./a"\n}\n`).join("");
    const files = { "checkout/a/main.tf": "", "checkout/main.tf": calls(1_000) };
    expect(await problemsOf(files)).to.deep.equal([]);
    expect(await problemsOf({ ...files, "checkout/b.tf": calls(1) })).to.deep.equal([
      "There are more than 1000 calls of modules.",
    ]);
  });

  it("names the first of many problems", async () => {
    const named = async (count: number): Promise<readonly string[]> =>
      problemsOf({ "checkout/main.tf": 'data "external" "x" {\n}\n'.repeat(count) });
    const twenty = await named(20);
    expect(twenty).to.have.length(20);
    expect(twenty.at(-1)).to.match(/^main\.tf:39: /);
    expect(await named(21)).to.deep.equal([...twenty, "… and 1 more."]);
    expect(await named(30)).to.deep.equal([...twenty, "… and 10 more."]);
  });
});

describe("isAllowedProvider", () => {
  for (const [source, patterns, expected] of [
    ["hashicorp/google", ["hashicorp/*"], true],
    ["google", ["hashicorp/*"], true],
    ["HashiCorp/Google", ["hashicorp/google"], true],
    ["registry.opentofu.org/hashicorp/google", ["hashicorp/*"], true],
    ["registry.terraform.io/hashicorp/google", ["hashicorp/*"], true],
    ["example.com/hashicorp/google", ["hashicorp/*"], false],
    ["example.com/hashicorp/google", ["*/*"], false],
    ["example.com/team/x", ["example.com/team/*"], true],
    ["hashicorp.evil/google", ["hashicorp/*"], false],
    ["grafana/grafana", [], false],
    ["a/b/c/hashicorp/google", ["hashicorp/*"], false],
    ["terraform.io/builtin/terraform", [], true],
    ["opentofu/aws", ["opentofu/*"], true],
    ["opentofu/lua", ["opentofu/*"], false],
    ["registry.opentofu.org/OpenTofu/Go", ["opentofu/*", "*/go"], false],
    ["opentofu/lua", ["opentofu/lua"], true],
    ["example.com/opentofu/go", ["example.com/opentofu/*"], false],
  ] as const) {
    it(`${expected ? "allows" : "refuses"} ${source} for ${patterns.join(" ") || "nothing"}`, () => {
      expect(isAllowedProvider(source, patterns)).to.equal(expected);
    });
  }
});
