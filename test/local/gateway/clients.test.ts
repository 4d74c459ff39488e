import { expect } from "chai";
import { execFile } from "node:child_process";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import {
  EMAIL,
  LOCATION,
  PROJECT,
  SERVICE_HOST,
  startSmallCloud,
  type SmallCloud,
} from "./small-cloud.ts";

const run = promisify(execFile);

const PATH = process.env.PATH ?? "";

describe("unmodified clients through the gateway", () => {
  let cloud: SmallCloud;

  before(async () => {
    cloud = await startSmallCloud();
  });
  after(() => cloud.stop());

  /** Runs a program in the local cloud's environment and nothing else. */
  async function within(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await run(command, args, { env: { PATH, ...cloud.environment } });
    return stdout;
  }

  const script = (name: string): string =>
    fileURLToPath(new URL(`clients/${name}.ts`, import.meta.url));

  it("serves @google-cloud/tasks over gRPC, errors and their details included", async () => {
    const output = await within(process.execPath, script("tasks"), LOCATION);

    expect(JSON.parse(output)).to.deep.equal({
      name: `${LOCATION}/queues/q/tasks/t`,
      state: "RUNNING",
      failures: [
        { code: 5, details: "Requested entity was not found." },
        { code: 7, details: "no cloudtasks.GetQueue", reason: "IAM_PERMISSION_DENIED" },
        { code: 13, details: "Internal error encountered." },
        {
          code: 12,
          details:
            "The local cloud does not implement google.cloud.tasks.v2.CloudTasks.PurgeQueue.",
        },
      ],
    });
    const created = cloud.seen.find(({ method }) => method === "CreateTask");
    expect(created).to.deep.equal({
      method: "CreateTask",
      principal: `serviceAccount:${EMAIL}`,
      request: {
        parent: `${LOCATION}/queues/q`,
        task: {
          dispatchDeadline: { seconds: 700 },
          httpRequest: {
            body: Buffer.from("{}"),
            headers: { "Content-Type": "application/json" },
            httpMethod: "POST",
            url: "https://example.com/process",
          },
          scheduleTime: { seconds: 1_767_225_600 },
        },
      },
    });
  });

  it("writes a bug's stack to the log and keeps it out of the answer", () => {
    const bug = cloud.logs.find(({ severity }) => severity === "ERROR");

    expect(bug?.message).to.match(
      /^google\.cloud\.tasks\.v2\.CloudTasks\.GetQueue failed: TypeError: a bug\n {4}at /,
    );
  });

  it("lets google-auth-library call a private service and verify the token by Google's certificates", async () => {
    const origin = `https://${SERVICE_HOST}`;
    const output = await within(process.execPath, script("identity"), origin);

    expect(JSON.parse(output)).to.deep.equal({
      email: EMAIL,
      aud: origin,
      emailVerified: true,
      projectId: PROJECT,
      fetched: "/fetched",
      refused: "AbortError: Proxy response (403) !== 200 when HTTP Tunneling",
    });
    expect(cloud.logs).to.deep.include({
      source: "gateway",
      severity: "WARNING",
      message: "Refused a connection to example.com:443",
    });
  });

  it("serves curl, which offers h2 and http/1.1, by REST", async function () {
    if (!(await isOnPath("curl"))) {
      console.log("      curl is not on PATH: not tried");
      this.skip();
    }
    const { token } = cloud.issuer.accessToken({ principal: `serviceAccount:${EMAIL}` });
    const url = `https://cloudtasks.googleapis.com/v2/${LOCATION}/queues/q`;
    const output = await within("curl", "-sS", "-H", `Authorization: Bearer ${token}`, url);

    expect(JSON.parse(output)).to.deep.include({ name: `${LOCATION}/queues/q`, state: "RUNNING" });
  });

  it("serves gcloud with the identity of the metadata server", async function () {
    if (!(await isOnPath("gcloud"))) {
      console.log("      gcloud is not on PATH: not tried");
      this.skip();
    }
    const describeQueue = ["tasks", "queues", "describe", "q", "--location", "us-central1"];
    const output = await within("gcloud", ...describeQueue, "--format", "value(state)");

    expect(output).to.equal("RUNNING\n");
    expect(cloud.asked.at(-1)).to.deep.equal({
      principal: `serviceAccount:${EMAIL}`,
      permission: "cloudtasks.GetQueue",
      resource: `${LOCATION}/queues/q`,
    });
  });
});

async function isOnPath(name: string): Promise<boolean> {
  const folders = PATH.split(delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
