/** A system that uses all of it at once: conditions, custom roles, several permissions, boundaries, IAM methods, a mount. */
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { rowKey, type AccessRow } from "../../infra/access.ts";
import { accessPages, pageOf } from "../../infra/commands/access-pages.ts";
import { deployerRoles } from "../../infra/platform.ts";
import type { Declared } from "../../local/declared/declared.ts";
import { loadDeclared } from "../../local/declared/load.ts";
import { accessReport } from "../../local/iam/report.ts";
import type { Binding } from "../../local/iam/types.ts";
import { CATALOGUE, DONATIONS, libraryRows } from "../fixtures/library-system/access.ts";
import { library } from "../fixtures/library-system/index.ts";
import { DONOR, LIBRARY, READER, SYSTEM } from "../fixtures/library-system/names.ts";
import { fixtureStack } from "../support/fixture-stack.ts";
import { TestPlatform, type Answer } from "../support/platform.ts";
import { devConfig } from "../support/recorded.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/library-system");
const FURTHER = new URL("../fixtures/library-system/further.ts", import.meta.url).href;

const PROJECT = "switchyard-dev";
const ID = `${PROJECT}-library-shelf`;
const BUCKET = `projects/_/buckets/${ID}`;
const STORAGE = "https://storage.googleapis.com";
const OBJECTS = `${STORAGE}/storage/v1/b/${ID}/o`;
const UPLOAD = `${STORAGE}/upload/storage/v1/b/${ID}/o?uploadType=media&name=`;
const memberOf = (id: string) => `serviceAccount:${id}@${PROJECT}.iam.gserviceaccount.com`;

const config = () => ({ ...devConfig(), systems: [SYSTEM] });

const sentenceIn = ({ body }: Answer): string =>
  (body as { readonly error: { readonly message: string } }).error.message;

