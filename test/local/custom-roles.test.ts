import { expect } from "chai";
import type { CustomRole } from "../../infra/access.ts";
import { accessPages, pageOf } from "../../infra/commands/access-pages.ts";
import { asJson, asMarkdown, asText } from "../../infra/commands/matrix-formats.ts";
import { deployerRoles } from "../../infra/platform.ts";
import {
  declared,
  ProgramProblems,
  sliceOf,
  type Declared,
} from "../../local/declared/declared.ts";
import { difference } from "../../local/declared/difference.ts";
import { record, type Recording, type Registration } from "../../local/declared/record.ts";
import { iam } from "../../local/google/iam/declared.ts";
import { accessReport } from "../../local/iam/report.ts";
import { QUEUE_WATCHER, SYSTEM, watcher, watcherRows } from "../fixtures/custom-role/system.ts";
import { TestPlatform } from "../support/platform.ts";
import { devConfig, resource } from "../support/recorded.ts";
import { thrownBy } from "../support/thrown-by.ts";

const PROJECT = "switchyard-dev";
const ROLE = `projects/${PROJECT}/roles/queueWatcher`;
const QUEUE = `projects/${PROJECT}/locations/us-central1/queues/watched`;
const WATCHER = `serviceAccount:queue-watcher@${PROJECT}.iam.gserviceaccount.com`;
const URL = `https://cloudtasks.googleapis.com/v2/${QUEUE}`;

type Program = Parameters<typeof watcher>[0];

const config = () => ({ ...devConfig(), systems: [SYSTEM] });

/** The program of a stack of the fixture alone, or of one that differs from it. */
function recordedProgram(program?: Program): Promise<Recording> {
  const noBundle = () => Promise.reject(new Error("The system has no role."));
  return record(config(), "dev", noBundle, { systems: { [SYSTEM]: watcher(program) } });
}

const declaredProgram = async (program?: Program): Promise<Declared> =>
  declared(await recordedProgram(program));

const holding = (...permissions: string[]) => ({
  customRoles: [{ ...QUEUE_WATCHER, permissions }],
});

async function problemsOf(program: NonNullable<Program>): Promise<readonly string[]> {
  const recording = await recordedProgram(program);
  const error = await thrownBy(() => declared(recording));
  if (error instanceof ProgramProblems) return error.problems;
  throw error;
}

