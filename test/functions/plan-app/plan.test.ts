import { expect } from "chai";
import * as v from "valibot";
import { resultObject } from "../../../functions/messages/plan-names.ts";
import { PlanRequest } from "../../../functions/messages/plan-request.ts";
import { readEvent } from "../../../functions/plan-app/events.ts";
import { plan } from "../../../functions/plan-app/plan.ts";
import type { Planned } from "../../../functions/plan-app/plan.ts";
import { APP_ID, GUID, HEAD, PlanAppWorld, pullRequest } from "../../support/plan-app-ports.ts";
import {
  checkRunEvent,
  commentEvent,
  FORK_HEAD,
  pullRequestEvent,
  WITH_REPOSITORY,
} from "../../support/webhooks.ts";

const file = (path: string) => ({ path, isRemoved: false });
const removed = (path: string) => ({ path, isRemoved: true });

/** Reads and plans one event, and publishes as plan-app does. */
async function receive(
  world: PlanAppWorld,
  event: string,
  payload: object,
  guid = GUID,
): Promise<Planned> {
  const reading = readEvent(event, payload, APP_ID);
  if (reading.kind !== "ask") return { messages: [], reason: reading.kind };
  const deadline = world.deadline();
  const attempt = { ask: reading.ask, delivery: guid, ports: world, deadline, queued: [] };
  const planned = await plan(attempt);
  if (planned.messages.length > 0) await world.publish(planned.messages);
  return planned;
}

