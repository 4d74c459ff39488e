import { expect } from "chai";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { AccessRow } from "../../infra/access.ts";
import { projectRows } from "../../infra/components/project.ts";
import { declared, type Declared } from "../../local/declared/declared.ts";
import { recordProgram } from "../../local/declared/record.ts";
import { bundleTiny, FAULT, writeTiny } from "../fixtures/tiny-run-service/bundle.ts";
import {
  ACCOUNT,
  BUCKET,
  CALLER,
  declareTinyService,
  PLACE,
  ROWS,
  URL_OF_TINY,
  type TinyProgram,
} from "../fixtures/tiny-run-service/program.ts";
import { TestPlatform, type Answer } from "../support/platform.ts";
import { devConfig } from "../support/recorded.ts";

/** What a process printed comes by a pipe. */
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const ALL = [ROWS.secret, ROWS.files, ROWS.caller];
const EMAIL = `${ACCOUNT}@${PLACE.project}.iam.gserviceaccount.com`;
const OBJECTS = `https://storage.googleapis.com/storage/v1/b/${BUCKET}/o`;

describe("a Cloud Run service that is no function", () => {
  let root: string;
  let platform: TestPlatform;
  let token: string;

  async function program(
    rows: readonly AccessRow[] = ALL,
    changes: Partial<TinyProgram> = {},
  ): Promise<Declared> {
    const bundle = await bundleTiny(root);
    const registrations = await recordProgram("dev", () =>
      declareTinyService({ bundle, rows, ...changes }),
    );
    const platform = { entryPoints: [], outside: {}, rows: [...rows, ...projectRows(PLACE)] };
    return declared({ config: devConfig(), platform, registrations });
  }

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "switchyard-tiny-"));
    await writeTiny(root);
    platform = new TestPlatform({ declared: await program() });
    await platform.start();
    token = await platform.idToken(CALLER, URL_OF_TINY);
  });

  after(async () => {
    await platform.stop();
    await rm(root, { recursive: true });
  });

  function ask(where: string, body: object = {}, headers: object = {}): Promise<Answer> {
    return platform.through(`${URL_OF_TINY}${where}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        ...headers,
      },
      body,
    });
  }

  async function about(): Promise<{
    pid: number;
    env: Record<string, string>;
    [key: string]: unknown;
  }> {
    const { status, body } = await ask("/about");
    expect(status).to.equal(200);
    return body as never;
  }

  /** Ends what runs, so that the next request meets a cold start, and all files have been written back. */
  async function restart(next: Declared): Promise<void> {
    await platform.cloud.apply({ ...platform.cloud.declared(), services: [] });
    await platform.cloud.apply(next);
  }

  function put(name: string, text: string): void {
    platform.cloud.putObject(BUCKET, name, Buffer.from(text), "text/plain");
  }

  async function objects(): Promise<Record<string, string>> {
    const { body } = await platform.as(ACCOUNT, OBJECTS);
    const names = ((body as { items?: { name: string }[] }).items ?? []).map(({ name }) => name);
    const texts = names.map(async (name) => {
      const url = `${OBJECTS}/${encodeURIComponent(name)}?alt=media`;
      const text = (await platform.as(ACCOUNT, url)).body;
      return [name, typeof text === "string" ? text : JSON.stringify(text)] as const;
    });
    return Object.fromEntries(await Promise.all(texts));
  }

  function messages(): string[] {
    return platform.log.map(({ message }) => message);
  }

  it("starts on the first request, as its account, from the folder of its archive", async () => {
    const { folder, email, env } = await about();
    expect(folder).to.equal(path.join(root, "dist/tiny.service"));
    expect(email).to.equal(EMAIL);
    expect(env).to.include({
      K_SERVICE: "tiny",
      NODE_OPTIONS: "--max-semi-space-size=16 --max-old-space-size=256",
      NODE_ENV: "production",
      TOKEN: "the secret of tiny",
    });
    expect(env).not.to.have.any.keys("FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE");
    expect(messages().filter((line) => line.startsWith("tiny: cold start took"))).to.have.length(1);
  });

  it("lets only its callers in, by their token for its URL", async () => {
    const without = await platform.through(`${URL_OF_TINY}/about`, { method: "POST" });
    expect(without.status).to.equal(403);
    const stranger = await platform.idToken(ACCOUNT, URL_OF_TINY);
    expect((await ask("/about", {}, { authorization: `Bearer ${stranger}` })).status).to.equal(403);
    const elsewhere = await platform.idToken(CALLER, "https://elsewhere.example");
    expect((await ask("/about", {}, { authorization: `Bearer ${elsewhere}` })).status).to.equal(
      401,
    );
  });

  it("shares an instance up to its concurrency, and no further", async () => {
    const meet = () => Promise.all([1, 2].map(() => ask("/together", { count: 2 })));
    const met = await meet();
    expect(met.map(({ status }) => status)).to.deep.equal([200, 200]);
    expect(new Set(met.map(({ body }) => (body as { pid: number }).pid)).size).to.equal(1);
    await platform.cloud.apply(await program(ALL, { concurrency: 1, timeoutSeconds: 1 }));
    const missed = await meet();
    await platform.cloud.apply(await program());
    expect(missed.map(({ status }) => status)).to.deep.equal([504, 504]);
  });

  it("ends a request that takes too long", async () => {
    const spec = await program(ALL, { timeoutSeconds: 1 });
    await platform.cloud.apply(spec);
    const { status, body } = await ask("/hang");
    await platform.cloud.apply(await program());
    expect([status, body]).to.deep.equal([
      504,
      "The request has been terminated because it has reached the maximum request timeout.\n",
    ]);
  });

  it("tells where in its sources it failed", async () => {
    const mark = platform.log.length;
    expect((await ask("/throw")).status).to.equal(500);
    const failed = () =>
      platform.log.slice(mark).find(({ fields }) => fields?.stack_trace !== undefined);
    while (failed() === undefined) await nextTurn();
    expect(failed()?.source).to.equal("tiny");
    expect(String(failed()?.fields?.stack_trace)).to.include(FAULT);
  });

  it("starts anew where its bundle is another one, and stays where it is the same", async () => {
    const { pid } = await about();
    await platform.cloud.apply(await program());
    expect((await about()).pid).to.equal(pid);
    await writeTiny(root, (text) =>
      text.replace("pid: process.pid,", 'pid: process.pid, again: "yes",'),
    );
    await platform.cloud.apply(await program());
    expect(await about())
      .to.include({ again: "yes" })
      .and.not.to.include({ pid });
    await writeTiny(root);
    await platform.cloud.apply(await program());
  });

  it("is shown by Cloud Run's own API, its command and its mounts included", async () => {
    const viewer: AccessRow = {
      ...ROWS.caller,
      role: "roles/run.viewer",
      resource: `projects/${PLACE.project}`,
    };
    const before = platform.cloud.declared();
    await platform.cloud.apply(await program([...ALL, viewer]));
    const url = `https://run.googleapis.com/v2/projects/${PLACE.project}/locations/${PLACE.region}/services`;
    const list = await platform.as(CALLER, url);
    await platform.cloud.apply(before);
    const { services } = list.body as { services: { name: string; template: object }[] };
    expect(services.map(({ name }) => name)).to.deep.equal([
      `projects/${PLACE.project}/locations/${PLACE.region}/services/tiny`,
    ]);
    expect(services[0]?.template).to.deep.include({
      timeout: "3600s",
      volumes: [{ name: "bucket-1", gcs: { bucket: BUCKET } }],
    });
  });

  it("does not start without the row on its secret", async () => {
    await restart(await program([ROWS.files, ROWS.caller]));
    const { status } = await ask("/about");
    await restart(await program());
    expect(status).to.equal(500);
    expect(messages().find((line) => line.includes("Could not fetch secret"))).to.match(
      /^tiny: did not start: .*needs roles\/secretmanager.secretAccessor/,
    );
  });

  describe("with a mounted bucket", () => {
    it("finds its objects as files, where its variables say", async () => {
      put("in/a.txt", "one");
      put("empty/", "");
      await restart(await program());
      const { env } = await about();
      expect((await ask("/files")).body).to.deep.equal({
        ok: true,
        files: { "empty/": "", "in/": "", "in/a.txt": "one" },
      });
      const { WORK_DIR: work = "", INPUT: input, OTHER: other } = env;
      expect((await stat(work)).isDirectory()).to.equal(true);
      expect([input, other]).to.deep.equal([`${work}/in/a.txt`, "/mnt/workshop"]);
    });

    it("writes back what it leaves there", async () => {
      await ask("/write", { name: "out/b.txt", text: "two" });
      await ask("/write", { name: "in/a.txt", text: "another" });
      await ask("/remove", { name: "empty" });
      await restart(platform.cloud.declared());
      await restart(await program());
      expect(await objects()).to.deep.equal({
        "in/a.txt": "another",
        "out/": "",
        "out/b.txt": "two",
      });
    });

    it("writes a file back while it runs", async () => {
      const { pid } = await about();
      await ask("/write", { name: "live.txt", text: "soon" });
      while ((await objects())["live.txt"] === undefined);
      expect((await objects())["live.txt"]).to.equal("soon");
      expect((await about()).pid).to.equal(pid);
    });

    it("refuses to start without the row on it, as the account", async () => {
      await restart(await program([ROWS.secret, ROWS.caller]));
      const mark = platform.log.length;
      const { status } = await ask("/about");
      await restart(await program());
      expect(status).to.equal(500);
      const refused = messages()
        .slice(mark)
        .find((line) => line.includes("did not start"));
      expect(refused).to.equal(
        `tiny: did not start: /mnt/work (${BUCKET}): ${EMAIL} does not have storage.objects.list access to the Google Cloud Storage bucket. Permission 'storage.objects.list' denied on resource (or it may not exist). Switchyard: serviceAccount:${EMAIL} needs roles/storage.objectViewer on projects/_/buckets/${BUCKET}; name callers and operators in the stack's config, add any other row in infra/.`,
      );
    });

    it("says which files the account may not write, and goes on", async () => {
      await restart(await program([ROWS.secret, ROWS.reading, ROWS.caller]));
      const mark = platform.log.length;
      expect((await ask("/write", { name: "denied.txt", text: "x" })).status).to.equal(200);
      await restart(await program());
      const said = messages()
        .slice(mark)
        .filter((line) => line.startsWith("tiny: /mnt/work"));
      expect(said).to.have.length(1);
      expect(said[0]).to.match(/storage\.objects\.create.*needs roles\/storage\.object/);
      expect(await objects()).not.to.have.property("denied.txt");
    });

    it("is only read where it is mounted to be read only", async () => {
      const mounts = [{ bucket: BUCKET, path: "/mnt/work", readOnly: true }];
      await restart(await program([ROWS.secret, ROWS.reading, ROWS.caller], { mounts }));
      const mark = platform.log.length;
      // Whoever is root here is not held up by modes.
      const { status } = await ask("/write", { name: "in/a.txt", text: "overwritten" });
      expect(status).to.equal(process.getuid?.() === 0 ? 200 : 500);
      await restart(await program());
      expect(
        messages()
          .slice(mark)
          .filter((line) => line.includes("read only")),
      ).to.have.length(process.getuid?.() === 0 ? 1 : 0);
      expect(await objects()).to.include({ "in/a.txt": "another" });
    });

    it("shows one folder of it", async () => {
      put("tenants/a/x.txt", "a's");
      put("tenants/b/x.txt", "b's");
      const mounts = [
        { bucket: BUCKET, path: "/mnt/work", readOnly: false, options: ["only-dir=tenants/a"] },
      ];
      await restart(await program(ALL, { mounts }));
      expect((await ask("/files")).body).to.deep.equal({ ok: true, files: { "x.txt": "a's" } });
      await ask("/write", { name: "y.txt", text: "more" });
      await restart(await program());
      expect(await objects()).to.include({ "tenants/a/y.txt": "more", "tenants/b/x.txt": "b's" });
    });

    it("leaves alone what is no file, and follows no link out of it", async () => {
      put("a//b", "no path");
      put("../climbs", "no path");
      const before = Object.keys(await objects());
      await restart(await program());
      const mark = platform.log.length;
      await ask("/link", { name: "link", to: "/etc/passwd" });
      await ask("/link", { name: "folder", to: "/etc" });
      await restart(await program());
      expect(Object.keys(await objects())).to.deep.equal(before);
      expect(
        messages()
          .slice(mark)
          .filter((line) => line.includes("neither file nor folder")),
      ).to.have.length(2);
      const said = messages().find((line) => line.includes("not in the mount"));
      expect(said).to.equal(
        `tiny: /mnt/work (${BUCKET}): not in the mount: "../climbs" (its name climbs), "a//b" (a part of its name is empty)`,
      );
    });
  });
});