describe("a custom role", () => {
  let whole: Declared;
  let platform: TestPlatform;
  before(async () => {
    whole = await declaredProgram();
    platform = new TestPlatform({ declared: whole });
    await platform.start();
  });
  after(() => platform.stop());

  const statusOf = async (path: string) =>
    (await platform.as("queue-watcher", `${URL}${path}`)).status;

  it("is registered with what people read and its permissions in order, before whatever grants it", async () => {
    const recording = await recordedProgram();
    const role = resource(recording, "gcp:projects/iAMCustomRole:IAMCustomRole", {});
    expect(role.inputs).to.deep.equal({
      roleId: "queueWatcher",
      project: PROJECT,
      title: "Queue watcher",
      description: "cloudtasks.viewer shows the headers of tasks too",
      permissions: ["cloudtasks.queues.get", "cloudtasks.tasks.list"],
      stage: "GA",
    });
    const type = "gcp:cloudtasks/queueIamMember:QueueIamMember";
    const member: Registration = resource(recording, type, { role: ROLE });
    expect(member.name).to.equal(
      "watcher-queue-watcher-projects/switchyard-dev/roles/queueWatcher-watched",
    );
    expect(member.dependencies).to.include(role.urn);
  });

  it("is declared under its whole name, and granted", () => {
    const permissions = ["cloudtasks.queues.get", "cloudtasks.tasks.list"];
    expect(sliceOf(whole, iam)).to.deep.equal({ "custom role": [{ name: ROLE, permissions }] });
    expect(whole.customRoles).to.deep.equal({ [ROLE]: permissions });
    expect(whole.bindings).to.deep.equal([
      { member: WATCHER, role: ROLE, resource: QUEUE, kind: "role" },
    ]);
  });

  it("allows what it holds and nothing else", async () => {
    expect(await statusOf("")).to.equal(200);
    expect(await statusOf("/tasks")).to.equal(200);
    expect(await statusOf("/tasks/t")).to.equal(403);
  });

  it("refuses without one of its permissions, which a new program may take away", async () => {
    const less = await declaredProgram(holding("cloudtasks.queues.get"));
    expect(difference(whole, less)).to.deep.equal(["custom role queueWatcher changed"]);
    await platform.cloud.apply(less);
    const answers = [await statusOf(""), await statusOf("/tasks")];
    await platform.cloud.apply(whole);
    expect([...answers, await statusOf("/tasks")]).to.deep.equal([200, 403, 200]);
  });

  it("is what a refusal proposes where no predefined role is smaller", async () => {
    await platform.cloud.apply({ ...whole, bindings: [] });
    const { body } = await platform.as("queue-watcher", URL);
    await platform.cloud.apply(whole);
    const { message } = (body as { error: { message: string } }).error;
    expect(message).to.include(`Switchyard: ${WATCHER} needs ${ROLE} on ${QUEUE};`);
  });

  it("is judged by the report like any other role", async () => {
    expect(await statusOf("")).to.equal(200);
    const { cloud } = platform;
    const { used, unused, notJudged } = accessReport(cloud.policy(), cloud.feed);
    expect({ used, unused, notJudged }).to.deep.equal({ used: 1, unused: [], notJudged: [] });
  });

  it("is a problem where no row grants it, and a row where nothing declares it", async () => {
    expect(await problemsOf({ rows: () => [] })).to.deep.equal([
      `No row grants the custom role ${ROLE}.`,
    ]);
    expect(await problemsOf({ customRoles: [] })).to.deep.equal([
      `The permissions of ${ROLE} are not known: nothing declares that custom role. Name it in its system's customRoles.`,
    ]);
  });

  it("is a problem where Google does not offer a permission, or is not known to", async () => {
    const asked = ["resourcemanager.projects.list", "storage.buckets.juggle"];
    expect(await problemsOf(holding(...asked))).to.deep.equal([
      `${ROLE}: Google does not offer resourcemanager.projects.list for custom roles.`,
      `${ROLE}: it is not known whether Google offers storage.buckets.juggle for custom roles. Look it up, and name it in \`offered\` of its service's roles.ts in local/google.`,
    ]);
  });

  const malformed: [what: string, role: Partial<CustomRole>, problem: string][] = [
    [
      "a hyphen in its id",
      { id: "queue-watcher" },
      "`queue-watcher` must have 3 to 64 letters, digits, underscores and periods.",
    ],
    ["no title", { title: "" }, "`queueWatcher` must have a title of at most 100 characters."],
    [
      "too long a reason",
      { why: "x".repeat(257) },
      "`queueWatcher` must say why it is needed in at most 256 characters.",
    ],
    ["no permission", { permissions: [] }, "`queueWatcher` must hold a permission."],
    [
      "a permission twice",
      { permissions: ["cloudtasks.queues.get", "cloudtasks.queues.get"] },
      "`queueWatcher` names cloudtasks.queues.get twice.",
    ],
  ];
  for (const [what, changes, problem] of malformed) {
    it(`is refused with ${what}`, async () => {
      const customRoles = [{ ...QUEUE_WATCHER, ...changes }];
      const error = await thrownBy(() => recordedProgram({ customRoles }));
      expect((error as Error).message).to.equal(`Custom role ${problem}`);
    });
  }

  it("asks of the person who deploys to be an admin of roles, where there is one", () => {
    const of = (customRoles: readonly CustomRole[]) =>
      deployerRoles(config(), { [SYSTEM]: watcher({ customRoles }) });
    const admin = { role: "roles/iam.roleAdmin", why: "makes the project's own roles" };
    expect(of([QUEUE_WATCHER])).to.deep.include(admin);
    expect(of([])).to.deep.equal(of([QUEUE_WATCHER]).filter(({ role }) => role !== admin.role));
  });

  describe("in the matrix", () => {
    const matrix = { rows: watcherRows(devConfig()), customRoles: [QUEUE_WATCHER] };

    it("is named in its row and listed with its permissions below", () => {
      expect(asMarkdown(matrix).split("\n")).to.deep.equal([
        "| kind | who | role | on | why | source |",
        "| --- | --- | --- | --- | --- | --- |",
        "| role | queue-watcher | queueWatcher (custom) | queue watched | counts its tasks | cloud.google.com/tasks/docs/access-control |",
        "",
        "| custom role | permissions | why |",
        "| --- | --- | --- |",
        "| queueWatcher | cloudtasks.queues.get, cloudtasks.tasks.list | cloudtasks.viewer shows the headers of tasks too |",
      ]);
      const pages = accessPages(devConfig(), { [SYSTEM]: watcher() });
      expect(pages.get(pageOf(SYSTEM))).to.include(`\n${asMarkdown(matrix)}\n`);
      const text = asText(matrix, []);
      expect(text).to.include(
        [
          "",
          "Custom role queueWatcher: cloudtasks.viewer shows the headers of tasks too",
          "  cloudtasks.queues.get",
          "  cloudtasks.tasks.list",
          "",
        ].join("\n"),
      );
    });

    it("comes with its permissions in the JSON of its rows", () => {
      const permissions = ["cloudtasks.queues.get", "cloudtasks.tasks.list"];
      const rows = matrix.rows.map((row) => ({ ...row, permissions }));
      expect(JSON.parse(asJson(matrix))).to.deep.equal(rows);
    });
  });
});
