import { expect } from "chai";
import { readHcl } from "../../../functions/plan-executor/guard/hcl.ts";
import { isAllowedPlace, sendingsOf } from "../../../functions/plan-executor/guard/places.ts";
import { readTfJson } from "../../../functions/plan-executor/guard/tf-json.ts";

/** `3 backend "http" → state.example.com` for each. */
function sendings(source: string, isRoot = true): string[] {
  const file = source.startsWith("{") ? readTfJson(source) : readHcl(source);
  return sendingsOf(file, isRoot).map(({ line, what, place }) => `${line} ${what} → ${place}`);
}

const terraform = (body: string): string => `terraform {\n${body}\n}\n`;
const state = (kind: string, config: string): string =>
  `data "terraform_remote_state" "x" {\n  backend = "${kind}"\n  config = {\n${config}\n  }\n}\n`;
const module = (source: string): string => `module "m" {\n  source = ${source}\n}\n`;
const keys = (kind: string, body: string): string =>
  terraform(`encryption {\nkey_provider "${kind}" "x" {\n${body}\n}\n}`);

const SECRET = '${file("/etc/x")}';

describe("what a configuration may send", () => {
  for (const [what, source] of [
    ["a cloud's storage", terraform('backend "gcs" {\nbucket = "b"\nprefix = "a/b"\n}')],
    ["a backend that is completed elsewhere", terraform('backend "s3" {\n}')],
    [
      "storage named by variables of the directory",
      terraform('backend "gcs" {\nbucket = var.bucket\nprefix = "${var.env}/x"\n}'),
    ],
    [
      "a state named by variables and the workspace",
      state(
        "s3",
        'bucket = var.b["x"]\nkey = "env/${terraform.workspace}/x"\nuse_path_style = true',
      ),
    ],
    [
      "texts with escapes and doubled signs",
      state("gcs", 'bucket = "b"\nprefix = "a\\"$${x}%%{y}"'),
    ],
    [
      "lists and nested objects that are written out",
      state("s3", 'bucket = "b"\nassume_role = {\nrole_arn = "a"\npolicy_arns = ["x", null]\n}'),
    ],
    ["files", terraform('backend "local" {\npath = "${path.root}/x"\n}')],
    ["state in memory", terraform('backend "inmem" {\n}')],
    ["a server that the environment names", terraform('backend "http" {\nusername = "u"\n}')],
    ["flags that are named like addresses", state("s3", "use_fips_endpoint = true")],
    ["keys from a passphrase", keys("pbkdf2", "passphrase = var.x")],
    ["a cloud's keys", keys("gcp_kms", 'kms_encryption_key = "k"\nkey_length = 32')],
    ["a module by path", module('"./m"')],
    ["a module by a path with a variable", module('"./m/${local.kind}"')],
    ["a module of the registry", module('"terraform-aws-modules/vpc/aws"')],
    ["a module of another registry", module('"registry.example.com/a/b/c"')],
    ["a module's archive", module('"https://example.com/m.zip?archive=zip"')],
    ["a module at a variable's version", module('"git::https://example.com/m.git?ref=${var.v}"')],
    [
      "other backends",
      'resource "a" "b" {\nbackend {\ngroup = local.x\n}\ncloud {\nurl = "u"\n}\n}\n',
    ],
    ["a backend in JSON", '{"terraform": {"backend": {"gcs": {"bucket": "b", "x": [1, true]}}}}'],
  ] as const) {
    it(`is nothing by ${what}`, () => {
      expect(sendings(source)).to.deep.equal([]);
    });
  }

  for (const [what, source, expected] of [
    [
      "a server",
      terraform('backend "http" {\naddress = "https://State.example.com/x"\n}'),
      ['3 backend "http" → State.example.com'],
    ],
    [
      "a server with a port and a user, and more in its address that is computed",
      terraform(`backend "http" {\naddress = "http://u:p@h.example.com:8080/?${SECRET}"\n}`),
      ['3 backend "http" → h.example.com:8080'],
    ],
    [
      "each server",
      terraform('backend "http" {\naddress = "http://a/"\nlock_address = "http://b"\n}'),
      ['3 backend "http" → a', '4 backend "http" → b'],
    ],
    [
      "a server in an object",
      state("s3", 'bucket = "b"\nendpoints = { s3 = "https://e.example.com" }'),
      ['3 remote state of "s3" → e.example.com'],
    ],
    [
      "servers that are referred to",
      state("s3", "endpoints = local.e"),
      ['3 remote state of "s3" → *'],
    ],
    [
      "a server in place of Google's",
      terraform('backend "gcs" {\nbucket = "b"\nstorage_custom_endpoint = "https://g.example"\n}'),
      ['4 backend "gcs" → g.example'],
    ],
    [
      "another universe",
      terraform('backend "gcs" {\nbucket = "b"\nuniverse_domain = "evil.example"\n}'),
      ['4 backend "gcs" → evil.example'],
    ],
    [
      "a key, which may name any server",
      terraform('backend "gcs" {\nbucket = "b"\ncredentials = "key.json"\n}'),
      ['4 backend "gcs" → *'],
    ],
    [
      "a proxy",
      terraform('backend "s3" {\nhttps_proxy = "http://p:3128"\n}'),
      ['3 backend "s3" → p:3128'],
    ],
    [
      "a host without a scheme",
      terraform('backend "consul" {\naddress = "consul.example.com:8500"\n}'),
      ['3 backend "consul" → consul.example.com:8500'],
    ],
    [
      "a database",
      terraform('backend "pg" {\nconn_str = "postgres://u:p@db.example.com/x?sslmode=disable"\n}'),
      ['3 backend "pg" → db.example.com'],
    ],
    [
      "a database with options that may name another",
      terraform('backend "pg" {\nconn_str = "postgres://db.example.com/x?ho%73t=evil"\n}'),
      ['3 backend "pg" → *'],
    ],
    [
      "an organization",
      terraform('cloud {\norganization = "acme"\nworkspaces {\nname = "x"\n}\n}'),
      ["2 cloud → app.terraform.io/acme"],
    ],
    [
      "an organization elsewhere",
      terraform('backend "remote" {\nhostname = "tfe.example.com"\norganization = var.o\n}'),
      ['2 backend "remote" → tfe.example.com/*'],
    ],
    [
      "an organization of the environment",
      state("remote", 'workspaces = { name = "x" }'),
      ['1 remote state of "remote" → app.terraform.io/*'],
    ],
    [
      "a bucket, with something computed",
      state("gcs", `bucket = "b"\nprefix = "${SECRET}"`),
      ['3 computed remote state of "gcs" → gcs:b'],
    ],
    [
      "a bucket whose name's end is computed",
      state("s3", "bucket = \"acme-${local.x}\"\nkey = 'k'".replaceAll("'", '"')),
      ['3 computed remote state of "s3" → s3:acme-*'],
    ],
    [
      "a bucket that is computed",
      terraform('backend "gcs" {\nbucket = trimspace("b")\n}'),
      ['3 computed backend "gcs" → gcs:*'],
    ],
    [
      "an account whose name's end is computed, which may become any host",
      terraform('backend "azurerm" {\nstorage_account_name = "acme${local.x}"\n}'),
      ['3 computed backend "azurerm" → azurerm:*'],
    ],
    [
      "what another data source knows",
      state("s3", 'bucket = "b"\nkey = data.terraform_remote_state.y.outputs.password'),
      ['3 computed remote state of "s3" → s3:b'],
    ],
    [
      "a condition",
      state("s3", 'bucket = "b"\nkey = var.x ? "a" : "b"'),
      ['3 computed remote state of "s3" → s3:b'],
    ],
    [
      "a key of an object",
      state("s3", 'bucket = "b"\nassume_role = { tags = { (local.x) = "y" } }'),
      ['3 remote state of "s3" → *'],
    ],
    [
      "a workspace that is computed",
      `data "terraform_remote_state" "x" {\n  backend = "gcs"\n  workspace = local.x\n}\n`,
      ['3 computed remote state of "gcs" → gcs:*'],
    ],
    [
      "a configuration that is referred to",
      'data "terraform_remote_state" "x" {\n  backend = "gcs"\n  config = local.c\n}\n',
      ['3 remote state of "gcs" → *'],
    ],
    [
      "a configuration that overrides another",
      'data "terraform_remote_state" "x" {\n  config = { bucket = "b" }\n}\n',
      ["2 remote state → *"],
    ],
    [
      "a state in a check",
      `check "c" {\n${state("http", 'address = "http://h/"')}}\n`,
      ['4 remote state of "http" → h'],
    ],
    ["a backend that is not known", terraform('backend "new" {\n}'), ['2 backend "new" → new:*']],
    [
      "a vault",
      keys("openbao", 'address = "https://bao.example.com"\nkey_name = "k"'),
      ['4 key_provider "openbao" → bao.example.com'],
    ],
    [
      "a key vault",
      keys("azure_vault", 'vault_uri = "https://v.vault.azure.net"'),
      ['4 key_provider "azure_vault" → v.vault.azure.net'],
    ],
    [
      "keys at another address",
      keys("aws_kms", 'kms_key_id = "k"\nendpoints {\nsts = "https://k.example"\n}'),
      ['6 key_provider "aws_kms" → k.example'],
    ],
    [
      "keys that are computed",
      keys("aws_kms", "kms_key_id = local.k"),
      ['4 computed key_provider "aws_kms" → aws_kms:*'],
    ],
    [
      "a module's address",
      module(`"https://example.com/m.zip?${SECRET}"`),
      ["2 computed module source → example.com"],
    ],
    [
      "a module's address in git",
      module('"git::https://example.com/m.git?ref=${local.v}"'),
      ["2 computed module source → example.com"],
    ],
    [
      "a module's address for ssh",
      module('"git@example.com:o/r.git?ref=${local.v}"'),
      ["2 computed module source → example.com"],
    ],
    [
      "a module of a registry",
      module('"registry.example.com/a/${local.x}/c"'),
      ["2 computed module source → registry.example.com"],
    ],
    [
      "a module's host",
      module('"https://example.com${local.x}/m.zip"'),
      ["2 computed module source → *"],
    ],
    ["a module's source", module("local.x"), ["2 computed module source → *"]],
    [
      "a server in JSON",
      '{"terraform": [{"backend": {"http":\n{"address": "https://h.example/${local.x}"}}}]}',
      ['2 backend "http" → h.example'],
    ],
    [
      "a state in JSON",
      '{"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": {"bucket": "b", "key": "${data.x.y}"}}}}}',
      ['1 computed remote state of "s3" → s3:b'],
    ],
    [
      "servers in JSON",
      '{"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": {"endpoints": {"s3": "https://e.example"}}}}}}',
      ['1 remote state of "s3" → e.example'],
    ],
    [
      "an organization in JSON",
      '{"terraform": {"cloud": {"organization": "acme"}}}',
      ["1 cloud → app.terraform.io/acme"],
    ],
    [
      "keys in JSON",
      '{"terraform": {"encryption": {"key_provider": {"openbao": {"x": {"address": "http://b"}}}}}}',
      ['1 key_provider "openbao" → b'],
    ],
    [
      "a module in JSON",
      '{"module": {"m": {"source": "https://h.example/${local.x}"}}}',
      ["1 computed module source → h.example"],
    ],
  ] as const) {
    it(`is told by ${what}`, () => {
      expect(sendings(source)).to.deep.equal(expected);
    });
  }

  it("is told by variables where another module sets them", () => {
    expect(sendings(state("gcs", 'bucket = "b"\nprefix = var.p'), false)).to.deep.equal([
      '3 computed remote state of "gcs" → gcs:b',
    ]);
    expect(sendings(module('"https://h/?${var.p}"'), false)).to.deep.equal([
      "2 computed module source → h",
    ]);
  });

  for (const host of [
    "https://ok.example\\\\@evil.example/",
    "https://ok.example${local.x}/",
    "https://${local.x}ok.example/",
    "https://a@b@evil.example/",
    "https://[::1]/",
    "https:///evil.example",
    "ok.example evil.example",
    "",
  ]) {
    it(`takes no host from ${host || "an empty text"}`, () => {
      const source = terraform(`backend "http" {\naddress = "${host}"\n}`);
      expect(sendings(source)).to.deep.equal(['3 backend "http" → *']);
    });
  }
});

describe("isAllowedPlace", () => {
  for (const [place, patterns, expected] of [
    ["gcs:acme-state", ["gcs:acme-*"], true],
    ["gcs:acme-state", ["gcs:*"], true],
    ["gcs:acme-state", ["s3:*", "acme-state"], false],
    ["gcs:acme-*", ["gcs:acme-*"], true],
    ["gcs:acme-*", ["gcs:acme-state-*"], false],
    ["gcs:*", ["gcs:acme-*"], false],
    ["State.Example.com", ["state.example.com"], true],
    ["state.example.com:8443", ["state.example.com"], false],
    ["state.example.com", ["*.example.com"], true],
    ["evil.com", ["*.example.com"], false],
    ["app.terraform.io/acme", ["app.terraform.io/acme"], true],
    ["app.terraform.io/*", ["app.terraform.io/acme"], false],
    ["*", ["*"], true],
    ["*", ["gcs:*", "*.example.com"], false],
    ["*", [], false],
  ] as const) {
    it(`${expected ? "allows" : "refuses"} ${place} for ${patterns.join(" ") || "nothing"}`, () => {
      expect(isAllowedPlace(place, patterns)).to.equal(expected);
    });
  }
});
