import { expect } from "chai";
import fc from "fast-check";
import { Refused, Unavailable } from "../../../functions/plan-runner/faults.ts";
import { refuse } from "../../../functions/plan-runner/refuse.ts";
import { World } from "./world.ts";

describe("refuse", () => {
  let world: World;
  const decoded = { repo: { full_name: "acme/infra" }, pull_request: { number: 7 }, work: 1 };
  const REFUSED = { kind: "done", body: { result: "refused" } };

  beforeEach(() => {
    world = new World();
  });

  const ask = (message: unknown, reason = "`work` must be an object") =>
    refuse(reason, message, world.log, world.ports);

  it("tells the pull request which field is wrong, once for all such messages", async () => {
    expect(await ask(decoded)).to.deep.equal(REFUSED);
    await ask(decoded, "`installation` is required");
    expect(world.pull.bodies).to.have.length(1);
    expect(world.pull.bodies[0]?.split("\n\n").slice(0, 3)).to.deep.equal([
      "<!-- switchyard:plan:refused -->",
      "**Not planned:** the request for a plan of this pull request could not be read.",
      "`installation` is required.",
    ]);
    expect(world.opened[0]).to.deep.equal({
      fullName: "acme/infra",
      number: 7,
      installationId: undefined,
    });
    expect(world.stored("leases/")).to.deep.equal([]);
  });

  it("reads the members that stand for nothing as a good message's", async () => {
    await ask({ ...decoded, installation: null, github_api_base_url: "" });
    expect(world.pull.bodies).to.have.length(1);
  });

  it("asks GitHub nothing where the message names no pull request, or another GitHub's", async () => {
    const nothing = fc.oneof(
      fc.anything(),
      fc.record({ repo: fc.record({ full_name: fc.string() }), pull_request: fc.anything() }),
      fc.constant({ ...decoded, repo: { full_name: "../x/y" } }),
      fc.constant({ ...decoded, pull_request: { number: -1 } }),
      fc.constant({ ...decoded, github_api_base_url: "https://evil.example" }),
    );
    await fc.assert(
      fc.asyncProperty(nothing, async (message) => {
        expect(await ask(message)).to.deep.equal(REFUSED);
      }),
    );
    expect(world.opened).to.deep.equal([]);
  });

  it("leaves a closed pull request in peace", async () => {
    world.pull.state = { ...world.pull.state, isOpen: false };
    expect(await ask(decoded)).to.deep.equal(REFUSED);
    expect(world.pull.bodies).to.deep.equal([]);
  });

  it("is over where the App is not installed, and comes again where GitHub fails", async () => {
    world.onToken = () => {
      throw new Refused(404, "Not Found");
    };
    expect(await ask(decoded)).to.deep.equal(REFUSED);
    world.onToken = () => {
      throw new Unavailable("It passes.");
    };
    expect(await ask(decoded)).to.deep.equal({ kind: "retry", reason: "It passes." });
  });
});
