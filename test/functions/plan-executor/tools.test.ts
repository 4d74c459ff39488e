import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import type { Storage } from "@google-cloud/storage";
import { expect } from "chai";
import { toolsOf } from "../../../functions/plan-executor/adapters/tools.ts";
import { tar } from "../../support/plan-executor/tarball.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const ARCHIVE = gzipSync(
  tar([
    { path: "LICENSE", content: "x" },
    { path: "tofu", content: "#!/bin/sh\n", mode: 0o755 },
  ]),
);
const GOOGLE =
  "providers/registry.opentofu.org/hashicorp/google/terraform-provider-google_7.9.0_linux_amd64.zip";

/** A bucket of a few objects that counts how often each is read. */
class FakeBucket {
  readonly objects = new Map<string, Buffer>([["tofu/a.tar.gz", ARCHIVE]]);
  readonly read: string[] = [];
  /** Downloads end in their middle. */
  breaks = false;

  client = (): Promise<Pick<Storage, "bucket">> => {
    const file = (name: string) => ({
      createReadStream: () => {
        this.read.push(name);
        const content = this.objects.get(name);
        return content === undefined
          ? new Readable({
              read: (): void => {
                throw new Error(`No such object: ${name}`);
              },
            })
          : Readable.from(this.breaks ? broken(content) : [content]);
      },
    });
    return Promise.resolve({ bucket: () => ({ file }) } as unknown as Pick<Storage, "bucket">);
  };
}

function* broken(content: Buffer): Generator<Buffer> {
  yield content.subarray(0, 1);
  throw new Error("It broke off.");
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => path.relative(folder, path.join(parentPath, name)));
}

const SETTINGS = {
  TOFU_BIN: "",
  TOOLS_BUCKET: "b",
  TOFU_OBJECT: "tofu/a.tar.gz",
  TOFU_SHA256: createHash("sha256").update(ARCHIVE).digest("hex"),
  PROVIDER_OBJECTS: [] as string[],
  PROVIDERS_STRICT: false,
};

describe("the tools", () => {
  let bucket: FakeBucket;
  let temporary: string;
  const before = process.env.TMPDIR;

  beforeEach(async () => {
    bucket = new FakeBucket();
    temporary = await realpath(await mkdtemp(path.join(tmpdir(), "tools-")));
    process.env.TMPDIR = temporary;
  });

  afterEach(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(temporary, { recursive: true, force: true });
  });

  it("are what is there already, where that is named", async () => {
    const tools = toolsOf({ ...SETTINGS, TOFU_BIN: "/x/tofu" }, bucket.client);
    expect(await tools()).to.deep.equal({
      bin: "/x/tofu",
      mirror: { folder: undefined, isStrict: false },
    });
    expect(bucket.read).to.deep.equal([]);
  });

  it("are fetched once, and unpacked for reading only", async () => {
    const tools = toolsOf(SETTINGS, bucket.client);
    const [{ bin }] = await Promise.all([tools(), tools()]);
    expect((await tools()).bin).to.equal(bin);
    expect(bucket.read).to.deep.equal(["tofu/a.tar.gz"]);
    expect(await readFile(bin, "utf8")).to.equal("#!/bin/sh\n");
    expect(await readdir(path.dirname(bin))).to.deep.equal(["tofu"]);
  });

  it("are refused before they are unpacked where they are not what the stack pins", async () => {
    const tools = toolsOf({ ...SETTINGS, TOFU_SHA256: "0".repeat(64) }, bucket.client);
    expect(await thrownBy(tools)).to.deep.include({ status: 503 });
    expect(await readdir(temporary)).to.deep.equal([]);
  });

  for (const [what, settings, breaks] of [
    ["OpenTofu is not there", { TOFU_OBJECT: "tofu/b.tar.gz", PROVIDER_OBJECTS: [GOOGLE] }, false],
    ["a provider is not there", { PROVIDER_OBJECTS: [GOOGLE, "providers/x.zip"] }, false],
    ["a download breaks off", { PROVIDER_OBJECTS: [GOOGLE] }, true],
  ] as const) {
    it(`leave nothing behind where ${what}`, async () => {
      bucket.objects.set(GOOGLE, Buffer.from("zip"));
      bucket.breaks = breaks;
      const tools = toolsOf(
        { ...SETTINGS, ...settings, PROVIDER_OBJECTS: [...settings.PROVIDER_OBJECTS] },
        bucket.client,
      );
      expect(await thrownBy(tools)).to.deep.include({ status: 503 });
      expect(await readdir(temporary)).to.deep.equal([]);
    });
  }

  it("are asked for again where they could not be fetched", async () => {
    bucket.objects.clear();
    const tools = toolsOf(SETTINGS, bucket.client);
    expect(await thrownBy(tools)).to.deep.include({ status: 503 });
    bucket.objects.set("tofu/a.tar.gz", ARCHIVE);
    expect(await tools()).to.have.property("bin");
  });

  it("are fetched again once somebody has touched them", async () => {
    const tools = toolsOf(SETTINGS, bucket.client);
    const { bin } = await tools();
    await chmod(bin, 0o755);
    await writeFile(bin, "#!/bin/evil");
    const again = await tools();
    expect(again.bin).not.to.equal(bin);
    expect(await readFile(again.bin, "utf8")).to.equal("#!/bin/sh\n");
    expect(await readdir(temporary)).to.deep.equal([path.basename(path.dirname(again.bin))]);
  });

  for (const [what, tamper] of [
    [
      "added a provider",
      async (folder: string) => {
        await mkdir(`${folder}/registry.opentofu.org/hashicorp/evil`);
        await writeFile(`${folder}/registry.opentofu.org/hashicorp/evil/x.zip`, "evil");
      },
    ],
    [
      "added a file beside a provider",
      (folder: string) => writeFile(`${folder}/registry.opentofu.org/hashicorp/google/x.zip`, ""),
    ],
    ["removed all of them", (folder: string) => rm(path.dirname(folder), { recursive: true })],
  ] as const) {
    it(`are fetched again once somebody has ${what}`, async () => {
      bucket.objects.set(GOOGLE, Buffer.from("zip"));
      for (const TOFU_BIN of ["", "/x/tofu"]) {
        const settings = { ...SETTINGS, TOFU_BIN, PROVIDER_OBJECTS: [GOOGLE] };
        const tools = toolsOf(settings, bucket.client);
        const { mirror } = await tools();
        expect((await tools()).mirror.folder).to.equal(mirror.folder);
        await tamper(mirror.folder ?? "");
        const again = (await tools()).mirror.folder ?? "";
        expect(again).not.to.equal(mirror.folder);
        expect(await filesIn(again)).to.deep.equal([GOOGLE.replace(/^providers\//, "")]);
      }
    });
  }

  it("have a mirror of the providers, with or without OpenTofu beside it", async () => {
    bucket.objects.set(GOOGLE, Buffer.from("zip"));
    for (const TOFU_BIN of ["", "/x/tofu"]) {
      const settings = {
        ...SETTINGS,
        TOFU_BIN,
        PROVIDER_OBJECTS: [GOOGLE],
        PROVIDERS_STRICT: true,
      };
      const { mirror } = await toolsOf(settings, bucket.client)();
      expect(mirror.isStrict).to.equal(true);
      const file = path.join(mirror.folder ?? "", GOOGLE.replace(/^providers\//, ""));
      expect(await readFile(file, "utf8")).to.equal("zip");
    }
  });
});
