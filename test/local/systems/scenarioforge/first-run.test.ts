import { expect } from "chai";
import { TestPlatform } from "../../../support/platform.ts";
import { Secret } from "../../../../infra/secret.ts";
import { ask, runOf } from "../../../systems/scenarioforge/runs.ts";

const SYSTEMS = { systems: ["scenarioforge"] };

function said(p: TestPlatform): readonly string[] {
  return p.log.filter(({ source }) => source === "local").map(({ message }) => message);
}

function urlOf(p: TestPlatform): string {
  return p.cloud.entryPoints().find(({ role }) => role === "scenarioforge")?.url ?? "";
}

describe("scenarioforge's first run", () => {
  let platform: TestPlatform | undefined;

  async function started(config: Readonly<Record<string, unknown>>): Promise<TestPlatform> {
    platform = new TestPlatform({ config: { ...SYSTEMS, ...config } });
    await platform.start();
    return platform;
  }

  afterEach(() => platform?.stop());

  it("is launched once the local cloud is ready, made by the pipeline, and said with its address", async () => {
    const p = await started({});
    const address = `${urlOf(p)}/runs/first`;
    expect(p.cloud.ready().hints.join("\n")).to.include(address);
    expect((await ask(p, "/runs/first")).status).to.equal(404);

    p.cloud.begin();
    await p.settle();
    const { status, node_status: nodes } = await runOf(p, "first");
    expect({ status, nodes: Object.keys(nodes).length }).to.deep.equal({
      status: "COMPLETED",
      nodes: 14,
    });
    expect(said(p)).to.include(`The first run is completed: ${address}`);
  });

  it("is not made again where it is there", async () => {
    const p = await started({});
    p.cloud.begin();
    await p.settle();
    const tasks = () => p.log.filter(({ source }) => source === "cloudtasks").length;
    const before = tasks();
    p.cloud.begin();
    await p.settle();
    expect(tasks()).to.equal(before);
    const { body } = await ask(p, "/runs");
    expect((body as { runs: readonly string[] }).runs).to.deep.equal(["first"]);
  });

  it("is not there where the stack has keys of its own, and the log says so", async () => {
    const key = { key: "a-key-of-a-tenant", tenant: "public" };
    const p = await started({
      scenarioAuthRequired: true,
      scenarioApiKeys: new Secret(JSON.stringify([key])),
    });
    p.cloud.begin();
    await p.settle();
    expect(said(p)).to.include("There is no first run: the stack has keys of its own.");
  });
});