describe("plan", () => {
  let world: PlanAppWorld;
  beforeEach(() => {
    world = new PlanAppWorld();
  });
  const opened = (difference: object = {}) =>
    receive(world, "pull_request", pullRequestEvent("opened", difference));
  const titles = () => world.checks.map(([, name, { title }]) => `${name}: ${title}`);

  it("sends the documented request, without any token", async () => {
    await opened();
    const request: PlanRequest = {
      request_id: GUID,
      repo: {
        full_name: "octo/infra",
        clone_url: "https://github.com/octo/infra.git",
        default_branch: "main",
      },
      pull_request: {
        number: 7,
        head_sha: HEAD,
        head_ref: "topic",
        base_ref: "main",
        updated_at: "2026-01-01T12:00:00.000Z",
      },
      installation: { id: 42 },
      work: {
        dir: ".",
        plan_id: "pr-7-aaaaaaa",
        workspace: "default",
        var_files: [],
        fork_allowed: false,
        settings: {
          allow: { data_sources: [], provisioners: false, providers: [], places: [] },
          protected: [],
        },
        plans: [{ dir: ".", workspace: "default" }],
      },
      github_api_base_url: "https://api.github.com",
    };
    const attributes = { repo: "octo/infra", pr: "7", event: "pull_request" };
    expect(world.published).to.deep.equal([[{ request, attributes }]]);
    expect(v.parse(PlanRequest, JSON.parse(JSON.stringify(request)))).to.deep.equal(request);
  });

  it("sends what the config file says along", async () => {
    world.config = [
      "directories:",
      "  - dir: envs/prod",
      "    workspaces: [blue]",
      "    var_files: [prod.tfvars]",
      "allow: { data_sources: [http] }",
      "max_destroys: 5",
      "max_failed_checks: 0",
      "protected: [google_sql_database_instance.*]",
    ].join("\n");
    world.changed = [file("envs/prod/main.tf")];
    await opened();
    const [message] = world.published.flat();
    expect(message?.request.work).to.deep.include({
      dir: "envs/prod",
      workspace: "blue",
      var_files: ["prod.tfvars"],
      settings: {
        allow: { data_sources: ["http"], provisioners: false, providers: [], places: [] },
        max_destroys: 5,
        max_failed_checks: 0,
        protected: ["google_sql_database_instance.*"],
      },
    });
    expect(world.checks).to.have.nested.property("[0][1]", "plan: envs/prod (blue)");
    expect(world.asked).to.include("configFile main");
  });

  describe("tells of all plans of the pull request", () => {
    const plansOf = () => world.published.flat().map(({ request }) => request.work.plans);

    it("in each message, those that are over among them", async () => {
      world.config = "directories: [{ dir: a, workspaces: [blue, green] }, { dir: b }, { dir: c }]";
      world.changed = [file("a/x.tf"), file("b/x.tf")];
      await opened();
      for (const { request } of world.published.flat().slice(1)) {
        const result = { finishedAt: new Date("2026-01-01T13:00:00Z"), isCommented: true };
        world.results.set(resultObject(request), result);
      }
      await opened();
      const plans = [
        { dir: "a", workspace: "blue" },
        { dir: "a", workspace: "green" },
        { dir: "b", workspace: "default" },
      ];
      expect(plansOf()).to.deep.equal([plans, plans, plans, plans]);
    });

    it("as many as there may be, in a message that can be read", async () => {
      world.changed = Array.from({ length: 50 }, (_, index) => file(`d${index}/main.tf`));
      await opened();
      const [message] = world.published.flat();
      expect(v.parse(PlanRequest, message?.request).work.plans).to.have.length(50);
    });

    for (const body of ["/plan", "/plan a"]) {
      it(`${body === "/plan" ? "" : "not "}where a comment says ${body}`, async () => {
        world.changed = [file("a/x.tf"), file("b/x.tf")];
        world.tree = ["a/x.tf", "b/x.tf"];
        await receive(world, "issue_comment", commentEvent(body));
        expect(plansOf().every((plans) => plans !== undefined)).to.equal(body === "/plan");
      });
    }

    it("not where one of them is asked for by its button", async () => {
      world.config = "directories: [{ dir: a }, { dir: b }]";
      await receive(world, "check_run", checkRunEvent("plan: a"));
      expect(plansOf()).to.deep.equal([undefined]);
    });

    it("not where GitHub does not tell which directories are left", async () => {
      world.changed = [file("a/x.tf"), file("b/x.tfvars")];
      world.tree = undefined;
      await opened();
      expect(plansOf()).to.deep.equal([undefined]);
    });
  });

  it("compiles a glob once, however many files are changed", async () => {
    world.config = "directories: [{ dir: a, when_modified: ['modules/**', '*.json'] }]";
    world.changed = Array.from({ length: 100 }, (_, index) => file(`docs/${index}.md`));
    await opened();
    expect(world.globs).to.deep.equal(["modules/**", "*.json"]);
  });

  it("publishes one message per directory at once, each with a queued check before", async () => {
    world.changed = [file("b/x.tf"), file("a/y.tofu"), file("c/z.tf.json")];
    await opened();
    expect(world.planned).to.deep.equal(["a", "b", "c"]);
    expect(world.done).to.deep.equal([
      "check plan: a",
      "check plan: b",
      "check plan: c",
      "publish",
    ]);
    expect(
      world.checks.every(([sha, , { status }]) => sha === HEAD && status === "queued"),
    ).to.equal(true);
  });

  describe("by itself", () => {
    const cases: [event: string, payload: object, planned: string[]][] = [
      ["opened", pullRequestEvent("opened"), ["."]],
      ["synchronize", pullRequestEvent("synchronize"), ["."]],
      ["reopened", pullRequestEvent("reopened"), ["."]],
      ["ready_for_review", pullRequestEvent("ready_for_review"), ["."]],
      [
        "another base",
        pullRequestEvent("edited", {}, { changes: { base: { ref: { from: "x" } } } }),
        ["."],
      ],
      ["another title", pullRequestEvent("edited", {}, { changes: { title: { from: "x" } } }), []],
      ["closed", pullRequestEvent("closed"), []],
      ["opened but closed by now", pullRequestEvent("opened", { state: "closed" }), []],
      ["a draft", pullRequestEvent("opened", { draft: true }), []],
      ["a label on a branch", pullRequestEvent("labeled", {}, { label: { name: "run-plan" } }), []],
    ];
    for (const [what, payload, planned] of cases) {
      it(`plans ${planned.length === 0 ? "nothing" : "the directory"} after ${what}`, async () => {
        await receive(world, "pull_request", payload);
        expect(world.planned).to.deep.equal(planned);
      });
    }

    it("plans drafts where the config file says so, and not again when they are ready", async () => {
      world.config = "drafts: true";
      await opened({ draft: true });
      expect(world.planned).to.deep.equal(["."]);
      await receive(world, "pull_request", pullRequestEvent("ready_for_review"));
      expect(world.planned).to.deep.equal(["."]);
    });
  });

  describe("of a fork", () => {
    const head = FORK_HEAD;
    const labeled = (label: string, sender: object, difference: object = {}) =>
      receive(
        world,
        "pull_request",
        pullRequestEvent("labeled", { head, ...difference }, { label: { name: label }, sender }),
      );
    const maintainer = { login: "maintainer", type: "User" };

    it("reads nothing but the base's config file, and says which label lets it be planned", async () => {
      await opened({ head });
      expect(world.published).to.deep.equal([]);
      expect(world.asked).to.deep.equal(["open", "configFile main", "setCheck"]);
      const [[, name, state] = []] = world.checks;
      expect([name, state?.conclusion]).to.deep.equal(["plan", "action_required"]);
      expect(state?.summary).to.include("`run-plan`");
    });

    it("counts a fork that is gone as one", async () => {
      await opened({ head: { ...head, repo: null } });
      expect(titles()).to.deep.equal(["plan: A maintainer must let this fork be planned"]);
    });

    it("is planned once a maintainer labels it, for that head, and takes the refusal back", async () => {
      world.changed = [file("a/x.tf")];
      await opened({ head });
      await labeled("run-plan", maintainer);
      const [message] = world.published.flat();
      expect(message?.request.work).to.include({ dir: "a", fork_allowed: true, rerun: GUID });
      expect(titles().slice(1)).to.deep.equal([
        "plan: a: Waiting for a runner",
        "plan: See the checks of the directories",
      ]);
    });

    it("is planned by a label in other letters, which to GitHub is the same", async () => {
      world.config = "forks: { label: Run-Plan }";
      await labeled("run-plan", maintainer);
      expect(world.published).to.have.length(1);
    });

    it("needs the label again after a push", async () => {
      await labeled("run-plan", maintainer);
      await receive(world, "pull_request", pullRequestEvent("synchronize", { head }));
      expect(world.published).to.have.length(1);
      expect(world.checks.at(-1)?.[2].conclusion).to.equal("action_required");
    });

    for (const [what, label, sender] of [
      ["another label", "bug", maintainer],
      ["a stranger's label", "run-plan", { login: "stranger", type: "User" }],
      ["a bot's label", "run-plan", { login: "maintainer", type: "Bot" }],
    ] as const) {
      it(`is not planned for ${what}`, async () => {
        await labeled(label, sender);
        expect(world.published).to.deep.equal([]);
        expect(world.asked).not.to.include("changes");
      });
    }

    it("is never planned where the config file says so", async () => {
      world.config = "forks: false";
      await opened({ head });
      await labeled("run-plan", maintainer);
      expect(world.published).to.deep.equal([]);
      expect(world.checks.map(([, , { conclusion }]) => conclusion)).to.deep.equal(["neutral"]);
    });

    it("is not planned by a comment or a button", async () => {
      world.pullRequests = [pullRequest({ headRepo: "stranger/infra" })];
      await receive(world, "issue_comment", commentEvent("/plan"));
      await receive(world, "check_run", checkRunEvent("plan"));
      expect(world.published).to.deep.equal([]);
    });
  });

  describe("by comment", () => {
    const comment = (body: string, difference: object = {}) =>
      receive(world, "issue_comment", commentEvent(body, difference));

    for (const body of ["/plan", "/plan  ", "\n/plan\r\nplease", "/plan ."]) {
      it(`plans again after ${JSON.stringify(body)}`, async () => {
        await comment(body);
        expect(world.published.flat()[0]?.request.work).to.include({ dir: ".", rerun: GUID });
      });
    }

    for (const body of [
      "/planet",
      "please /plan",
      "> /plan",
      "/plan ../x",
      "/plan -chdir",
      "/apply",
      "",
      " ",
    ]) {
      it(`takes ${JSON.stringify(body)} for no command`, async () => {
        expect(await comment(body)).to.deep.equal({ messages: [], reason: "nothing" });
      });
    }

    it("listens to people who may write to the repository, and to nobody else", async () => {
      await comment("/plan", { sender: { login: "stranger", type: "User" } });
      await comment("/plan", { sender: { login: "maintainer", type: "Bot" } });
      await comment("/plan", { issue: { number: 7 } });
      expect(world.published).to.deep.equal([]);
      expect(world.asked).to.deep.equal(["open", "mayWrite stranger"]);
    });

    it("plans one directory that need not have changed", async () => {
      world.tree = ["a/main.tf", "modules/m/main.tf", "docs/x.md"];
      await comment("/plan a/");
      await comment("/plan modules/m");
      expect(world.planned).to.deep.equal(["a", "modules/m"]);
    });

    it("plans one directory that a pattern means", async () => {
      world.config = "directories: [{ dir: 'envs/*' }]";
      world.tree = ["envs/a/x.tf", "b/x.tf"];
      await comment("/plan envs/a");
      await comment("/plan b");
      expect(world.planned).to.deep.equal(["envs/a"]);
      expect(titles().at(-1)).to.equal("plan: b: There is no such directory");
    });

    it("says so where there is no such directory", async () => {
      await comment("/plan docs");
      world.config = "directories: [{ dir: a }]";
      await comment("/plan b");
      expect(titles()).to.deep.equal([
        "plan: docs: There is no such directory",
        "plan: b: There is no such directory",
      ]);
    });

    it("plans drafts, and no closed pull request", async () => {
      world.pullRequests = [pullRequest({ isDraft: true })];
      await comment("/plan");
      world.pullRequests = [pullRequest({ isOpen: false })];
      await comment("/plan");
      expect(world.published).to.have.length(1);
    });
  });

  describe("by button", () => {
    const press = (name: string, difference: object = {}, beside: object = {}) =>
      receive(world, "check_run", checkRunEvent(name, difference, beside));

    it("listens to people who may write to the repository, and to nobody else", async () => {
      await press("plan", {}, { sender: { login: "stranger", type: "User" } });
      await press("plan", {}, { sender: { login: "maintainer", type: "Bot" } });
      expect(world.published).to.deep.equal([]);
      expect(world.asked).to.deep.equal(["open", "mayWrite stranger"]);
    });

    it("plans the check's directory and workspace again", async () => {
      world.config = "directories: [{ dir: a, workspaces: [blue, green] }, { dir: b }]";
      await press("plan: a (green)");
      expect(world.planned).to.deep.equal(["a green"]);
      expect(world.published.flat()[0]?.request.work.rerun).to.equal(GUID);
    });

    it("plans everything again by the check of the whole, and by that of all", async () => {
      world.changed = [file("a/x.tf"), file("b/x.tf")];
      await press("plan");
      const pull_requests = [{ number: 7, base: { repo: { id: 1 } } }];
      const check_suite = { head_sha: HEAD, app: { id: 123 }, pull_requests };
      const sender = { login: "maintainer", type: "User" };
      const suite = { action: "rerequested", ...WITH_REPOSITORY, check_suite, sender };
      await receive(world, "check_suite", suite, GUID.replace("7", "8"));
      expect(world.planned).to.deep.equal(["a", "b", "a", "b"]);
    });

    it("plans a directory that was found by itself", async () => {
      world.tree = ["a/main.tf"];
      await press("plan: a");
      expect(world.planned).to.deep.equal(["a"]);
    });

    it("finds the pull request by its commit where GitHub names none", async () => {
      await press("plan", { pull_requests: [] });
      expect(world.asked).to.include("pullRequestsOf");
      expect(world.planned).to.deep.equal(["."]);
    });

    it("passes over pull requests of other repositories that hold the commit", async () => {
      const elsewhere = { number: 8, base: { repo: { id: 2 } } };
      world.pullRequests = [pullRequest(), pullRequest({ number: 8 })];
      await press("plan", {
        pull_requests: [elsewhere, { number: 7, base: { repo: { id: 1 } } }],
      });
      expect(
        world.published.flat().map(({ request }) => request.pull_request.number),
      ).to.deep.equal([7]);
      expect(world.published.flat()[0]?.request.repo).not.to.have.property("id");
    });

    it("takes a pull request that GitHub does not know for none", async () => {
      world.pullRequests = [];
      expect(await press("plan")).to.include({
        reason: "no open pull request has this head",
      });
    });

    it("ignores other apps' checks, and heads of the past", async () => {
      await press("plan", { app: { id: 1 } });
      await press("plan", { app: null });
      await press("plan", { head_sha: "b".repeat(40) });
      expect(world.published).to.deep.equal([]);
    });
  });

  describe("a head that was planned before", () => {
    const sync = (action: string, guid?: string) =>
      receive(world, "pull_request", pullRequestEvent(action), guid);
    const finish = (at: string, isCommented = true) => {
      for (const { request } of world.published.flat()) {
        world.results.set(resultObject(request), { finishedAt: new Date(at), isCommented });
      }
    };
    const reruns = () => world.published.flat().map(({ request }) => request.work.rerun);

    it("is not planned again by the same event", async () => {
      await sync("synchronize");
      finish("2026-01-01T12:05:00Z");
      await sync("synchronize");
      expect(world.published).to.have.length(1);
    });

    it("is planned again by a push that brings it back, once", async () => {
      await sync("synchronize");
      finish("2026-01-01T11:00:00Z");
      await sync("synchronize");
      finish("2026-01-01T11:00:00Z");
      await sync("synchronize");
      expect(reruns()).to.deep.equal([undefined, GUID]);
    });

    it("is left alone when the pull request is opened again and shows it", async () => {
      await sync("opened");
      finish("2026-01-01T11:00:00Z");
      await sync("reopened");
      expect(world.published).to.have.length(1);
    });

    it("is planned when the pull request is opened again and does not show it", async () => {
      await sync("opened");
      finish("2026-01-01T11:00:00Z", false);
      await sync("reopened");
      expect(reruns()).to.deep.equal([undefined, GUID]);
    });

    it("is planned again where its plan ended before its check was queued anew", async () => {
      await sync("opened");
      world.afterCheck = () => finish("2026-01-01T12:05:00Z");
      await sync("opened");
      await receive(world, "check_run", checkRunEvent("plan"));
      expect(reruns()).to.deep.equal([undefined, GUID, `${GUID}-again`]);
    });

    it("is planned again for another base", async () => {
      await sync("opened");
      finish("2026-01-01T13:00:00Z");
      const edited = pullRequestEvent("edited", {}, { changes: { base: {} } });
      await receive(world, "pull_request", edited);
      expect(reruns()).to.deep.equal([undefined, GUID]);
    });
  });

  describe("refuses with a check", () => {
    it("a config file that cannot be used, and quotes the line", async () => {
      world.config = "drafts: false\nmax_destroys: many\n";
      await opened();
      expect(world.published).to.deep.equal([]);
      const [[, name, state] = []] = world.checks;
      expect([name, state?.conclusion]).to.deep.equal(["plan", "failure"]);
      expect(state?.summary).to.include("Line 2:\n\n```\nmax_destroys: many\n```");
      expect(state?.summary).to.include("`max_destroys` must be a number.");
    });

    it("a config file that is too large", async () => {
      world.config = `# ${"x".repeat(70_000)}`;
      await opened();
      expect(world.checks[0]?.[2].summary).to.include("more than 32768 bytes");
    });

    it("more plans than one pull request may have", async () => {
      world.changed = Array.from({ length: 51 }, (_, index) => file(`d${index}/main.tf`));
      await opened();
      expect(world.published).to.deep.equal([]);
      expect(titles()).to.deep.equal(["plan: 51 plans are too many for one pull request"]);
    });

    it("a pull request of which GitHub tells neither files nor directories", async () => {
      world.changed = "too-many";
      world.tree = undefined;
      await opened();
      expect(titles()).to.deep.equal([
        "plan: This pull request is too large to find its directories",
      ]);
    });
  });

  it("refuses a pull request whose directories are patterns that GitHub's lists cannot tell", async () => {
    world.config = "directories: [{ dir: 'envs/*' }, { dir: a }]";
    world.tree = undefined;
    await opened();
    expect(world.published).to.deep.equal([]);
    expect(titles()).to.deep.equal([
      "plan: This pull request is too large to find its directories",
    ]);
  });

  describe("finds directories", () => {
    const cases: {
      what: string;
      config?: string;
      changed: PlanAppWorld["changed"];
      tree?: string[] | undefined;
      planned: string[];
    }[] = [
      {
        what: "with files of OpenTofu",
        changed: [file("a/x.tf"), file("b/README.md")],
        planned: ["a"],
      },
      {
        what: "with a lock file or variables",
        changed: [file("a/.terraform.lock.hcl"), file("b/x.tfvars")],
        tree: ["a/m.tf", "b/m.tf"],
        planned: ["a", "b"],
      },
      {
        what: "with templates, variables and whatever else OpenTofu's files are named like",
        changed: [
          file("a/init.tftpl"),
          file("b/x.tfvars.json"),
          file("c/x.tf.json"),
          file("d/x.tofu.json"),
          file("e/x.tftest.hcl"),
          file("f/x.tofutest.hcl"),
          file("g/x.tf.tmpl"),
        ],
        tree: ["a/m.tf", "b/m.tf", "c/m.tf", "d/m.tf", "e/m.tf", "f/m.tf", "g/m.tf"],
        planned: ["a", "b", "c", "d", "e", "f", "g"],
      },
      {
        what: "not for other files, nor for state or settings of a linter",
        changed: [
          file("a/config.yaml"),
          file("a/x.tf/README.md"),
          file("a/terraform.hcl"),
          file("a/terraform.tfstate.backup"),
          file("a/.tflint.hcl"),
        ],
        tree: ["a/m.tf", "a/x.tf/m.tf"],
        planned: [],
      },
      {
        what: "not for files that OpenTofu ignores, but for variables that it does not",
        changed: [
          file("a/.x.tf"),
          file("b/x.tf~"),
          file("c/#x.tf#"),
          file("d/.#x.tfvars"),
          file("e/.x.auto.tfvars"),
        ],
        tree: ["a/m.tf", "b/m.tf", "c/m.tf", "d/m.tf", "e/m.tf"],
        planned: ["e"],
      },
      {
        what: "none that holds only files that OpenTofu ignores",
        changed: [file("a/x.tfvars"), file("b/x.tfvars"), removed("c/x.tf"), file("c/.y.tf")],
        tree: ["a/.m.tf", "b/m.tf~", "c/.y.tf"],
        planned: [],
      },
      {
        what: "no directory of variables alone",
        changed: [file("vars/x.tfvars")],
        tree: ["vars/x.tfvars"],
        planned: [],
      },
      {
        what: "no modules",
        changed: [file("modules/m/x.tf"), file("a/.terraform/modules/m/x.tf")],
        planned: [],
      },
      {
        what: "none that is gone",
        changed: [removed("a/x.tf"), removed("b/x.tf")],
        tree: ["b/y.tf"],
        planned: ["b"],
      },
      {
        what: "none that cannot be named safely",
        changed: [file("-x/a.tf"), file("a\nb/c.tf"), file("ok/x.tf")],
        planned: ["ok"],
      },
      {
        what: "all where GitHub lists no changes",
        changed: "too-many",
        tree: ["a/x.tf", "modules/m/x.tf"],
        planned: ["a"],
      },
      {
        what: "listed ones with files below them",
        config: "directories: [{dir: a}, {dir: a/b}]",
        changed: [file("a/b/x.tf"), file("a/c/y.tf")],
        planned: ["a", "a/b"],
      },
      {
        what: "a listed one not for files of another",
        config: "directories: [{dir: .}, {dir: a}]",
        changed: [file("a/x.tf")],
        planned: ["a"],
      },
      {
        what: "listed ones not for other files",
        config: "directories: [{dir: a}]",
        changed: [file("a/README.md"), file("b/x.tf")],
        planned: [],
      },
      {
        what: "listed ones with templates below them",
        config: "directories: [{dir: a}, {dir: b}]",
        changed: [file("a/templates/x.tftpl"), file("b/templates/x.sh")],
        planned: ["a"],
      },
      {
        what: "listed ones by their globs",
        config:
          "directories: [{dir: a, when_modified: ['modules/**', '*.json']}, {dir: b, when_modified: ['c/*']}]",
        changed: [file("modules/.x/m.tf"), file("c/d/e")],
        planned: ["a"],
      },
      {
        what: "listed ones by globs as seen from them, and by folders",
        config:
          "directories: [{dir: envs/a, when_modified: ['../../modules/**/*.tf']}, {dir: envs/b, when_modified: [./x]}, {dir: c, when_modified: [modules/m/]}, {dir: d, when_modified: [../x]}]",
        changed: [file("modules/m/m.tf"), file("envs/b/x/y.json")],
        planned: ["envs/a", "envs/b", "c"],
      },
      {
        what: "what a pattern means at the head",
        config: "directories: [{dir: 'envs/*', workspaces: [w]}, {dir: envs/b}, {dir: '**'}]",
        changed: [
          file("envs/a/x.tf"),
          file("envs/b/x.tf"),
          file("envs/c/d/x.tf"),
          file("modules/m/x.tf"),
          file("y.tf"),
        ],
        tree: [
          "envs/a/x.tf",
          "envs/b/x.tf",
          "envs/c/d/x.tf",
          "envs/e/x.tf",
          "modules/m/x.tf",
          "envs/f/README.md",
          "y.tf",
        ],
        planned: ["envs/a w", "envs/b", ".", "envs/c/d"],
      },
      {
        what: "modules that a pattern names, by globs as seen from each",
        config: "directories: [{dir: 'modules/*', when_modified: [../../shared]}]",
        changed: [file("shared/x.json")],
        tree: ["modules/a/x.tf", "modules/b/x.tf", "z/x.tf"],
        planned: ["modules/a", "modules/b"],
      },
      {
        what: "all that a pattern means where GitHub lists no changes",
        config: "directories: [{dir: 'envs/*'}]",
        changed: "too-many",
        tree: ["envs/a/x.tf", "b/x.tf"],
        planned: ["envs/a"],
      },
      {
        what: "no listed one that is gone",
        config: "directories: [{dir: a}, {dir: b}]",
        changed: [removed("a/x.tf"), removed("b/x.tf")],
        tree: ["b/y.tf"],
        planned: ["b"],
      },
      {
        what: "a listed module",
        config: "directories: [{dir: modules/m}]",
        changed: [removed("modules/m/x.tf")],
        tree: ["modules/m/y.tf"],
        planned: ["modules/m"],
      },
      {
        what: "all listed ones where GitHub lists no changes",
        config: "directories: [{dir: a}, {dir: b}]",
        changed: "too-many",
        planned: ["a", "b"],
      },
      {
        what: "each workspace",
        config: "directories: [{dir: a, workspaces: [x, y]}]",
        changed: [file("a/x.tf")],
        planned: ["a x", "a y"],
      },
    ];
    for (const { what, config, changed, tree, planned } of cases) {
      it(what, async () => {
        Object.assign(world, { config, changed, tree });
        await opened();
        expect(world.planned).to.deep.equal(planned);
      });
    }

    it("lists the commit only where the changes do not tell", async () => {
      world.changed = [file("a/x.tf"), removed("a/y.tf")];
      await opened();
      expect(world.asked).not.to.include("files");
    });
  });
});
