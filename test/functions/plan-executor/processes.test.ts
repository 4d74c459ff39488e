import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { leftBy } from "../../../functions/plan-executor/adapters/processes.ts";

const PLACE = "/tmp/switchyard-plan-20-abc";
const REVISION = { K_SERVICE: "plan-executor", K_REVISION: "plan-executor-00001-abc" };

describe("what a plan left running", () => {
  let proc: string;

  beforeEach(async () => {
    proc = await mkdtemp(path.join(tmpdir(), "proc-"));
    await writeFile(path.join(proc, "uptime"), "1 1\n");
  });

  afterEach(() => rm(proc, { recursive: true, force: true }));

  /** A process as proc_pid_stat(5) and proc_pid_environ(5) describe it. */
  async function running(
    pid: number,
    parent: number,
    environment: Readonly<Record<string, string>>,
    state = "S",
  ): Promise<void> {
    const folder = path.join(proc, String(pid));
    await mkdir(folder);
    const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`);
    await writeFile(path.join(folder, "environ"), lines.join(""));
    await writeFile(path.join(folder, "stat"), `${pid} (a) 1 (b) ${state} ${parent} 1 1 0\n`);
  }

  async function instance(first: Readonly<Record<string, string>>): Promise<void> {
    await running(1, 0, first);
    await running(10, 1, REVISION);
    await running(20, 10, REVISION);
    await running(30, 20, { HOME: `${PLACE}/home` });
    await running(31, 1, { HOME: `${PLACE}2/home` });
    await running(32, 1, {});
    await running(33, 20, {}, "Z");
  }

  const left = (own: NodeJS.ProcessEnv): Promise<number[]> =>
    leftBy(PLACE, { proc, self: 20, environment: own });

  it("is all but ourselves and who started us, where the process table is the instance's own", async () => {
    await instance({ PATH: "/bin", ...REVISION });
    expect(await left(REVISION)).to.have.members([30, 31, 32]);
  });

  for (const [what, first] of [
    ["has no revision", { PATH: "/bin" }],
    ["was started for another revision", { ...REVISION, K_REVISION: "plan-executor-00001-ab" }],
    ["was started for another service", { ...REVISION, K_SERVICE: "plan-executor-2" }],
  ] as const) {
    it(`is what has its home in the place, where the first process ${what}`, async () => {
      await instance(first);
      expect(await left(REVISION)).to.deep.equal([30]);
    });
  }

  it("is what has its home in the place, where this process has no revision", async () => {
    await instance({ K_SERVICE: "", K_REVISION: "" });
    expect(await left({})).to.deep.equal([30]);
    expect(await left({ K_SERVICE: "", K_REVISION: "" })).to.deep.equal([30]);
  });

  it("is what has its home in the place, where the first process cannot be read", async () => {
    await instance(REVISION);
    await rm(path.join(proc, "1", "environ"));
    expect(await left(REVISION)).to.deep.equal([30]);
  });

  it("is nothing where there is no process table", async () => {
    await rm(proc, { recursive: true });
    expect(await left(REVISION)).to.deep.equal([]);
  });
});
