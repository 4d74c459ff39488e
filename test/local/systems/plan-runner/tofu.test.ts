import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { findTofu, requireTofu } from "../../../../local/systems/plan-runner/tofu.ts";
import { TOFU } from "../../../support/tofu.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

describe("findTofu", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "find-tofu-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function program(name: string): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, "#!/bin/sh\n");
    await chmod(file, 0o755);
    return file;
  }

  it("takes the program that TOFU_BIN names before any other", async () => {
    const named = await program("my-tofu");
    await program("tofu");
    expect(findTofu({ TOFU_BIN: named, PATH: folder })).to.equal(named);
  });

  it("says so where TOFU_BIN is no program", async () => {
    const error = await thrownBy(() => findTofu({ TOFU_BIN: "/nowhere/tofu", PATH: folder }));
    expect(error).to.include({
      name: "UsageError",
      message: "TOFU_BIN is /nowhere/tofu, which is no program that can be run.",
    });
  });

  it("takes tofu of PATH before terraform, and terraform where there is no other", async () => {
    const none = join(folder, "no-tools");
    const terraform = await program("terraform");
    const tofu = await program("tofu");
    expect(findTofu({ PATH: folder }, none)).to.equal(tofu);
    await rm(tofu);
    expect(findTofu({ PATH: folder }, none)).to.equal(terraform);
    expect(findTofu({ PATH: "" }, none)).to.equal(undefined);
  });

  it("takes what was built here before what is on PATH", async () => {
    const built = await program("tofu");
    expect(findTofu({ PATH: "/usr/bin" }, folder)).to.equal(built);
  });
});

describe("requireTofu", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "require-tofu-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function answering(script: string): Promise<string> {
    const file = join(folder, "program");
    await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  it("takes what tells its version as OpenTofu does, without the person's settings", async () => {
    await requireTofu(
      await answering(
        `[ "$* $TF_CLI_CONFIG_FILE" = "version -json /dev/null" ] && echo '{"terraform_version":"1.12.6"}'`,
      ),
    );
  });

  it("takes the OpenTofu of this machine", async function () {
    if (TOFU === undefined) this.skip();
    await requireTofu(TOFU);
  });

  for (const [what, script] of [
    ["says nothing", "exit 0"],
    ["fails", `echo '{"terraform_version":"1.12.6"}'; exit 1`],
    ["says something else", "echo null"],
  ] as const) {
    it(`refuses a program that ${what}`, async () => {
      const program = await answering(script);
      expect(await thrownBy(() => requireTofu(program))).to.include({
        name: "UsageError",
        message: `${program} is neither OpenTofu nor Terraform: "version -json" does not tell its version. Is TOFU_BIN right?`,
      });
    });
  }
});
