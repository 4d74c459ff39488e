import { createPrivateKey } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ConfigError } from "../../../infra/config/errors.ts";
import { Secret } from "../../../infra/secret.ts";
import { SYSTEMS } from "../../../infra/systems/index.ts";
import type { KnownSecrets } from "../../../local/declared/secrets.ts";
import { stackValues, type StackValues } from "../../../local/declared/stack-values.ts";
import { standIn } from "../../support/recorded.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const NOTHING: KnownSecrets = { given: {}, standIns: {} };
const ENCRYPTED = "{ secure: v1:abc }";

describe("a stack's values on this machine", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "switchyard-values-"));
    write("Pulumi.yaml", "name: switchyard\nconfig:\n  systems: { default: [] }\n");
    stack({});
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(file: string, text: string): void {
    writeFileSync(join(root, file), text);
  }

  function stack(values: Readonly<Record<string, string>>): void {
    const lines = Object.entries(values).map(([key, text]) => `  switchyard:${key}: ${text}\n`);
    write("Pulumi.x.yaml", `config:\n  switchyard:region: mars\n${lines.join("")}`);
  }

  function values(known: Partial<KnownSecrets> = {}): Promise<StackValues> {
    return stackValues("x", { ...NOTHING, ...known }, SYSTEMS, root);
  }

  /** What a secret key holds then. */
  async function text(key: string, known: Partial<KnownSecrets> = {}): Promise<unknown> {
    const value = (await values(known)).values[key];
    return value instanceof Secret ? value.reveal() : value;
  }

  it("are those of the file where nothing is secret", async () => {
    expect(await values()).to.deep.equal({
      values: { systems: [], region: "mars" },
      standIns: {},
    });
  });

  it("are refused where .env.local names a key that there is not", async () => {
    write(".env.local", "githubWebhookSekret=from the file on disk\n");
    const error = await thrownBy(() => values());
    expect(String(error)).to.include(
      "githubWebhookSekret in .env.local: there is no such secret key; there are githubWebhookSecret, githubAppPrivateKey, producerAuthToken, scenarioApiKeys, scenarioGeminiApiKey, scenarioSealKey.",
    );
    expect(String(error)).not.to.include("from the file");
  });

  it("are refused where a line of .env.local is none, which is named and not shown", async () => {
    const lines = [
      "# a comment",
      "",
      "githubWebhookSecret: 'from the file on disk'",
      "  # another",
      'githubAppPrivateKey = "-----BEGIN',
      "of several: lines",
      '-----"  # and a comment',
      "export githubWebhookSecret=from the file on disk",
      "bGV0bWVpbg",
      "-----a key of=letmein",
      "bGV0bWVpbg==",
    ];
    for (const lineBreak of ["\n", "\r\n"]) {
      write(".env.local", lines.join(lineBreak));
      const error = await thrownBy(() => values());
      expect((error as ConfigError).problems).to.deep.equal(
        [3, 9, 10].map(
          (line) =>
            `line ${line} of .env.local is not KEY=VALUE; a value of several lines stands in quotes, a comment behind #.`,
        ),
      );
    }
  });

  it("take a secret from a file that .env.local names", async () => {
    write("webhook.secret", "from a file of its own\n");
    write(".env.local", "githubWebhookSecret=@webhook.secret\n");
    expect(await text("githubWebhookSecret")).to.equal("from a file of its own");
  });

  it("are refused where the file that .env.local names cannot be read", async () => {
    write(".env.local", "githubWebhookSecret=@letmein\n");
    const error = await thrownBy(() => values());
    expect((error as ConfigError).problems).to.deep.equal([
      "githubWebhookSecret in .env.local names a file that cannot be read (ENOENT).",
    ]);
  });

  it("take a secret from the command line, else from .env.local, else make one up", async () => {
    stack({ githubWebhookSecret: ENCRYPTED });
    const made = await values();
    const generated = made.standIns.githubWebhookSecret;
    expect(generated).to.match(/^[0-9a-f]{64}$/);
    expect(await text("githubWebhookSecret", { standIns: made.standIns })).to.equal(generated);

    write(".env.local", "githubWebhookSecret=from the file on disk\n");
    expect(await text("githubWebhookSecret", { standIns: made.standIns })).to.equal(
      "from the file on disk",
    );
    expect((await values()).standIns).to.deep.equal({});

    const given = { githubWebhookSecret: "from the command line" };
    expect(await text("githubWebhookSecret", { given })).to.equal("from the command line");
  });

  it("read quotes and escapes of .env.local as dotenv does", async () => {
    const pem = standIn("githubAppPrivateKey");
    write(
      ".env.local",
      `# a comment\ngithubAppPrivateKey="${pem.replaceAll("\n", "\\n")}"\ngithubWebhookSecret='with "quotes" and # in it'\n`,
    );
    expect(await text("githubAppPrivateKey")).to.equal(pem);
    expect(await text("githubWebhookSecret")).to.equal('with "quotes" and # in it');
  });

  it("make up what a system requires: a text, and a key as GitHub hands it out", async () => {
    stack({ systems: "[plan-runner]" });
    const { standIns } = await values();
    expect(Object.keys(standIns)).to.have.members(["githubWebhookSecret", "githubAppPrivateKey"]);
    const key = standIns.githubAppPrivateKey ?? "";
    expect(key).to.match(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    expect(createPrivateKey(key).asymmetricKeyDetails?.modulusLength).to.equal(2048);
  });

  it("leave a plain text in the stack's file to be refused, whatever else is given", async () => {
    stack({ githubWebhookSecret: "in plain text for all" });
    const given = { githubWebhookSecret: "from the command line" };
    expect(await text("githubWebhookSecret", { given })).to.equal("in plain text for all");
  });

  it("refuse a secret of a key that there is not, and name those that there are", async () => {
    const error = await thrownBy(() => values({ given: { githubSecret: "tell nobody about it" } }));
    expect(error).to.be.instanceOf(ConfigError);
    expect((error as ConfigError).problems).to.deep.equal([
      "--secret githubSecret: there is no such secret key; there are githubWebhookSecret, githubAppPrivateKey, producerAuthToken, scenarioApiKeys, scenarioGeminiApiKey, scenarioSealKey.",
    ]);
  });

  it("refuse what will not do, and say where it is from but not what it is", async () => {
    write(".env.local", "githubAppPrivateKey=letmein\n");
    const error = await thrownBy(() => values({ given: { githubWebhookSecret: "letmein" } }));
    expect((error as ConfigError).problems).to.deep.equal([
      "--secret githubWebhookSecret has a value that will not do; it must have at least 16 characters.",
      "githubAppPrivateKey in .env.local has a value that will not do; it must be an RSA private key in PEM form, as GitHub hands it out for an App.",
    ]);
  });
});
