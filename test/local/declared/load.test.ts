import { expect } from "chai";
import path from "node:path";
import { bundle } from "../../../infra/bundle/bundle.ts";
import { startBundling, UnusableRole } from "../../../local/declared/bundles.ts";
import { declared } from "../../../local/declared/declared.ts";
import { rebundled } from "../../../local/declared/load.ts";
import { recorded } from "../../support/recorded.ts";
import { thrownBy } from "../../support/thrown-by.ts";

const OLD = "0".repeat(64);

describe("roles that are bundled again after a change", () => {
  it("are the changed ones, each in the form in which it is deployed", async () => {
    const plan = declared(await recorded());
    const [brain] = plan.services.filter(({ role }) => role === "worker");
    if (brain === undefined) throw new Error("The dev stack has no worker.");
    const asService = {
      ...brain,
      name: "alone",
      source: `sources/worker-${OLD}.tar.gz`,
      start: { command: ["node", "index.js"] },
    };
    const old = { ...brain, source: `sources/worker-${OLD}.zip` };
    const untouched = {
      ...brain,
      name: "other",
      role: "enqueuer",
      source: `sources/enqueuer-${OLD}.zip`,
    };
    const services = [old, asService, untouched];
    const after = await rebundled({ ...plan, services }, [
      path.join("functions", "worker", "process.ts"),
    ]);
    const [zip, tar] = await Promise.all([bundle("worker"), bundle("worker", { form: "service" })]);
    expect(tar.hash).not.to.equal(zip.hash);
    expect(after.services.map(({ source }) => source)).to.deep.equal([
      `sources/worker-${zip.hash}.zip`,
      `sources/worker-${tar.hash}.tar.gz`,
      untouched.source,
    ]);
  });
});

describe("startBundling", () => {
  it("bundles what nobody foresaw when it is asked for", async () => {
    const bundleOf = startBundling([{ role: "worker", form: "function" }]);
    const [foreseen, again, later] = await Promise.all([
      bundleOf("worker"),
      bundleOf("worker", { form: "service" }),
      bundleOf("worker", { form: "service" }),
    ]);
    expect([foreseen.archive, again.archive]).to.deep.equal([undefined, `${again.folder}.tar.gz`]);
    expect(later).to.equal(again);
  });

  it("says which role there is not", async () => {
    const error = await thrownBy(() => startBundling([])("nobody"));
    expect(error).to.be.instanceOf(UnusableRole);
    expect(String(error)).to.include(
      'There is no role "nobody": functions/nobody/index.ts does not exist.',
    );
  });
});
