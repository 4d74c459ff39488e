import { expect } from "chai";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { LogEntry } from "../../local/log.ts";
import type { Declared } from "../../local/declared/declared.ts";
import type { LocalCloud } from "../../local/local-cloud.ts";
import { startLocalCloud, type LocalCloudOptions } from "../../local/platform.ts";
import { freePort } from "../support/free-port.ts";
import { declaredFor } from "../support/recorded.ts";
import { thrownBy } from "../support/thrown-by.ts";

const SAMPLE = fileURLToPath(new URL("host/fixtures/everything", import.meta.url));

describe("the local cloud", () => {
  let dev: Declared;
  const clouds: LocalCloud[] = [];
  const log: LogEntry[] = [];

  before(async () => {
    const { services, ...rest } = await declaredFor();
    // A role that does as its path says, in place of the enqueuer.
    const sample = { folder: SAMPLE, start: { entryPoint: "everything" } };
    const replaced = services.map((spec) =>
      spec.name === "enqueuer" ? { ...spec, ...sample } : spec,
    );
    dev = { ...rest, services: replaced };
  });
  afterEach(() => Promise.all(clouds.splice(0).map((cloud) => cloud.stop())));

  async function start(from = dev, options: Partial<LocalCloudOptions> = {}): Promise<LocalCloud> {
    log.length = 0;
    const cloud = await startLocalCloud(from, { log: (entry) => void log.push(entry), ...options });
    clouds.push(cloud);
    return cloud;
  }

  function urlOf(cloud: LocalCloud): string {
    return cloud.entryPoints()[0]?.url ?? "";
  }

  async function serve(answer: (request: IncomingMessage) => string): Promise<[Server, URL]> {
    const server = createServer((request, response) => response.end(answer(request)));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return [server, new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)];
  }

  /** A server on the port after one that nobody listens on. */
  async function serveBesideFreePort(): Promise<[Server, free: number]> {
    for (;;) {
      const free = await freePort();
      const server = createServer();
      const isTaken = await new Promise<boolean>((resolve) => {
        server.once("error", () => resolve(true)).once("listening", () => resolve(false));
        server.listen(free + 1, "127.0.0.1");
      });
      if (!isTaken) return [server, free];
    }
  }

  it("gives a role its own variables, the way into the cloud, an empty home, and nothing of the developer's", async () => {
    process.env.A_SECRET_OF_THE_DEVELOPER = "x";
    const cloud = await start();
    const response = await fetch(`${urlOf(cloud)}/environment`);
    delete process.env.A_SECRET_OF_THE_DEVELOPER;
    const found = (await response.json()) as Record<string, string>;
    const { folder, caFile, proxyUrl, metadataHosts } = cloud.attachment();
    expect(found).to.include({
      ...dev.services.find(({ name }) => name === "enqueuer")?.env,
      K_SERVICE: "enqueuer",
      HOME: `${folder}/home`,
      TMPDIR: `${folder}/tmp`,
      TZ: "UTC",
      https_proxy: proxyUrl,
      NODE_EXTRA_CA_CERTS: caFile,
      GCE_METADATA_HOST: metadataHosts["enqueuer-api"],
      GOOGLE_CLOUD_PROJECT: "switchyard-dev",
      CLOUDSDK_CONFIG: `${folder}/gcloud`,
    });
    const ours = Object.keys(process.env).filter(
      (name) => !["PATH", "HOME", "TMPDIR", "TZ"].includes(name),
    );
    const inherited = ours.filter((name) => found[name] === process.env[name]);
    // What the shell of the guard sets for itself.
    expect(inherited.filter((name) => !["SHLVL", "_"].includes(name))).to.deep.equal([]);
  });

  it("keeps what a role writes to /tmp in the local cloud's own folder", async () => {
    const services = dev.services.map((spec) =>
      spec.name === "enqueuer"
        ? { ...spec, env: { ...spec.env, WORK_ROOT: "/tmp/work", OTHER: "/tmpfs/work" } }
        : spec,
    );
    const cloud = await start({ ...dev, services });
    const response = await fetch(`${urlOf(cloud)}/environment`);
    const { folder } = cloud.attachment();
    expect(await response.json()).to.include({
      WORK_ROOT: `${folder}/tmp/work`,
      OTHER: "/tmpfs/work",
    });
  });

  it("leaves nothing when a port is taken", async () => {
    const [server, { port }] = await serve(() => "");
    const failure = await thrownBy(() => start(dev, { port: Number(port) }));
    expect(failure).to.include({ code: "EADDRINUSE", port: Number(port) });
    server.close();
  });

  it("removes its folder when it stops", async () => {
    const cloud = await start();
    const { folder } = cloud.attachment();
    expect(existsSync(folder)).to.equal(true);
    await cloud.stop();
    expect(existsSync(folder)).to.equal(false);
  });

  it("does not become another project while it runs", async () => {
    const cloud = await start();
    const failure = await thrownBy(() => cloud.apply({ ...dev, projectId: "other" }));
    expect(String(failure)).to.contain("start the local cloud again");
    expect((await fetch(`${urlOf(cloud)}/ok`)).status).to.equal(200);
  });

  it("takes another plan into use: bindings at once, new entry points too", async () => {
    const cloud = await start();
    const bindings = dev.bindings.filter(({ role }) => role !== "roles/run.invoker");
    await cloud.apply({ ...dev, bindings });
    expect((await fetch(`${urlOf(cloud)}/ok`)).status).to.equal(403);
    await cloud.apply({ ...dev, entryPoints: [] });
    expect(cloud.entryPoints()).to.deep.equal([]);
  });

  describe("with a program of the person's own in the place of a service", () => {
    function ownProgram(url: URL): Partial<LocalCloudOptions> {
      const program = { option: "--worker", name: "enqueuer", url };
      const programs = () => new Map([["enqueuer", program]]);
      return { attaching: { enqueuer: { attach: () => ({ programs }) } } };
    }

    it("forwards to it what the front end admits, and nothing else", async () => {
      const seen: string[] = [];
      const [server, target] = await serve(({ method, url, headers }) => {
        seen.push(`${method ?? ""} ${url ?? ""} ${headers.host ?? ""}`);
        return "mine";
      });
      const cloud = await start(dev, ownProgram(target));
      const answer = await fetch(`${urlOf(cloud)}/process?x=1`, { method: "POST", body: "{}" });
      expect([answer.status, await answer.text()]).to.deep.equal([200, "mine"]);
      const refused = await fetch(urlOf(cloud), { headers: { authorization: "Bearer nonsense" } });
      expect(refused.status).to.equal(401);
      expect(seen).to.deep.equal(["POST /process?x=1 enqueuer-223080314602.us-central1.run.app"]);
      server.close();
    });

    it("says so where it does not answer", async () => {
      const [server, target] = await serve(() => "");
      server.close();
      await once(server, "close");
      const cloud = await start(dev, ownProgram(target));
      const answer = await fetch(urlOf(cloud));
      expect(answer.status).to.equal(503);
      const [error] = log.filter(({ severity }) => severity === "ERROR");
      expect(error?.message).to.match(
        /^enqueuer: your program at http:\/\/127\.0\.0\.1:\d+ did not answer \(/,
      );
    });
  });

  it("answers for an external worker by the sample worker, and says so once", async () => {
    const external = await declaredFor({
      workers: [
        {
          name: "brain",
          url: "https://brain-999999999999.us-central1.run.app/process",
          service: "brain",
          deadlineSeconds: 700,
        },
      ],
    });
    const cloud = await start(external);
    await cloud.apply(external);
    expect(log.filter(({ message }) => message.includes("external worker"))).to.deep.equal([
      {
        source: "local",
        severity: "NOTICE",
        message:
          "brain is an external worker: the sample worker answers for it. --worker brain=http://127.0.0.1:9000 forwards to your own.",
      },
    ]);
  });

  it("makes requests as the developer that the stack names now", async () => {
    const cloud = await start();
    const resource = `projects/${dev.projectId}/locations/${dev.region}/services/enqueuer`;
    const invoker = { member: "user:next@example.com", role: "roles/run.invoker", resource };
    const bindings = dev.bindings.filter(({ resource: on }) => on !== resource);
    await cloud.apply({
      ...dev,
      developer: "user:next@example.com",
      bindings: [...bindings, { ...invoker, kind: "role" }],
    });
    expect((await fetch(`${urlOf(cloud)}/ok`)).status).to.equal(200);
  });

  it("stays as it was where a port of the next plan is taken", async () => {
    const [server, first] = await serveBesideFreePort();
    try {
      // What stands in for the outside world may open ports too.
      const both = { ...dev, outside: {} };
      const one = { ...both, entryPoints: dev.entryPoints.slice(0, 1) };
      const cloud = await start(one, { port: first });
      const next = { ...both, queues: [] };
      expect(await thrownBy(() => cloud.apply(next))).to.include({ code: "EADDRINUSE" });
      expect(cloud.declared()).to.equal(one);
      expect((await fetch(`${urlOf(cloud)}/ok`)).status).to.equal(200);
    } finally {
      server.close();
    }
  });
});
