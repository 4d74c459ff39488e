import { expect } from "chai";
import { demo, STOPS_WITHIN_MS } from "../../../demo/command.ts";

describe("npm run demo producer", () => {
  it("tells the story, finds all of it true and leaves nothing behind", async () => {
    const { code, stdout, stderr, left } = await demo(["producer"]);
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 0, stderr: "", left: [] });
    expect(stdout).to.match(/\nEverything was as told: (\d+) of \1 expectations held/);
    // What stands for the token is shown, and never the token.
    expect(stdout).to.include('-H "Authorization: Bearer $TOKEN"');
    expect(stdout).not.to.match(/Bearer (?!\$TOKEN)/);
    const wide = stdout
      .split("\n")
      .filter((line) => line.length > 80 && !/curl| -[Hd] /.test(line));
    expect(wide).to.deep.equal([]);
  }).timeout(240_000);

  it("ends at Ctrl-C while a bridge waits for events, with nothing left", async () => {
    const ended = await demo(["producer"], "POST /producer/start: 202");
    const { code, stdout, stderr, stoppedAfterMs, left } = ended;
    expect({ code, stderr, left }, stdout).to.deep.equal({ code: 130, stderr: "", left: [] });
    expect(stoppedAfterMs).to.be.below(STOPS_WITHIN_MS);
  }).timeout(120_000);
});
