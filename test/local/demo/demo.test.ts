import { expect } from "chai";
import { PassThrough } from "node:stream";
import { Page } from "../../../local/demo/page.ts";
import { allHeld, tell, type Chapter } from "../../../local/demo/story.ts";
import { demo, STOPS_WITHIN_MS } from "./command.ts";

describe("npm run demo", () => {
  it("tells the enqueuer's story, finds all of it true and leaves nothing behind", async () => {
    const { code, stdout, stderr, left } = await demo(["enqueuer"]);
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 0, stderr: "", left: [] });
    expect(stdout).to.match(
      /\nEverything was as told: (\d+) of \1 expectations held, in [\d.]+ s\.\n$/,
    );
    expect(stdout).not.to.include("✗");
    // eslint-disable-next-line no-control-regex -- colours are what is looked for
    expect(stdout).not.to.match(/\x1b\[/);
  }).timeout(90_000);

  for (const [when, text] of [
    ["while a role starts", "/health"],
    ["while a task is held", '"schedule_in_s":3'],
    ["while a binding is taken away", "Taken away: roles/run.invoker"],
  ] as const) {
    it(`ends at Ctrl-C ${when} within two seconds and leaves nothing behind`, async () => {
      const { code, stdout, stderr, stoppedAfterMs, left } = await demo(["enqueuer"], text);
      expect({ code, stderr, left }, stdout).to.deep.equal({ code: 130, stderr: "", left: [] });
      expect(stdout).to.match(/\n\s*Stopping…\n/);
      expect(stoppedAfterMs).to.be.below(STOPS_WITHIN_MS);
    }).timeout(90_000);
  }

  it("names the stories there are to whoever asks for another", async () => {
    const { code, stdout, stderr } = await demo(["enqueur"]);
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 1,
      stdout: "",
      stderr:
        'There is no demo of "enqueur"; there are enqueuer, plan-runner, producer, scenarioforge.\n',
    });
  });

  it("refuses a TOFU_BIN that is no OpenTofu before it starts anything", async () => {
    const { code, stdout, stderr } = await demo(["plan-runner"], undefined, {
      TOFU_BIN: process.execPath,
    });
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 1,
      stdout: "",
      stderr: `${process.execPath} is neither OpenTofu nor Terraform: "version -json" does not tell its version. Is TOFU_BIN right?\n`,
    });
  });

  it("says how it is used", async () => {
    const { code, stdout } = await demo(["--help"]);
    expect(code).to.equal(0);
    expect(stdout).to.include("npm run demo [system …]").and.include("enqueuer");
  });
});

describe("a story", () => {
  const chapter = (play: Chapter<null>["play"]): Chapter<null> => ({ title: "t", why: "w", play });
  const holding = chapter(async (_, expects) => {
    expects("sum", "2", String(1 + 1));
    return Promise.resolve();
  });

  async function told(...chapters: Chapter<null>[]) {
    const stream = new PassThrough();
    const page = new Page(stream);
    const result = await tell(chapters, null, page, new AbortController().signal);
    page.summary(result, 1000);
    return { holds: allHeld(result), result, text: String(stream.read()) };
  }

  it("holds where every expectation does", async () => {
    const { holds, text } = await told(holding);
    expect(holds).to.equal(true);
    expect(text).to.include("✓ sum: 2");
    expect(text).to.include("Everything was as told: 1 of 1 expectations held, in 1.0 s.");
  });

  it("ends with what there is to remark", () => {
    const stream = new PassThrough();
    new Page(stream).summary([], 1000, ["One thing.", "Another."]);
    expect(String(stream.read())).to.match(/, in 1\.0 s\.\nOne thing\.\nAnother\.\n$/);
  });

  it("does not hold where one expectation does not, and tells the rest all the same", async () => {
    const failing = chapter(async (_, expects) => {
      expects("status", "200", "403");
      return Promise.resolve();
    });
    const { holds, text } = await told(failing, holding);
    expect(holds).to.equal(false);
    expect(text).to.include("✗ status: 403; it should have been: 200").and.include("✓ sum: 2");
    expect(text).to.include("Not everything was as told: 1 of 2 expectations held, in 1.0 s.");
  });

  it("does not hold where a chapter breaks off", async () => {
    const broken = chapter(() => Promise.reject(new Error("no answer")));
    const { holds, result } = await told(broken, holding);
    expect(holds).to.equal(false);
    expect(result[0]?.checks).to.deep.equal([
      { what: "the chapter", expected: "told to its end", happened: "no answer", holds: false },
    ]);
  });

  it("does not hold where a chapter checks nothing, or nothing is told", async () => {
    expect((await told(chapter(() => Promise.resolve()))).holds).to.equal(false);
    expect((await told()).holds).to.equal(false);
  });

  it("stays within 80 columns", async () => {
    const long = "projects/switchyard-dev/locations/us-central1/services/".repeat(3);
    const { text } = await told(
      chapter(async (_, expects) => {
        expects(long, `${long} a ${long}`, "x".repeat(200));
        return Promise.resolve();
      }),
    );
    expect(Math.max(...text.split("\n").map(({ length }) => length))).to.be.at.most(80);
  });
});
