import { expect } from "chai";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { MountedBucket } from "../../../../local/host/mounts/mounted-bucket.ts";
import { Denied, type Objects } from "../../../../local/host/mounts/objects.ts";
import { unlock } from "../../../../local/host/mounts/unlock.ts";
import type { Mount } from "../../../../local/host/spec.ts";

/** A bucket in memory, which notes what is asked of it. */
class Bucket implements Objects {
  readonly content: Map<string, string>;
  readonly asked: string[] = [];
  /** Names that may be neither read nor changed. */
  readonly denied = new Set<string>();

  constructor(content: Readonly<Record<string, string>>) {
    this.content = new Map(Object.entries(content));
  }

  names = (prefix: string): Promise<string[]> =>
    Promise.resolve([...this.content.keys()].filter((name) => name.startsWith(prefix)));

  read = async (name: string): Promise<Buffer> => {
    await this.#ask(name);
    return Buffer.from(this.content.get(name) ?? "");
  };

  write = async (name: string, bytes: Buffer): Promise<void> => {
    this.asked.push(`write ${name}`);
    await this.#ask(name);
    this.content.set(name, bytes.toString());
  };

  remove = async (name: string): Promise<void> => {
    this.asked.push(`remove ${name}`);
    await this.#ask(name);
    this.content.delete(name);
  };

  #ask(name: string): Promise<void> {
    return this.denied.has(name)
      ? Promise.reject(new Denied(`${name} is denied`))
      : Promise.resolve();
  }
}

describe("MountedBucket", () => {
  let folder: string;
  let log: string[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "switchyard-mount-"));
    log = [];
  });

  afterEach(async () => {
    unlock(folder);
    await rm(folder, { recursive: true });
  });

  function open(objects: Objects, changes: Partial<Mount> = {}): Promise<MountedBucket> {
    const mount = {
      bucket: "b",
      path: "/mnt",
      readOnly: false,
      onlyDir: "",
      implicitDirs: true,
      ...changes,
    };
    const say = (_severity: string, message: string): void => void log.push(message);
    return MountedBucket.open({ mount, objects, folder, log: say });
  }

  const at = (name: string): string => path.join(folder, name);

  it("writes nothing back where nothing has changed", async () => {
    const bucket = new Bucket({ "a/b.txt": "1", "c/": "" });
    const mounted = await open(bucket);
    await mounted.writeBack(0);
    await mounted.writeBack(Infinity);
    expect([bucket.asked, log]).to.deep.equal([[], []]);
    expect(await readFile(at("a/b.txt"), "utf8")).to.equal("1");
  });

  it("writes a file back when it has stayed the same for 200 ms", async () => {
    const bucket = new Bucket({});
    const mounted = await open(bucket);
    await writeFile(at("a.txt"), "1");
    await mounted.writeBack(1000);
    await mounted.writeBack(1199);
    expect(bucket.asked).to.deep.equal([]);
    await writeFile(at("a.txt"), "longer");
    await mounted.writeBack(1200);
    await mounted.writeBack(1399);
    expect(bucket.asked).to.deep.equal([]);
    await mounted.writeBack(1400);
    await mounted.writeBack(1700);
    expect(bucket.asked).to.deep.equal(["write a.txt"]);
    expect(bucket.content.get("a.txt")).to.equal("longer");
  });

  it("writes back at the end whatever there is", async () => {
    const bucket = new Bucket({ "old.txt": "1" });
    const mounted = await open(bucket);
    await mkdir(at("new"));
    await writeFile(at("new/a.txt"), "1");
    await rm(at("old.txt"));
    await mounted.writeBack(Infinity);
    expect(bucket.asked).to.deep.equal(["write new/", "write new/a.txt", "remove old.txt"]);
  });

  it("copies and removes where a file gets another name", async () => {
    const bucket = new Bucket({ "a.txt": "1" });
    const mounted = await open(bucket);
    await rename(at("a.txt"), at("b.txt"));
    await mounted.writeBack(Infinity);
    expect(Object.fromEntries(bucket.content)).to.deep.equal({ "b.txt": "1" });
  });

  it("removes a folder after what was in it", async () => {
    const bucket = new Bucket({ "a/": "", "a/b/": "", "a/b/c.txt": "1" });
    const mounted = await open(bucket);
    await rm(at("a"), { recursive: true });
    await mounted.writeBack(Infinity);
    expect(bucket.asked).to.deep.equal(["remove a/b/c.txt", "remove a/b/", "remove a/"]);
  });

  it("says once what it may not write, and tries again when it is another", async () => {
    const bucket = new Bucket({});
    bucket.denied.add("a.txt");
    const mounted = await open(bucket);
    await writeFile(at("a.txt"), "1");
    for (const now of [0, 200, 400, Infinity]) await mounted.writeBack(now);
    expect(log).to.deep.equal(["/mnt (b): a.txt is denied"]);
    await writeFile(at("a.txt"), "another");
    await mounted.writeBack(Infinity);
    expect(log).to.have.length(2);
  });

  it("goes on without a file that it may not read, and says so", async () => {
    const bucket = new Bucket({ "a.txt": "1", "b.txt": "2" });
    bucket.denied.add("a.txt");
    const mounted = await open(bucket);
    await mounted.writeBack(Infinity);
    expect(log).to.deep.equal(['/mnt (b): not in the mount: "a.txt" (a.txt is denied)']);
    expect(bucket.asked).to.deep.equal([]);
    expect(await readFile(at("b.txt"), "utf8")).to.equal("2");
  });

  it("names some of many objects that are not in the mount", async () => {
    const names = Array.from({ length: 7 }, (_, index) => [`a//${index}`, ""] as const);
    await open(new Bucket(Object.fromEntries(names)));
    expect(log).to.have.length(1);
    expect(log[0]).to.match(/"a\/\/4" \(a part of its name is empty\) and 2 more$/);
  });

  it("follows no link, neither to a file nor to a folder", async () => {
    const bucket = new Bucket({});
    const mounted = await open(bucket);
    await symlink("/etc/passwd", at("file"));
    await symlink("/etc", at("folder"));
    await mounted.writeBack(Infinity);
    expect(bucket.asked).to.deep.equal([]);
    expect(log).to.have.length(2);
    await rm(at("file"));
    await mounted.writeBack(Infinity);
    expect(bucket.asked).to.deep.equal([]);
  });

  it("keeps to its folder of the bucket", async () => {
    const bucket = new Bucket({ "t/a/": "", "t/a/x": "1", "t/ab": "2" });
    const mounted = await open(bucket, { onlyDir: "t/a" });
    await rm(at("x"));
    await writeFile(at("y"), "3");
    await mounted.writeBack(Infinity);
    expect(Object.fromEntries(bucket.content)).to.deep.equal({
      "t/a/": "",
      "t/ab": "2",
      "t/a/y": "3",
    });
  });

  it("writes nothing where it is only read, and says what was tried", async () => {
    const bucket = new Bucket({ "a.txt": "1" });
    const mounted = await open(bucket, { readOnly: true });
    unlock(folder);
    await rm(at("a.txt"));
    await writeFile(at("b.txt"), "2");
    await mounted.writeBack(Infinity);
    expect(bucket.asked).to.deep.equal([]);
    expect(log).to.deep.equal([
      "/mnt (b): b.txt was changed, but the bucket is mounted to be read only",
      "/mnt (b): a.txt was changed, but the bucket is mounted to be read only",
    ]);
  });
});
