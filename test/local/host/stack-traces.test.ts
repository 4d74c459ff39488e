import { expect } from "chai";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FAULT, bundleFaulty } from "../../support/faulty-role.ts";
import { Hosted, specOf } from "./hosted.ts";

const POST = {
  method: "POST",
  headers: [["content-type", "application/json"]],
  body: Buffer.from("{}"),
} as const;

describe("the log of a role that fails", () => {
  let root: string;
  let folder: string;
  let hosted: Hosted;

  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "switchyard-faulty-"));
    folder = await bundleFaulty(root);
  });

  after(() => rm(root, { recursive: true }));

  afterEach(() => hosted.stop());

  function host(env: Readonly<Record<string, string>> = {}): void {
    hosted = new Hosted(
      specOf("everything", { role: "faulty", start: { entryPoint: "faulty" }, folder, env }),
    );
  }

  /** Where errors came from: the first line below what each one says. */
  function places(): readonly unknown[] {
    const texts = hosted.log
      .filter(({ severity, source }) => severity === "ERROR" && source === "faulty")
      .flatMap(({ message, fields }) => [message, String(fields?.stack_trace).split("\n")].flat());
    return texts.filter((_, index) => texts[index - 1]?.includes("Error: failed") === true);
  }

  it("names the line of the source where a request fails", async () => {
    host();
    expect((await hosted.get("/throw", POST))[0]).to.equal(500);
    await hosted.logged("/throw 500");
    expect(places()).to.deep.equal([`    at fail (${FAULT})`]);
  });

  it("names it where a rejection that nothing handles ends the process", async () => {
    host();
    expect((await hosted.get("/reject", POST))[0]).to.equal(503);
    await hosted.logged("an error that nothing handled");
    expect(places()).to.deep.equal([`    at fail (${FAULT})`]);
  });

  it("names it where the role cannot be loaded", async () => {
    host({ FAULT: "import" });
    expect((await hosted.get("/throw", POST))[0]).to.equal(500);
    await hosted.logged("Could not load the function");
    expect(hosted.messages()).to.include(`    at fail (${FAULT})`);
  });
});
