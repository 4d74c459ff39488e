import { expect } from "chai";
import { Workplace } from "../../support/local-command.ts";

const PROGRAM = "test/support/slow-stop.ts";

describe("a signal to stop", () => {
  let place: Workplace;
  beforeEach(() => (place = new Workplace()));
  afterEach(() => place.clear());

  it("is waited for once, also where npm repeats it; the next one ends the process at once, files and all", async () => {
    const command = place.run(PROGRAM, ["--started"]);
    await command.line("running");
    expect(place.files()).to.have.length(1);
    command.kill("SIGINT");
    command.kill("SIGINT");
    await command.line("still stopping");
    const { exitCode, signal } = await command.stop("SIGINT");
    expect({ exitCode, signal }).to.deep.equal({ exitCode: 1, signal: null });
    expect(place.files()).to.deep.equal([]);
  });

  it("ends the process at once while it has not started", async () => {
    const command = place.run(PROGRAM, []);
    await command.line("running");
    const { exitCode, signal } = await command.stop("SIGTERM");
    expect({ exitCode, signal }).to.deep.equal({ exitCode: 0, signal: null });
    expect(place.files()).to.deep.equal([]);
  });
});
