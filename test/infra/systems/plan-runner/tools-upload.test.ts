/** `npm run tools:upload` as a person runs it: a process of its own, with the developer's credentials, in the local cloud. */
import { expect } from "chai";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { parseDocument } from "yaml";
import { clientEnvironment } from "../../../../local/gateway/environment.ts";
import {
  textResponse,
  type LocalRequest,
  type LocalResponse,
} from "../../../../local/http/message.ts";
import type { Binding } from "../../../../local/iam/types.ts";
import { DEVELOPER } from "../../../../local/identity/metadata-servers.ts";
import { LocalCommand, PROJECT_ROOT, Workplace } from "../../../support/local-command.ts";
import { TestPlatform } from "../../../support/platform.ts";
import { tar } from "../../../support/plan-executor/tarball.ts";
import { ScriptedTofu } from "../../../support/scripted-tofu.ts";
import {
  checksOf,
  installed,
  opened,
  planned,
} from "../../../systems/plan-runner/pull-requests.ts";
import { planRunnerWith } from "../../../support/plan-runner.ts";

const archiveOf = (content: string): Buffer =>
  gzipSync(tar([{ path: "tofu", content, mode: 0o755 }]));

/** Mirrors the one provider that is required. */
const MIRRORS = `case "$1" in
  providers)
    grep -q '{"source":"hashicorp/google","version":"7.9.0"}' providers.tf.json || exit 1
    mkdir -p "$4/registry.opentofu.org/hashicorp/google"
    echo provider > "$4/registry.opentofu.org/hashicorp/google/terraform-provider-google_7.9.0_linux_amd64.zip" ;;
`;
const scripted = await ScriptedTofu.create();
const script = await readFile(scripted.path, "utf8");
await scripted.remove();
const ARCHIVE = archiveOf(script.replace('case "$1" in\n', MIRRORS));
const OTHER = archiveOf("#!/bin/sh\nexit 1\n");
const VERSION = "1.12.6";
const NAME = `tofu_${VERSION}_linux_amd64.tar.gz`;
const RELEASE = `/opentofu/opentofu/releases/download/v${VERSION}/${NAME}`;
const BUCKET = "switchyard-dev-plan-tools";
const OBJECT = `tofu/${NAME}`;
const PROVIDER =
  "providers/registry.opentofu.org/hashicorp/google/terraform-provider-google_7.9.0_linux_amd64.zip";

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe("npm run tools:upload", () => {
  /** What the release page has at present. */
  let released: Buffer | undefined;
  /** What was asked of it. */
  const asked: string[] = [];

  /** github.com leads to another host for files of a release. */
  const github = ({ url }: LocalRequest): Promise<LocalResponse> => {
    asked.push(url.pathname);
    if (url.pathname !== RELEASE || released === undefined) {
      return Promise.resolve(textResponse(404, "Not Found"));
    }
    const location = "https://release-assets.githubusercontent.com/tofu";
    return Promise.resolve({ status: 302, headers: [["location", location]], body: Buffer.of() });
  };
  const assets = (): Promise<LocalResponse> =>
    Promise.resolve({ status: 200, headers: [], body: released ?? Buffer.of() });

  const config = {
    systems: ["plan-runner"],
    workers: [],
    tofuSha256: sha256(ARCHIVE),
    planProviders: ["hashicorp/google@7.9.0"],
  };
  const standIns = new Map([
    ["github.com", github],
    ["release-assets.githubusercontent.com", assets],
  ]);
  const platform = new TestPlatform({ config, standIns, ...planRunnerWith({ tofu: null }) });
  let place: Workplace;
  let root: string;

  before(async () => {
    [root] = await Promise.all([projectWith(config), platform.start()]);
    place = new Workplace(root);
  });
  beforeEach(async () => {
    released = ARCHIVE;
    asked.length = 0;
    await mayUpload(true);
  });
  after(async () => {
    await platform.stop();
    await place.clear();
    await rm(root, { recursive: true });
  });

  /** Gives the developer the right to upload, which no row of the stack does, or takes it away. */
  async function mayUpload(may: boolean): Promise<void> {
    const plan = platform.cloud.declared();
    const resource = `projects/_/buckets/${BUCKET}`;
    const others = plan.bindings.filter(
      (each) => each.member !== plan.developer || each.resource !== resource,
    );
    const right: Binding = {
      member: plan.developer,
      role: "roles/storage.objectUser",
      resource,
      kind: "role",
    };
    await platform.cloud.apply({ ...plan, bindings: may ? [...others, right] : others });
  }

  async function run(...args: string[]) {
    const attachment = platform.cloud.attachment();
    const environment = clientEnvironment({
      ...attachment,
      metadataHost: attachment.metadataHosts[DEVELOPER] ?? "",
      gcloudConfigFolder: join(attachment.folder, "gcloud-developer"),
    });
    const command: LocalCommand = place.run(
      "infra/systems/plan-runner/tools-upload.ts",
      args,
      environment,
    );
    const { exitCode } = await command.ended;
    return {
      exitCode,
      output: command.output,
      errors: command.errors.join("\n"),
      left: place.files(),
    };
  }

  /** The names in the tools bucket. */
  async function uploaded(): Promise<string[]> {
    const url = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o`;
    const { body } = await platform.as("plan-executor", url);
    const { items = [] } = body as { items?: { name: string }[] };
    return items.map(({ name }) => name);
  }

  // First, while there is nothing in the bucket.
  it("refuses a release that is not what the stack pins, and uploads nothing", async () => {
    released = OTHER;
    const { exitCode, errors, left } = await run();
    expect({ exitCode, left }).to.deep.equal({ exitCode: 1, left: [] });
    expect(errors).to.match(
      new RegExp(
        `is not what the stack pins: its sha256 is ${sha256(OTHER)}, tofuSha256 is ${sha256(ARCHIVE)}\\. Nothing was uploaded\\.$`,
      ),
    );
    expect(await uploaded()).to.deep.equal([]);
  });

  it("says which release there is not", async () => {
    released = undefined;
    expect(await run()).to.deep.equal({
      exitCode: 1,
      output: `Downloading https://github.com${RELEASE}`,
      errors: `https://github.com${RELEASE} answered 404; is tofuVersion a release?`,
      left: [],
    });
    expect(await uploaded()).to.deep.equal([]);
  });

  it("says in a sentence who may not upload, and which row is missing", async () => {
    await mayUpload(false);
    const { exitCode, errors, left } = await run();
    expect({ exitCode, left }).to.deep.equal({ exitCode: 1, left: [] });
    expect(errors.split("\n")).to.have.length(1);
    expect(errors).to.include(`gs://${BUCKET}/${OBJECT} could not be uploaded: `);
    expect(errors).to.include("storage.objects.create");
    expect(await uploaded()).to.deep.equal([]);
  });

  it("takes an archive that is here already, and downloads nothing", async () => {
    const file = join(root, "release.tar.gz");
    await writeFile(file, ARCHIVE);
    const { exitCode, output, errors } = await run("--archive", file);
    expect({ exitCode, errors, asked }).to.deep.equal({ exitCode: 0, errors: "", asked: [] });
    const [first, second, last] = output.split("\n");
    expect([first, second]).to.deep.equal(
      [OBJECT, PROVIDER].map((object) => `Uploading gs://${BUCKET}/${object}`),
    );
    expect(last).to.match(/^Done\. /);
    expect(await uploaded()).to.deep.equal([PROVIDER, OBJECT]);
  });

  it("says which archive there is not", async () => {
    const file = join(root, "nowhere.tar.gz");
    const { exitCode, errors } = await run("--archive", file);
    expect({ exitCode, errors }).to.deep.equal({
      exitCode: 1,
      errors: `${file} cannot be read (ENOENT).`,
    });
  });

  it("uploads release and providers over those that are there; plan-executor plans with them", async () => {
    const { exitCode, errors, left } = await run();
    expect({ exitCode, errors, left }).to.deep.equal({ exitCode: 0, errors: "", left: [] });
    expect(asked).to.deep.equal([RELEASE]);
    expect(await uploaded()).to.deep.equal([PROVIDER, OBJECT]);

    const repository = await installed(platform);
    const pull = await opened(platform, repository, planned("Plan: with what was uploaded"));
    expect(checksOf(pull)).to.deep.equal({ plan: "success" });
    expect(pull.comments[0]?.body).to.include("Plan: with what was uploaded");
  });

  it("says how it is used", async () => {
    const { exitCode, output } = await run("--help");
    expect(exitCode).to.equal(0);
    expect(output).to.match(/^Usage: npm run tools:upload/);
  });

  it("says which option there is not", async () => {
    const { exitCode, errors } = await run("--stck", "dev");
    expect(exitCode).to.equal(1);
    expect(errors).to.match(/^Unknown option '--stck'.*\(--help says what there is\)$/);
  });
});

/** As much of this project as the command needs, with other values in its stack file. Answers the folder. */
async function projectWith(values: Readonly<Record<string, unknown>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "tools-upload-test-"));
  for (const name of ["infra", "package.json", "Pulumi.yaml", "node_modules"]) {
    const [from, to] = [resolve(PROJECT_ROOT, name), join(root, name)];
    await (name === "node_modules" ? symlink(from, to) : cp(from, to, { recursive: true }));
  }
  const stack = parseDocument(await readFile(join(PROJECT_ROOT, "Pulumi.dev.yaml"), "utf8"));
  for (const [key, value] of Object.entries(values)) {
    stack.setIn(["config", `switchyard:${key}`], value);
  }
  await writeFile(join(root, "Pulumi.dev.yaml"), stack.toString());
  return root;
}
