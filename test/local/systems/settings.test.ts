import { expect } from "chai";
import { UsageError } from "../../../infra/commands/arguments.ts";
import { refuseUseless, settingsOf } from "../../../local/systems/settings.ts";

describe("what is said of single systems", () => {
  const said = settingsOf((flag) => (flag === "repository" ? ["/srv/infra"] : []));

  it("is kept with the system that the option belongs to", () => {
    expect(said).to.deep.equal({
      "plan-runner": { repositories: [{ fullName: undefined, folder: "/srv/infra" }] },
    });
  });

  it("is refused where that system does not run", () => {
    expect(() => refuseUseless(said, ["enqueuer"])).to.throw(
      UsageError,
      "--repository: of no use, since plan-runner is not among the stack's switchyard:systems.",
    );
    expect(() => refuseUseless(said, ["enqueuer", "plan-runner"])).not.to.throw();
  });
});
