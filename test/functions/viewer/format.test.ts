import { expect } from "chai";
import { clock, counted, day, duration, moment, number } from "../../../functions/viewer/format.ts";

describe("figures and times of pages", () => {
  it("say how long something took in two units at most", () => {
    const seconds = [0, 0.042, 0.36, 4.26, 12.4, 60, 200, 3_600, 3_900, 86_400, 97_200, -1, NaN];
    expect(seconds.map(duration)).to.deep.equal([
      ...["0 s", "0.04 s", "0.36 s", "4.3 s", "12 s", "1 min", "3 min 20 s"],
      ...["1 h", "1 h 5 min", "1 d", "1 d 3 h", "–", "–"],
    ]);
  });

  it("show as many decimals as asked for, and a minus as one", () => {
    const shown = [number(12_345), number(3, 1), number(-95.94, 1), number(-0.04, 1)];
    expect(shown).to.deep.equal(["12,345", "3.0", "\u221295.9", "0.0"]);
  });

  it("count things", () => {
    expect([counted(1, "force"), counted(2, "force")]).to.deep.equal(["1 force", "2 forces"]);
    expect(counted(0, "strategy", "strategies")).to.equal("0 strategies");
  });

  it("are of UTC, and nothing where there is no time", () => {
    const at = "2026-11-21T02:17:12.575194+00:00";
    expect([day(at), clock(at)]).to.deep.equal(["21 November 2026", "02:17:12"]);
    expect(moment(at)).to.equal("21 Nov 2026, 02:17 UTC");
    const none = [day("soon"), clock(null), day(undefined), moment("")];
    expect(none).to.deep.equal(Array(4).fill(undefined));
  });
});