describe("a system that uses all of IAM, in a service that is no function", () => {
  let root: string;
  let whole: Declared;
  let rows: readonly AccessRow[];
  let platform: TestPlatform;
  let url: string;
  let donations = 0;

  before(async () => {
    root = await fixtureStack(FIXTURE, "library");
    whole = await loadDeclared("library", undefined, undefined, { root, modules: [FURTHER] });
    rows = libraryRows(config());
    platform = new TestPlatform({ declared: whole });
    await platform.start();
    url = whole.entryPoints[0]?.url ?? "";
    put("books/a.txt", "A book");
    put("loans/ada/one.txt", "Ada's");
    put("loans/bob/one.txt", "Bob's");
    put("elsewhere/x.txt", "nobody's");
  });
  after(async () => {
    await platform.stop();
    await rm(root, { recursive: true });
  });

  function put(name: string, text: string): void {
    platform.cloud.putObject(ID, name, Buffer.from(text), "text/plain");
  }

  async function ask(path: string, body: object = {}): Promise<Answer> {
    const token = await platform.idToken(READER, url);
    return platform.through(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
    });
  }

  const read = (name: string) =>
    platform.as(LIBRARY, `${OBJECTS}/${encodeURIComponent(name)}?alt=media`);
  const donate = (name: string) =>
    platform.as(DONOR, `${UPLOAD}${name}`, { method: "POST", body: "A gift" });
  const policy = () =>
    platform.as(LIBRARY, `${STORAGE}/storage/v1/b/${ID}/iam?optionsRequestedPolicyVersion=3`);

  /** With another program for as long as it takes. */
  async function whileDeclared<Result>(
    changed: Declared,
    use: () => Promise<Result>,
  ): Promise<Result> {
    await platform.cloud.apply(changed);
    try {
      return await use();
    } finally {
      await platform.cloud.apply(whole);
    }
  }

  /** What each row, condition and permission is there for, and whether it works. */
  async function seen(): Promise<Record<string, number>> {
    donations += 1;
    return {
      books: (await read("books/a.txt")).status,
      loans: (await read("loans/ada/one.txt")).status,
      elsewhere: (await read("elsewhere/x.txt")).status,
      list: (await platform.as(LIBRARY, OBJECTS)).status,
      policy: (await policy()).status,
      donation: (await donate(`books/gift-${donations}.txt`)).status,
      asking: (await ask("/nothing")).status,
    };
  }

  const ALL = {
    ...{ books: 200, loans: 200, elsewhere: 403, list: 200, policy: 200, donation: 200 },
    asking: 404,
  };

  it("is recorded in a thread, with all that it declares", () => {
    const grants = rows.map(({ principal, role, resource, condition }) => ({
      ...{ kind: "role", member: principal, role, resource },
      ...(condition && { condition }),
    }));
    expect(whole.bindings.filter(({ kind }) => kind === "role")).to.have.deep.members(grants);
    expect(whole.customRoles).to.deep.equal({
      [`projects/${PROJECT}/roles/${CATALOGUE.id}`]: CATALOGUE.permissions,
      [`projects/${PROJECT}/roles/${DONATIONS.id}`]: DONATIONS.permissions,
    });
    const [service, ...others] = whole.services;
    expect(others).to.deep.equal([]);
    expect(service?.start).to.deep.equal({ command: ["node", "index.js"] });
    expect(service?.source).to.match(/\/library-[0-9a-f]{64}\.tar\.gz$/);
  });

  it("works as a whole, and reads no more than its conditions say", async () => {
    expect(await seen()).to.deep.equal(ALL);
    const refused = sentenceIn(await read("elsewhere/x.txt"));
    for (const folder of ["books", "loans"]) {
      expect(refused).to.include(
        `roles/storage.objectUser on ${BUCKET}, but its condition is not met: ${folder}: resource.name.startsWith("${BUCKET}/objects/${folder}/")`,
      );
    }
  });

  it("finds its books as files and keeps new ones, each under its condition", async () => {
    put("books/b.txt", "Another");
    const { status, body } = await ask("/books");
    expect(status).to.equal(200);
    expect((body as { readonly books: readonly string[] }).books).to.include("a.txt");
    expect((await ask("/keep", { title: "kept.txt", text: "As it was" })).status).to.equal(200);
    await whileDeclared({ ...whole, services: [] }, () => Promise.resolve());
    const kept = await read("books/kept.txt");
    expect([kept.status, kept.body]).to.deep.equal([200, "As it was"]);
  });

  it("does not start without the row on its mount", async () => {
    const bindings = whole.bindings.filter(({ role }) => !role.endsWith(CATALOGUE.id));
    await platform.cloud.apply({ ...whole, services: [] });
    const { status } = await whileDeclared({ ...whole, bindings }, () => ask("/books"));
    expect(status).to.equal(500);
    expect(platform.log.map(({ message }) => message).join("\n")).to.include(
      `library: did not start: /mnt/books (${ID}): ${LIBRARY}@${PROJECT}.iam.gserviceaccount.com does not have storage.objects.list access`,
    );
    await platform.cloud.apply({ ...whole, services: [] });
    await platform.cloud.apply(whole);
    expect((await ask("/books")).status).to.equal(200);
  });

  it("lends by a token whose boundary sees one reader, though its account sees all", async () => {
    const own = await ask("/lend", { reader: "ada", name: "loans/ada/one.txt" });
    expect(own.body).to.deep.equal({ ok: true, text: "Ada's" });
    // A name is no path: this one is in the reader's folder, where there is no such object.
    const climbing = await ask("/lend", { reader: "ada", name: "loans/ada/../bob/one.txt" });
    expect(climbing.status).to.equal(502);
    for (const name of ["loans/bob/one.txt", "loans/adam/one.txt"]) {
      const other = await ask("/lend", { reader: "ada", name });
      expect([name, other.status]).to.deep.equal([name, 502]);
      expect(sentenceIn(other)).to.include(
        `but the boundary of its token does not make storage.objects.get available: the condition of its rule is not met: resource.name.startsWith("${BUCKET}/objects/loans/ada/")`,
      );
    }
  });

  it("gets nothing by a boundary that its account has not", async () => {
    const bindings = whole.bindings.filter(({ condition }) => condition?.title !== "loans");
    const { status } = await whileDeclared({ ...whole, bindings }, () =>
      ask("/lend", { reader: "ada", name: "loans/ada/one.txt" }),
    );
    expect(status).to.equal(502);
  });

  it("is refused for the one permission that is missing where a method needs two", async () => {
    expect((await donate("books/twice.txt")).status).to.equal(200);
    const again = await donate("books/twice.txt");
    expect(again.status).to.equal(403);
    expect(sentenceIn(again)).to.include("does not have storage.objects.delete access");
  });

  it("shows its policy with both conditions, and what its caller may do", async () => {
    const { body } = await policy();
    const { version, bindings } = body as {
      readonly version: number;
      readonly bindings: readonly object[];
    };
    expect(version).to.equal(3);
    const conditional = rows.filter(({ condition }) => condition !== undefined);
    expect(bindings).to.have.length(4);
    expect(bindings).to.include.deep.members(
      conditional.map(({ role, condition }) => ({
        role,
        members: [memberOf(LIBRARY)],
        condition,
      })),
    );
    const asked = ["storage.objects.create", "storage.objects.delete", "storage.objects.list"];
    const query = asked.map((each) => `permissions=${each}`).join("&");
    const tested = await platform.as(
      DONOR,
      `${STORAGE}/storage/v1/b/${ID}/iam/testPermissions?${query}`,
    );
    expect(tested.body).to.deep.include({ permissions: ["storage.objects.create"] });
  });

  describe("needs", () => {
    const removals: readonly [what: string, probe: string, isTaken: (row: AccessRow) => boolean][] =
      [
        ["the row on its books", "books", ({ condition }) => condition?.title === "books"],
        ["the row on its loans", "loans", ({ condition }) => condition?.title === "loans"],
        ["the row of its donor", "donation", ({ principal }) => principal === memberOf(DONOR)],
        ["the row of its reader", "asking", ({ principal }) => principal === memberOf(READER)],
      ];
    for (const [what, probe, isTaken] of removals) {
      it(`${what}, and for nothing else`, async () => {
        const keys = rows.filter(isTaken).map(rowKey);
        expect(keys).to.have.length(1);
        const bindings = whole.bindings.filter((each) => !keys.includes(keyOf(each)));
        const changed = await whileDeclared({ ...whole, bindings }, seen);
        expect(changed).to.deep.equal({ ...ALL, [probe]: 403 });
      });
    }

    for (const folder of ["books", "loans"]) {
      it(`the condition on its ${folder}, without which it reads all`, async () => {
        const bindings = whole.bindings.map(({ condition, ...granted }) =>
          condition === undefined || condition.title === folder
            ? granted
            : { ...granted, condition },
        );
        const changed = await whileDeclared({ ...whole, bindings }, seen);
        expect(changed).to.deep.equal({ ...ALL, elsewhere: 200 });
      });
    }

    const permissions: readonly [role: string, permission: string, probe: string][] = [
      [CATALOGUE.id, "storage.objects.list", "list"],
      [CATALOGUE.id, "storage.buckets.getIamPolicy", "policy"],
      [DONATIONS.id, "storage.objects.create", "donation"],
    ];
    for (const [id, permission, probe] of permissions) {
      it(`${permission} of ${id}, and for nothing else`, async () => {
        const name = `projects/${PROJECT}/roles/${id}`;
        const held = whole.customRoles[name] ?? [];
        expect(held).to.include(permission);
        const customRoles = {
          ...whole.customRoles,
          [name]: held.filter((each) => each !== permission),
        };
        const changed = await whileDeclared({ ...whole, customRoles }, seen);
        expect(changed).to.deep.equal({ ...ALL, [probe]: 403 });
      });
    }
  });

  it("leaves nothing in the report that was granted and never used, or never kept anything", () => {
    const { cloud } = platform;
    const { unused, neverKept, notJudged } = accessReport(cloud.policy(), cloud.feed);
    expect({ unused, neverKept, notJudged }).to.deep.equal({
      unused: [],
      neverKept: [],
      notJudged: [],
    });
  });

  it("is in the matrix, in a page of its own, and asks of the deployer what it makes", () => {
    const systems = { [SYSTEM]: library };
    const page = accessPages(config(), systems).get(pageOf(SYSTEM));
    expect(page).to.equal(readFileSync(join(FIXTURE, "access.md"), "utf8"));
    const roles = deployerRoles(config(), systems).map(({ role }) => role);
    expect(roles).to.include.members(["roles/iam.roleAdmin", "roles/run.admin"]);
  });
});

function keyOf({ member, ...granted }: Binding): string {
  return rowKey({ principal: member, ...granted });
}
