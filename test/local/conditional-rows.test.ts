/** Two rows of one member, role and resource that differ in their condition alone, all the way through. */
import { expect } from "chai";
import * as gcp from "@pulumi/gcp";
import { bindingName, memberImportId, type AccessRow } from "../../infra/access.ts";
import { asJson, asMarkdown, asText } from "../../infra/commands/matrix-formats.ts";
import { Grants } from "../../infra/components/grants.ts";
import { accountMember } from "../../infra/google/iam/kinds.ts";
import * as storage from "../../infra/google/storage/kinds.ts";
import { Bucket } from "../../infra/google/storage/bucket.ts";
import { declared, ProgramProblems, type Declared } from "../../local/declared/declared.ts";
import { recordProgram, type Registration } from "../../local/declared/record.ts";
import { accessReport } from "../../local/iam/report.ts";
import { TestPlatform } from "../support/platform.ts";
import { devConfig } from "../support/recorded.ts";

const PROJECT = "switchyard-dev";
const ID = `${PROJECT}-shelf`;
const BUCKET = storage.bucket.of(ID);
const READER = accountMember("reader", { project: PROJECT });
const OBJECTS = `https://storage.googleapis.com/storage/v1/b/${ID}/o`;

const row = (folder: string, change: Partial<AccessRow> = {}): AccessRow => ({
  kind: "role",
  system: "shelf",
  principal: READER,
  role: "roles/storage.objectViewer",
  resource: BUCKET,
  condition: {
    title: folder,
    expression: `resource.name.startsWith("${BUCKET}/objects/${folder}/")`,
    description: `what lies in ${folder}`,
  },
  why: `reads ${folder}`,
  source: "here",
  ...change,
});
const ROWS = [row("a"), row("b")];

const grantOf = ({ principal, role, resource, condition }: AccessRow) => ({
  member: principal,
  role,
  resource,
  ...(condition && { condition }),
  kind: "role",
});

async function program(rows: readonly AccessRow[]) {
  const registrations = await recordProgram("dev", () => {
    const account = new gcp.serviceaccount.Account("reader", {
      accountId: "reader",
      project: PROJECT,
    });
    const place = { project: PROJECT, projectNumber: "223080314602", region: "us-central1" };
    const bucket = new Bucket(
      "shelf",
      { bucketName: ID, place, softDelete: false, forceDestroy: true },
      {},
    );
    const grants = new Grants({ prefix: "shelf", rows, parent: account, dependsOn: [] });
    grants.declared(READER, account);
    grants.declared(BUCKET, bucket.bucket);
    grants.finish();
  });
  const platform = { entryPoints: [], outside: {}, rows };
  return { registrations, recording: { config: devConfig(), platform, registrations } };
}

describe("two rows that differ in their condition alone", () => {
  let registrations: readonly Registration[];
  let present: Declared;
  let platform: TestPlatform;
  before(async () => {
    const made = await program(ROWS);
    registrations = made.registrations;
    present = declared(made.recording);
    platform = new TestPlatform({ declared: present });
    await platform.start();
    for (const name of ["a/x", "b/x", "c/x"]) {
      platform.cloud.putObject(ID, name, Buffer.from("1"), "text/plain");
    }
  });
  after(() => platform.stop());

  it("are two members with names of their own", () => {
    const members = registrations.filter(({ type }) => type.endsWith("IAMMember"));
    expect(members.map(({ name, inputs }) => [name, inputs.condition])).to.deep.equal(
      ROWS.map((each) => [`shelf-${bindingName(each)}`, each.condition]),
    );
  });

  it("are two bindings", () => {
    expect(present.bindings).to.deep.equal(ROWS.map(grantOf));
  });

  it("allow each what its condition says, and nothing else, to whoever asks over the network", async () => {
    const statusOf = async (name: string) =>
      (await platform.as("reader", `${OBJECTS}/${encodeURIComponent(name)}`)).status;
    expect([await statusOf("a/x"), await statusOf("b/x"), await statusOf("c/x")]).to.deep.equal([
      200, 200, 403,
    ]);
    const { cloud } = platform;
    expect(cloud.feed.usedSince(0).map(({ binding }) => binding)).to.deep.equal(ROWS.map(grantOf));
    const report = accessReport(cloud.policy(), cloud.feed);
    expect([report.used, report.unused, report.neverKept]).to.deep.equal([2, [], []]);
    expect(report.denied.map(({ unmet }) => unmet)).to.deep.equal([
      ROWS.map((each) => ({ binding: grantOf(each) })),
    ]);
  });

  it("are two lines of the matrix, in every form", () => {
    const matrix = { rows: ROWS, customRoles: [] };
    for (const each of ROWS) {
      const { title = "", expression = "", description = "" } = each.condition ?? {};
      const on = `bucket ${ID}, if ${title}: \`${expression}\` (${description})`;
      expect(asMarkdown(matrix).split("\n")).to.include(
        `| role | reader | storage.objectViewer | ${on} | reads ${title} | here |`,
      );
      const text = asText(matrix, []).replaceAll(/\n\s+/g, " ");
      expect(text).to.include(
        `bucket ${ID} if ${title}: ${expression} (${description}) reads ${title} (here)`,
      );
    }
    expect(JSON.parse(asJson(matrix))).to.deep.equal(ROWS);
  });

  it("stay one line of Markdown where a condition is written in several", () => {
    const expression = `resource.type == "a" ||\n  resource.type == "b"`;
    const broken = row("a", { condition: { title: "a", expression } });
    const [line, ...more] = asMarkdown({ rows: [broken], customRoles: [] })
      .split("\n")
      .slice(2);
    expect(more).to.deep.equal([]);
    expect(line).to.include('`resource.type == "a" \\|\\| resource.type == "b"`');
  });

  it("are imported each by its condition's title", () => {
    expect(ROWS.map(memberImportId)).to.deep.equal([
      `${BUCKET} roles/storage.objectViewer ${READER} a`,
      `${BUCKET} roles/storage.objectViewer ${READER} b`,
    ]);
  });

  it("need a row each, and each row its member", async () => {
    const { recording } = await program(ROWS);
    const { platform: recorded } = recording;
    const missing = { ...recording, platform: { ...recorded, rows: ROWS.slice(1) } };
    const more = { ...recording, platform: { ...recorded, rows: [...ROWS, row("c")] } };
    const key = (folder: string) =>
      `if ${folder}: resource.name.startsWith("${BUCKET}/objects/${folder}/") (what lies in ${folder})`;
    expect(problemsOf(() => declared(missing))).to.deep.equal([
      `${READER} has roles/storage.objectViewer on ${BUCKET}, ${key("a")}, but no row of the access matrix says so.`,
    ]);
    expect(problemsOf(() => declared(more))).to.deep.equal([
      `The row "${READER} roles/storage.objectViewer on ${BUCKET}, ${key("c")}" has no resource in the program.`,
    ]);
  });

  it("are a problem of the program where one cannot be read", async () => {
    const broken = row("a", { condition: { title: "a", expression: "resource.nam ==" } });
    const { recording } = await program([broken]);
    expect(problemsOf(() => declared(recording))).to.deep.equal([
      `The condition "a" of roles/storage.objectViewer on ${BUCKET} for ${READER}: Unexpected token: EOF.`,
    ]);
  });
});

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ProgramProblems) return error.problems;
    throw error;
  }
  return [];
}
