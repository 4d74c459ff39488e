import { expect } from "chai";
import { once } from "node:events";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { CONTEXT, ConsumerServer } from "../../support/consumer-server.ts";

const TOKEN = "downscoped-token";

describe("the consumer's synchronising", () => {
  let consumer: ConsumerServer;
  let storage: http.Server;
  const objects = new Map<string, { content: Buffer; generation: number }>();
  const requests: string[] = [];
  let generations = 0;
  let uploadStatus = 200;

  /** Puts an object under the tenant's prefix. */
  const put = (name: string, content: string): void => {
    objects.set(`u1/p1/s1/${name}`, { content: Buffer.from(content), generation: ++generations });
  };

  async function answer(request: http.IncomingMessage): Promise<[number, string | Buffer]> {
    const url = new URL(request.url ?? "", "http://storage");
    requests.push(`${request.method ?? ""} ${url.pathname}`);
    const body = await buffer(request);
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return [401, "{}"];
    const query = Object.fromEntries(url.searchParams);
    if (url.pathname === "/storage/v1/b/bucket/o") {
      const items = [...objects]
        .filter(([name]) => name.startsWith(query.prefix ?? ""))
        .map(([name, { generation, content }]) => ({
          name,
          generation: String(generation),
          size: String(content.length),
        }));
      const at = Number(query.pageToken ?? 0);
      const more = at + 2 < items.length && { nextPageToken: String(at + 2) };
      return [200, JSON.stringify({ items: items.slice(at, at + 2), ...more })];
    }
    const name = /^\/download\/storage\/v1\/b\/bucket\/o\/(.+)$/.exec(url.pathname)?.[1];
    if (name !== undefined) {
      const object = objects.get(decodeURIComponent(name));
      return object === undefined ? [404, ""] : [200, object.content];
    }
    if (uploadStatus !== 200) return [uploadStatus, "{}"];
    const wanted = Number(query.ifGenerationMatch);
    if ((objects.get(query.name ?? "")?.generation ?? 0) !== wanted) return [412, "{}"];
    objects.set(query.name ?? "", { content: body, generation: ++generations });
    return [200, JSON.stringify({ generation: String(generations) })];
  }

  beforeEach(async () => {
    objects.clear();
    requests.length = 0;
    uploadStatus = 200;
    storage = http.createServer((request, response) => {
      void answer(request).then(([status, body]) => response.writeHead(status).end(body));
    });
    storage.listen(0, "127.0.0.1");
    await once(storage, "listening");
    const { port } = storage.address() as AddressInfo;
    consumer = await ConsumerServer.start({
      GCS_BUCKET: "bucket",
      GCS_API_BASE: `http://127.0.0.1:${port}`,
      GCS_DEBUG: "1",
    });
  });

  afterEach(async () => {
    await consumer.stop();
    storage.closeAllConnections();
    storage.close();
    await once(storage, "close");
  });

  async function ask(tool: string, args: object = {}, token = TOKEN): Promise<unknown> {
    const response = await fetch(`${consumer.url}/sessions/stream`, {
      method: "POST",
      headers: { ...CONTEXT, ...(token !== "" && { "x-gcs-token": token }) },
      body: JSON.stringify({ tool, args }),
    });
    const line = (await response.text()).split("\n").find((each) => each.startsWith("{"));
    return JSON.parse(line ?? "null");
  }

  const local = (name: string) => readFile(path.join(consumer.folder, name), "utf8");

  it("brings the tenant's objects before it is ready, page by page", async () => {
    for (const name of ["a", "d/b", "d/c", "folder/"]) put(name, name);
    const answered = await ask("READ_FILE", { filepath: "d/b" });
    expect(answered).to.have.nested.property("result.content", "d/b");
    expect(await Promise.all(["a", "d/b", "d/c"].map(local))).to.deep.equal(["a", "d/b", "d/c"]);
  });

  it("uploads what a tool wrote before it answers, and replaces what it knows only", async () => {
    put("a", "old");
    await ask("UPDATE_FILE", { filepath: "a", content: "new" });
    expect(objects.get("u1/p1/s1/a")?.content.toString()).to.equal("new");
    await ask("UPDATE_FILE", { filepath: "b", content: "b" });
    expect(objects.get("u1/p1/s1/b")?.content.toString()).to.equal("b");
    expect([...objects.keys()]).to.deep.equal(["u1/p1/s1/a", "u1/p1/s1/b"]);
  });

  it("counts what it did, and leaves out names that lead elsewhere and what it may not write", async () => {
    put("a", "a");
    put("../escape", "x");
    uploadStatus = 403;
    await mkdir(consumer.folder, { recursive: true });
    await writeFile(path.join(consumer.folder, "mine"), "mine");
    await symlink("/etc/hostname", path.join(consumer.folder, "link"));
    expect(await ask("GCS_SYNC")).to.deep.equal({
      result: { scannedRemote: 2, downloaded: 0, uploaded: 0, conflicts: 2 },
    });
    expect(requests.some((each) => each.includes("escape"))).to.equal(false);
  });

  it("takes no bucket, prefix or token from an event (defect 18)", async () => {
    const errors = [{ bucket: "other" }, { prefix: "u2/" }, { token: "other" }].map((args) =>
      ask("SYNC_GCS", args),
    );
    expect(await Promise.all(errors)).to.deep.equal(
      ["bucket", "prefix", "token"].map((what) => ({
        result: null,
        error: `GCS_SYNC: ${what} not allowed`,
      })),
    );
  });

  it("uses no account of its own where no token came (defect 18)", async () => {
    expect(await ask("GCS.MIRROR", {}, "")).to.deep.equal({
      result: null,
      error: "GCS_SYNC: missing token",
    });
    expect(requests).to.deep.equal([]);
  });

  it("shows its requests, and never the token", async () => {
    put("a", "a");
    await ask("READ_FILE", { filepath: "a" });
    const shown = consumer.logged.filter(({ message }) => message === "A request to Cloud Storage");
    expect(shown[0]).to.deep.include({ severity: "DEBUG", method: "GET", status: 200 });
    expect(JSON.stringify(consumer.logged)).to.not.contain(TOKEN);
  });

  it("answers on where synchronising fails", async () => {
    expect(await ask("READ_FILE", { filepath: "none" }, "bad")).to.have.property("error");
    const warned = consumer.logged.filter(({ severity }) => severity === "WARNING");
    expect(warned[0]).to.have.property(
      "message",
      "Synchronising failed: Cloud Storage answered 401 to a list",
    );
  });
});
