import { expect } from "chai";
import { demo, STOPS_WITHIN_MS } from "../../../demo/command.ts";

describe("npm run demo scenarioforge", () => {
  it("tells the story, finds all of it true and leaves nothing behind", async () => {
    const { code, stdout, stderr, left } = await demo(["scenarioforge"]);
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 0, stderr: "", left: [] });
    expect(stdout).to.match(/\nEverything was as told: (\d+) of \1 expectations held/);
    expect(stdout).to.match(/\nhttp:\/\/127\.0\.0\.1:8083\/runs\/first\n/);
    const wide = stdout
      .split("\n")
      .filter((line) => line.length > 80 && !/curl| -[Hd] /.test(line));
    expect(wide).to.deep.equal([]);
  }).timeout(240_000);

  it("ends at Ctrl-C while somebody waits for a run, with nothing left", async () => {
    const ended = await demo(["scenarioforge"], "POST /build: 202");
    const { code, stdout, stderr, stoppedAfterMs, left } = ended;
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 130, stderr: "", left: [] });
    expect(stoppedAfterMs).to.be.below(STOPS_WITHIN_MS);
  }).timeout(120_000);
});
