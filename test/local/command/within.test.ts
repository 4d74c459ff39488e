import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LocalCommand, Workplace } from "../../support/local-command.ts";

const HAS_GCLOUD = spawnSync("gcloud", ["--version"], { stdio: "ignore" }).status === 0;

describe("npm run within", () => {
  const place = new Workplace();
  const alone = new Workplace();

  before(() => place.local("--json", "--port", "0", "--no-watch").ready());
  after(() => Promise.all([place.clear(), alone.clear()]));

  async function run(
    args: readonly string[],
    { at = place, env = {} }: { at?: Workplace; env?: NodeJS.ProcessEnv } = {},
  ): Promise<{ exitCode: number | null; output: string; errors: string }> {
    const command: LocalCommand = at.run("local/command/within.ts", args, env);
    const { exitCode } = await command.ended;
    return { exitCode, output: command.output, errors: command.errors.join("\n") };
  }

  /** A Node program, as its text. */
  const node = (program: string): string[] => [
    process.execPath,
    "--input-type=module",
    "-e",
    program,
  ];

  const WHO = `
    const url = "http://" + process.env.GCE_METADATA_HOST + "/computeMetadata/v1/instance/service-accounts/default/email";
    const response = await fetch(url, { headers: { "Metadata-Flavor": "Google" } });
    console.log(await response.text());`;

  it("runs a program as the developer", async () => {
    expect(await run(["--", ...node(WHO)])).to.deep.equal({
      exitCode: 0,
      output: "developer@example.com",
      errors: "",
    });
  });

  it("runs a program as an account of the stack", async () => {
    const { output } = await run(["--as", "enqueuer-api", "--", ...node(WHO)]);
    expect(output).to.equal("enqueuer-api@switchyard-dev.iam.gserviceaccount.com");
  });

  it("reaches the real host names", async () => {
    const program = `
      const response = await fetch("https://enqueuer-223080314602.us-central1.run.app/health");
      console.log(response.status);`;
    expect((await run(node(program))).output).to.equal("403");
  });

  it("names the accounts that there are", async () => {
    expect(await run(["--as", "nobody", "--", "true"])).to.deep.equal({
      exitCode: 1,
      output: "",
      errors:
        'There is no account "nobody" in the running stack; there are function-builder, enqueuer-api, tasks-dispatcher, sample-worker, plan-app, plan-runner, plan-executor, plan-deadletter, pubsub-push-sa, producer-tasks, consumer, producer, producer-control, scenarioforge-tasks, scenarioforge-worker, scenarioforge, developer.',
    });
  });

  it("says where no local cloud is running", async () => {
    expect(await run(["--", "true"], { at: alone })).to.deep.equal({
      exitCode: 1,
      output: "",
      errors: "No local cloud is running here. Start one with: npm run local",
    });
  });

  it("passes over a local cloud of another version, whose note says less", async () => {
    const folder = join(alone.temporary, `switchyard-${process.pid}-old`);
    await mkdir(folder);
    const note = { projectFolder: `${alone.root}/`, startedAt: 1, proxyUrl: "http://127.0.0.1:1" };
    await writeFile(join(folder, "attach.json"), JSON.stringify(note));
    const { errors } = await run(["--", "true"], { at: alone });
    expect(errors).to.equal("No local cloud is running here. Start one with: npm run local");
  });

  it("refuses an option that it does not know, and leaves the program its own", async () => {
    expect(await run(["--bogus", "--", "true"], { at: alone })).to.deep.equal({
      exitCode: 1,
      output: "",
      errors: "Unknown option '--bogus' (--help says what there is)",
    });
    const { output } = await run(["echo", "--bogus"]);
    expect(output).to.equal("--bogus");
  });

  it("needs a value where an option takes one", async () => {
    for (const option of ["--as", "--port="]) {
      const { errors } = await run([option], { at: alone });
      expect(errors).to.equal(
        `${option.replace("=", "")} needs a value (--help says what there is)`,
      );
    }
  });

  describe("where several local clouds run", () => {
    const both = new Workplace();
    const ports: string[] = [];

    before(async () => {
      for (const place of [both, both]) {
        const { entry_points: entryPoints } = await place
          .local("--json", "--port", "0", "--no-watch")
          .ready();
        ports.push(new URL(entryPoints[0]?.url ?? "").port);
      }
    });
    after(() => both.clear());

    const PORT_OF_PROXY = ["--", ...node("console.log(process.env.https_proxy)")];

    it("says which it takes, the newest, and what the others are", async () => {
      const { output, errors } = await run(PORT_OF_PROXY, { at: both });
      const [older = "", newer = ""] = ports;
      const since = ", since \\d\\d:\\d\\d:\\d\\d";
      expect(errors).to.match(
        new RegExp(
          `^within: switchyard-dev at port ${newer}${since}, the newest of 2 that run here\\. --port chooses another\\. There is switchyard-dev at port ${older}${since}\\.$`,
        ),
      );
      const told = await run(["--port", newer, ...PORT_OF_PROXY], { at: both });
      expect(told).to.deep.equal({ exitCode: 0, output, errors: "" });
    });

    it("takes the one that is meant, and refuses a port at which there is none", async () => {
      const [older = ""] = ports;
      const newest = await run(PORT_OF_PROXY, { at: both });
      const chosen = await run([`--port=${older}`, ...PORT_OF_PROXY], { at: both });
      expect([chosen.errors, chosen.output === newest.output]).to.deep.equal(["", false]);
      const { exitCode, errors } = await run(["--port", "1", "--", "true"], { at: both });
      expect(exitCode).to.equal(1);
      expect(errors).to.match(/^No local cloud of this folder answers at port 1\. There are /);
    });
  });

  it("says which program there is not", async () => {
    const { exitCode, errors } = await run(["--", "no-such-program"]);
    expect([exitCode, errors]).to.deep.equal([1, "no-such-program is not on your PATH."]);
  });

  it("explains itself", async () => {
    const { exitCode, output } = await run(["--help"]);
    expect(exitCode).to.equal(0);
    expect(output).to.contain("npm run within -- [--as ACCOUNT] [--port PORT] COMMAND");
    expect((await run([])).errors).to.match(/^No command was given\./);
  });

  it("ends with the program's exit code, and as a shell does for a signal", async () => {
    expect((await run(node("process.exit(7)"))).exitCode).to.equal(7);
    const killed = "process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)";
    expect((await run(node(killed))).exitCode).to.equal(128 + 9);
  });

  it("passes SIGTERM on", async () => {
    const program =
      "process.on('SIGTERM', () => { console.log('asked to end'); process.exit(3); }); setInterval(() => {}, 1000); console.log('running')";
    const command = place.within(...node(program));
    await command.line("running");
    expect((await command.stop("SIGTERM")).exitCode).to.equal(3);
    expect(command.output).to.contain("asked to end");
  });

  it("keeps the credentials of the person's shell away", async () => {
    const credentials = {
      GOOGLE_APPLICATION_CREDENTIALS: "/home/me/key.json",
      CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: "/home/me/token",
      PUBSUB_EMULATOR_HOST: "localhost:1",
    };
    const names = Object.keys(credentials);
    const program = `console.log(JSON.stringify(${JSON.stringify(names)}.map((n) => process.env[n] ?? null)), process.env.OF_THE_SHELL)`;
    const { output } = await run(node(program), { env: { ...credentials, OF_THE_SHELL: "kept" } });
    expect(output).to.equal("[null,null,null] kept");
  });

  describe("gcloud", () => {
    before(function () {
      if (!HAS_GCLOUD) {
        console.log("    skipped: needs gcloud (https://cloud.google.com/sdk/docs/install)");
        this.skip();
      }
    });

    const REGION = ["--region", "us-central1"];
    const LOCATION = ["--location", "us-central1"];
    const DESCRIBE = ["gcloud", "tasks", "queues", "describe", "queue-brain", ...LOCATION];

    it("runs the documents' own check commands as the developer, and is refused as somebody else", async () => {
      const [described, listed, url, refused] = await Promise.all([
        run(["--", ...DESCRIBE]),
        run(["--", "gcloud", "tasks", "list", "--queue", "queue-brain", ...LOCATION]),
        run([
          "gcloud",
          "run",
          "services",
          "describe",
          "enqueuer",
          ...REGION,
          "--format=value(status.url)",
        ]),
        run(["--as", "enqueuer-api", "--", ...DESCRIBE]),
      ]);
      expect(described.exitCode, described.errors).to.equal(0);
      expect(described.output).to.contain(
        "name: projects/switchyard-dev/locations/us-central1/queues/queue-brain",
      );
      expect(listed.exitCode, listed.errors).to.equal(0);
      expect(url.output).to.equal("https://enqueuer-223080314602.us-central1.run.app");
      expect(refused.exitCode).to.equal(1);
      expect(refused.errors).to.contain("cloudtasks.queues.get");
      expect(refused.errors).to.match(
        /enqueuer-api@switchyard-dev\.iam\.gserviceaccount\.com needs roles\/cloudtasks\.\w+ on\s+projects\/switchyard-dev\/locations\/us-central1\/queues\/queue-brain/,
      );
    });
  });

  describe("with Python", () => {
    before(function () {
      if (spawnSync("python3", ["--version"], { stdio: "ignore" }).status === 0) return;
      if (process.env.CI) throw new Error("python3 is missing.");
      console.log("    skipped: needs python3");
      this.skip();
    });

    const PROGRAM = `
import json, os, urllib.request

def read(url, **headers):
    return json.load(urllib.request.urlopen(urllib.request.Request(url, headers=headers)))

account = "http://%s/computeMetadata/v1/instance/service-accounts/default" % os.environ["GCE_METADATA_HOST"]
token = read(account + "/token", **{"Metadata-Flavor": "Google"})["access_token"]
queue = "https://cloudtasks.googleapis.com/v2/projects/switchyard-dev/locations/us-central1/queues/queue-brain"
print(read(queue, Authorization="Bearer " + token)["state"])`;

    it("reads proxy, certificate authority and credentials as Python does, and is refused as somebody else", async () => {
      const program = ["--", "python3", "-c", PROGRAM];
      expect(await run(program)).to.deep.equal({ exitCode: 0, output: "RUNNING", errors: "" });
      const refused = await run(["--as", "enqueuer-api", ...program]);
      expect(refused.exitCode).to.equal(1);
      expect(refused.errors).to.contain("HTTP Error 403");
    });
  });
});
