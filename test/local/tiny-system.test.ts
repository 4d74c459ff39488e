import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { expect } from "chai";
import { parse } from "yaml";
import { accessPages, pageOf } from "../../infra/commands/access-pages.ts";
import { importedResources, remarks } from "../../infra/commands/import-plan.ts";
import { parseConfig } from "../../infra/config/config.ts";
import { plainKeys } from "../../infra/config/key.ts";
import { readStackFile } from "../../infra/config/stack-file.ts";
import { GOOGLE } from "../../infra/google/services.ts";
import { deployerRoles } from "../../infra/platform.ts";
import { SYSTEMS } from "../../infra/systems/index.ts";
import type { Declared } from "../../local/declared/declared.ts";
import { loadDeclared } from "../../local/declared/load.ts";
import { Journal } from "../../local/demo/journal.ts";
import { Page } from "../../local/demo/page.ts";
import { Stage } from "../../local/demo/stage.ts";
import { allHeld, tell } from "../../local/demo/story.ts";
import { DECLARES } from "../../local/google/declares.ts";
import { grantableOf } from "../../local/google/grantable.ts";
import { runsServices } from "../../local/google/runs.ts";
import { tiny as tinyDeclares } from "../fixtures/tiny-service/declared.ts";
import { tinyService } from "../fixtures/tiny-service/index.ts";
import { repo } from "../fixtures/tiny-service/kinds.ts";
import { tiny } from "../fixtures/tiny-system/index.ts";
import { tiny as localTiny } from "../fixtures/tiny-system/local/index.ts";
import { fixtureStack } from "../support/fixture-stack.ts";
import { TestPlatform } from "../support/platform.ts";
import { withStandIns } from "../support/recorded.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/tiny-system");
const KEYS = readFileSync(join(FIXTURE, "Pulumi.yaml"), "utf8");
const FURTHER = new URL("../fixtures/tiny-system/further.ts", import.meta.url).href;
const GREETER = "serviceAccount:tiny-greeter@switchyard-dev.iam.gserviceaccount.com";
const REPOSITORY = "projects/switchyard-dev/repos/tiny";
const SERVICE = "projects/switchyard-dev/locations/us-central1/services/tiny-greeter";

// A line in each list.
const systems = { ...SYSTEMS, tiny };
const google = {
  runs: [...runsServices(), tinyService],
  grantable: grantableOf([...GOOGLE, { kinds: [repo] }], [...DECLARES, tinyDeclares]),
};

describe("a system from a folder of its own", () => {
  let root = "";
  let declared: Declared;
  let platform: TestPlatform;
  before(async () => {
    root = await fixtureStack(FIXTURE, "tiny");
    declared = await loadDeclared("tiny", undefined, undefined, { root, modules: [FURTHER] });
    platform = new TestPlatform({ declared, google });
    await platform.start();
  });
  after(async () => {
    await platform.stop();
    rmSync(root, { recursive: true });
  });

  const config = () => parseConfig(withStandIns(readStackFile("tiny", root)), systems);
  const greet = (body: object) =>
    platform.asDeveloper("tiny-greeter", "/greet", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });

  it("says of its keys what Pulumi.yaml says", () => {
    const described = parse(KEYS) as { readonly config: object };
    const records = plainKeys(tiny.config.keys).map(([name, key]) => {
      const { default: value, description } = key;
      return [name, { type: typeof value, default: value, description }] as const;
    });
    expect(described.config).to.deep.equal(Object.fromEntries(records));
  });

  it("is declared and granted, as it is recorded in a thread of its own", () => {
    const { services, bindings, entryPoints } = declared;
    expect(services.map(({ name, env }) => [name, env.GREETING])).to.deep.equal([
      ["tiny-greeter", "Welcome"],
    ]);
    expect(entryPoints.map(({ role }) => role)).to.deep.equal(["tiny-greeter"]);
    expect(bindings.filter(({ kind }) => kind === "role")).to.have.deep.members([
      { kind: "role", member: GREETER, role: "roles/source.reader", resource: REPOSITORY },
      {
        kind: "role",
        member: "user:developer@example.com",
        role: "roles/run.invoker",
        resource: SERVICE,
      },
    ]);
  });

  it("answers who may call it, with what its role may read", async () => {
    const { status, body } = await greet({ name: "Ada" });
    expect({ status, body }).to.deep.equal({
      status: 200,
      body: { ok: true, greeting: "Welcome, Ada", from: REPOSITORY },
    });
  });

  it("answers at a path with a parameter, and says what it takes there", async () => {
    const path = "/greetings/Ada%20L.";
    expect((await platform.asDeveloper("tiny-greeter", path)).body).to.deep.equal({
      ok: true,
      greeting: "Welcome, Ada L.",
      from: REPOSITORY,
    });
    const { status, headers } = await platform.asDeveloper("tiny-greeter", path, { method: "PUT" });
    expect([status, headers.allow]).to.deep.equal([405, "GET, HEAD"]);
  });

  it("refuses what is no request, by the field", async () => {
    const { status, body } = await greet({ name: "" });
    const { error } = body as { readonly error: object };
    expect(status).to.equal(422);
    expect(error).to.include({ field: "name", message: "`name` must not be empty." });
  });

  it("is refused without its row, which is named", async () => {
    const bindings = declared.bindings.filter(({ member }) => member !== GREETER);
    await platform.cloud.apply({ ...declared, bindings });
    const { status, body } = await greet({ name: "Ada" });
    await platform.cloud.apply(declared);
    const { error } = body as { readonly error: { readonly message: string } };
    expect(status).to.equal(502);
    expect(error.message).to.include(`${GREETER} needs roles/source.reader on ${REPOSITORY}`);
  });

  it("tells its story, which is as it is told", async () => {
    const page = new Page(new PassThrough().resume());
    const { signal } = new AbortController();
    const { cloud } = platform;
    const hides = () => false;
    const stage = new Stage({ cloud, journal: new Journal(), page, signal, hides });
    const chapters = await localTiny.demo.chapters(declared);
    const told = await tell(chapters, stage, page, signal);
    expect(
      told.map(({ title, checks }) => [title, checks.map(({ happened }) => happened)]),
    ).to.deep.equal([
      ["Somebody is greeted", ["200"]],
      ["Without its row", ["502"]],
    ]);
    expect(allHeld(told)).to.equal(true);
  });

  it("is in the matrix, in a page of its own", () => {
    const page = accessPages(config(), systems).get(pageOf("tiny"));
    expect(page).to.equal(readFileSync(join(FIXTURE, "access.md"), "utf8"));
  });

  it("tells the deployer and the import plan what it needs and takes over", () => {
    expect(deployerRoles(config(), systems)).to.deep.include({
      role: "roles/source.admin",
      why: "makes repositories and grants roles on them",
    });
    expect(importedResources(config(), systems).map(({ id }) => id)).to.deep.equal([
      undefined,
      REPOSITORY,
    ]);
    expect(remarks(config(), systems)).to.equal("Its history stays where it is.");
  });
});
