import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  access,
  mkdir,
  mkdtemp,
  readdir,
  realpath,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import {
  clearLeftovers,
  homeOf,
  oneAtATime,
  openPlace,
} from "../../../functions/plan-executor/adapters/workplace.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("a place for a plan", () => {
  let temporary: string;
  const before = process.env.TMPDIR;

  beforeEach(async () => {
    temporary = await realpath(await mkdtemp(path.join(tmpdir(), "place-")));
    process.env.TMPDIR = temporary;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(temporary, { recursive: true, force: true });
  });

  const exists = (file: string): Promise<boolean> =>
    access(file).then(
      () => true,
      () => false,
    );

  it("says where a path leads, links followed", async () => {
    const place = await openPlace();
    const { checkout, data } = place;
    await mkdir(`${checkout}/a`);
    await writeFile(`${checkout}/a/x`, "");
    await symlink("a", `${checkout}/inside`);
    await symlink("../..", `${checkout}/above`);
    await symlink("/etc", `${checkout}/etc`);
    await symlink("circle", `${checkout}/circle`);
    const led = async (file: string) => place.locate(checkout, file);
    expect(await led("a")).to.deep.equal({ kind: "folder", path: `${checkout}/a` });
    expect(await led("inside/x")).to.deep.equal({ kind: "file", path: `${checkout}/a/x` });
    expect(await led(".")).to.deep.equal({ kind: "folder", path: checkout });
    expect(await led("missing")).to.deep.equal({ kind: "missing" });
    for (const file of [
      "above",
      "etc",
      "etc/passwd",
      "..",
      "/etc",
      homeOf(place),
      "circle",
      "circle/x",
    ]) {
      expect(await led(file), file).to.deep.equal({ kind: "outside" });
    }
    expect(await led(data)).to.deep.equal({ kind: "folder", path: data });
  });

  it("finds a link to itself, at any depth and of any name", async () => {
    const place = await openPlace();
    const { checkout } = place;
    await mkdir(`${checkout}/a/b`, { recursive: true });
    await writeFile(`${checkout}/a/x`, "");
    await symlink("a", `${checkout}/l`);
    await symlink("x", `${checkout}/a/b/l`);
    await symlink("ll", `${checkout}/a/l`);
    await symlink("m", `${checkout}/a/n`);
    await symlink("n", `${checkout}/a/m`);
    expect(await place.lost()).to.equal(undefined);
    await symlink("z", `${checkout}/z`);
    expect(await place.lost()).to.equal("z");
    await rm(`${checkout}/z`);
    await symlink("ä", `${checkout}/a/b/ä`);
    expect(await place.lost()).to.equal("a/b/ä");
    if (process.platform !== "linux") return;
    const bytes = Buffer.from("\xe4\xff", "latin1");
    const folder = Buffer.concat([Buffer.from(`${checkout}/`), bytes]);
    await rm(`${checkout}/a`, { recursive: true });
    await mkdir(folder);
    await symlink(bytes, Buffer.concat([folder, Buffer.from("/"), bytes]));
    expect(await place.lost()).to.equal("\ufffd\ufffd/\ufffd\ufffd");
  });

  it("reads no file that is larger than configuration ever is", async () => {
    const place = await openPlace();
    const { checkout } = place;
    await writeFile(`${checkout}/a`, "a");
    await writeFile(`${checkout}/b`, Buffer.alloc(5 * 1024 * 1024));
    expect([
      await place.read(`${checkout}/a`),
      await place.read(`${checkout}/b`),
      await place.read(checkout),
    ]).to.deep.equal(["a", undefined, undefined]);
  });

  it("is removed with the processes that run in it", async () => {
    const place = await openPlace();
    const child = spawn("sleep", ["60"], { env: { PATH: "/bin:/usr/bin", HOME: homeOf(place) } });
    await once(child, "spawn");
    const ended = once(child, "exit");
    expect(await place.remove()).to.equal(true);
    expect(await ended).to.deep.equal([null, "SIGKILL"]);
    expect(await exists(place.checkout)).to.equal(false);
  });

  it("is removed by whoever comes later where its process did not live to do it", async () => {
    const gone = spawn("true");
    await once(gone, "exit");
    const left = path.join(temporary, `switchyard-plan-${gone.pid ?? 0}-abc`);
    await mkdir(`${left}/home`, { recursive: true });
    const orphan = spawn("sleep", ["60"], { env: { PATH: "/bin:/usr/bin", HOME: `${left}/home` } });
    await once(orphan, "spawn");
    const ended = once(orphan, "exit");
    const place = await openPlace();
    await clearLeftovers();
    expect(await ended).to.deep.equal([null, "SIGKILL"]);
    expect([await exists(left), await exists(place.checkout)]).to.deep.equal([false, true]);
  });

  it("is opened once the one before it is removed", async () => {
    const open = oneAtATime(openPlace);
    const first = await open();
    const events: string[] = [];
    const second = open().then((place) => {
      events.push("opened");
      return place;
    });
    const third = open();
    await readdir(temporary);
    events.push("removed");
    expect(await first.remove()).to.equal(true);
    await (await second).remove();
    expect(await (await third).remove()).to.equal(true);
    expect(events).to.deep.equal(["removed", "opened"]);
  });

  it("is opened where the one before it could not be", async () => {
    const failures = [new Error("ENOSPC")];
    const open = oneAtATime(async () => {
      const failure = failures.pop();
      if (failure !== undefined) throw failure;
      return openPlace();
    });
    expect(await thrownBy(open)).to.include({ message: "ENOSPC" });
    expect(await (await open()).remove()).to.equal(true);
  });
});
