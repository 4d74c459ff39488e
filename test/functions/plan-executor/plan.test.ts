import { expect } from "chai";
import * as v from "valibot";
import { PlanExecution } from "../../../functions/messages/plan-execution.ts";
import type { PlanExecutionResult } from "../../../functions/messages/plan-execution.ts";
import type { PlanRequestInput } from "../../../functions/messages/plan-request.ts";
import { plan } from "../../../functions/plan-executor/plan.ts";
import { HttpError } from "../../../functions/runtime/errors.ts";
import { ARCHIVE, HEAD } from "../../support/plan-executor/executor.ts";
import { FakePorts } from "../../support/plan-executor/ports.ts";
import { thrownBy } from "../../support/thrown-by.ts";

describe("plan", () => {
  let ports: FakePorts;
  let gone: AbortController;

  beforeEach(() => {
    ports = new FakePorts();
    gone = new AbortController();
  });

  function run(
    work: Partial<PlanRequestInput["work"]> = {},
    budget_ms = 60_000,
  ): Promise<PlanExecutionResult> {
    const request = {
      repo: { full_name: "o/r" },
      pull_request: { number: 7, head_sha: HEAD },
      work: { plan_id: "pr-7-0123456", ...work },
    };
    const execution = v.parse(PlanExecution, { request, archive: ARCHIVE, budget_ms });
    return plan(execution, gone.signal, ports);
  }

  const TIMINGS = {
    git_fetch_ms: 3,
    git_checkout_ms: 4,
    tofu_init_ms: 0,
    tofu_plan_ms: 0,
    tofu_show_ms: 0,
  };

  const failed = (step: string, error: string, hint?: string): object => ({
    outcome: "failed",
    step,
    error,
    ...(hint !== undefined && { hint }),
    timings: TIMINGS,
  });

  it("checks out, initialises, plans and shows, in this order", async () => {
    ports.acts.plan = { code: 2 };
    ports.acts.show = { prints: "Plan: 1 to add" };
    const at = "in /place/checkout for default";
    expect(await run()).to.deep.equal({
      outcome: "planned",
      summary: {
        ...{ add: 0, change: 0, destroy: 0, replace: 0, import: 0 },
        ...{ forget: 0, move: 0, drift: 0, outputs: 0, destroys: [], violations: [] },
        ...{ failed_checks: 0, failures: [], warnings: 0 },
      },
      text: "Plan: 1 to add",
      omitted_bytes: 0,
      timings: { ...TIMINGS, tofu_init_ms: 10, tofu_plan_ms: 10, tofu_show_ms: 20 },
    });
    expect(ports.steps).to.deep.equal([
      `checkout ${ARCHIVE}`,
      `init -input=false -no-color ${at}`,
      `plan -input=false -no-color -lock=false -detailed-exitcode -out=/place/plan ${at}`,
      `show -no-color /place/plan ${at}`,
      `show -json /place/plan ${at}`,
    ]);
    expect(ports.place.isRemoved).to.equal(true);
    expect(ports.logged).to.deep.equal([]);
  });

  const LINKS = "Links are followed where they lead to a place in the repository.";

  for (const name of ["terraform.tfvars", "a.auto.tfvars.json"]) {
    it(`refuses a ${name} that cannot be reached, which OpenTofu may not notice`, async () => {
      const { place } = ports;
      place.files.set(`/place/checkout/${name}`, "");
      const locate = place.locate.bind(place);
      place.locate = (folder, file) =>
        file === name ? Promise.resolve({ kind: "outside" }) : locate(folder, file);
      const message = `${name} leads out of the repository, or nowhere.`;
      expect(await run()).to.deep.equal(failed("work.dir", message, LINKS));
      place.locate = (folder, file) =>
        file === name ? Promise.resolve({ kind: "missing" }) : locate(folder, file);
      expect(await run()).to.deep.equal(failed("work.dir", message, LINKS));
    });
  }

  it("refuses a variable file that leads out of the repository", async () => {
    const message = "The file ../x of var_files leads out of the repository, or nowhere.";
    expect(await run({ var_files: ["../x"] })).to.deep.equal(failed("work.dir", message));
  });

  it("refuses a link that leads out where an expression would not notice, in any module", async () => {
    const { place, acts } = ports;
    place.link = "docs/current";
    expect(await run()).to.include({ outcome: "planned" });
    // A module that initialisation downloads.
    const meanwhile = (): void => {
      const manifest = { Modules: [{ Dir: "/place/data/modules/m" }] };
      place.files.set("/place/data/modules/modules.json", JSON.stringify(manifest));
      place.files.set(
        "/place/data/modules/m/main.tf",
        'output "x" {\n  value = fileset(path.module, "*")\n}\n',
      );
    };
    acts.init = { meanwhile };
    const message =
      "docs/current leads out of the repository, or nowhere, and fileset() would not notice.";
    expect(await run()).to.deep.equal({
      ...failed("guard", message, LINKS),
      timings: { ...TIMINGS, tofu_init_ms: 10 },
    });
    place.link = undefined;
    expect(await run()).to.include({ outcome: "planned" });
  });

  it("plans a directory in a workspace with variable files", async () => {
    ports.place.files.set("/place/checkout/envs/prod/main.tf", "");
    ports.place.files.set("/place/checkout/envs/prod/a.tfvars", "");
    await run({ dir: "envs/prod", workspace: "blue", var_files: ["a.tfvars"] });
    expect(ports.steps[2]).to.equal(
      "plan -input=false -no-color -lock=false -detailed-exitcode -out=/place/plan -var-file=/place/checkout/envs/prod/a.tfvars in /place/checkout/envs/prod for blue",
    );
  });

  it("warns where what it runs can read other processes", async () => {
    ports.isIsolated = false;
    expect(await run()).to.include({ outcome: "planned" });
    expect(ports.logged).to.deep.equal(["WARNING What this plan runs can read other processes"]);
  });

  it("says why the archive cannot be used", async () => {
    ports.unpack = () =>
      Promise.resolve({ kind: "refused", error: "It is damaged.", fetchMs: 3, unpackMs: 4 });
    const why = `The archive of o/r @ ${HEAD} cannot be used. It is damaged.`;
    expect(await run()).to.deep.equal(failed("git fetch", why));
    expect(ports.steps).to.deep.equal([`checkout ${ARCHIVE}`]);
  });

  for (const [what, work, step, error] of [
    ["a directory that is not there", { dir: "x" }, "work.dir", "work.dir not found: x"],
    [
      "a file in place of a directory",
      { dir: "main.tf" },
      "work.dir",
      "work.dir not found: main.tf",
    ],
    [
      "a variable file that is not there",
      { var_files: ["x"] },
      "work.dir",
      "The file x of var_files is not there.",
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(
        await run({ ...work, ...("var_files" in work && { var_files: ["x"] }) } as never),
      ).to.deep.equal(failed(step, error));
      expect(ports.steps).to.have.length(1);
    });
  }

  it("refuses a directory without configuration", async () => {
    ports.place.files.set("/place/checkout/docs/README.md", "");
    expect(await run({ dir: "docs" })).to.include({
      step: "work.dir",
      error: "no .tf/.tofu files in docs",
    });
  });

  it("refuses a directory of files that OpenTofu ignores", async () => {
    ports.place.files.set("/place/checkout/docs/.main.tf", "");
    expect(await run({ dir: "docs" })).to.include({
      step: "work.dir",
      error: "no .tf/.tofu files in docs",
    });
  });

  it("judges the configuration before anything runs", async () => {
    ports.place.files.set("/place/checkout/main.tf", 'data "external" "x" {\n}\n');
    expect(await run()).to.include({ step: "guard" });
    expect(ports.steps).to.deep.equal([`checkout ${ARCHIVE}`]);
  });

  it("judges what was installed before it plans", async () => {
    ports.acts.init = {
      meanwhile: () =>
        ports.place.files.set(
          "/place/checkout/.terraform.lock.hcl",
          'provider "registry.opentofu.org/evil/x" {\n}\n',
        ),
    };
    expect(await run()).to.include({ step: "guard" });
    expect(ports.steps.at(-1)).to.match(/^init/);
  });

  it("lets the repository's own rules allow more", async () => {
    ports.place.files.set("/place/checkout/main.tf", 'data "external" "x" {\n}\n');
    const settings = { allow: { data_sources: ["external"] } };
    expect(await run({ settings })).to.include({ outcome: "planned" });
  });

  it("lets a configuration send where the stack or the repository allows it", async () => {
    const state = (bucket: string): string =>
      `data "terraform_remote_state" "x" {\n  backend = "gcs"\n  config = { bucket = "${bucket}", prefix = local.p }\n}\n`;
    const planned = async (bucket: string): Promise<string> => {
      ports.place.files.set("/place/checkout/main.tf", state(bucket));
      return (await run({ settings: { allow: { places: ["gcs:own-*"] } } })).outcome;
    };
    expect([await planned("stack-a"), await planned("own-a"), await planned("x")]).to.deep.equal([
      "planned",
      "planned",
      "failed",
    ]);
  });

  for (const [command, step] of [
    ["init", "tofu init"],
    ["plan", "tofu plan"],
    ["show", "tofu show"],
    ["show -json", "tofu show"],
  ] as const) {
    it(`explains the failure of ${command}`, async () => {
      ports.acts[command] = {
        code: 1,
        errors: "\n╷\n│ Error: No value for required variable\n│ \n│ x\n╵\n",
      };
      const result = await run();
      expect(result).to.include({
        outcome: "failed",
        step,
        error: `exit status 1 | Error: No value for required variable\n\nx`,
      });
      expect(result).to.have.property("hint").that.includes("var_files");
      expect(ports.place.isRemoved).to.equal(true);
    });
  }

  it("counts 2 as a failure of anything but a plan", async () => {
    ports.acts.init = { code: 2 };
    expect(await run()).to.include({ step: "tofu init" });
  });

  it("says that a kill which was not its own is most likely for want of memory", async () => {
    ports.acts.plan = { code: null, signal: "SIGKILL" };
    const result = await run();
    expect(result).to.include({ step: "tofu plan", error: "ended by SIGKILL | " });
    expect(result).to.have.property("hint").that.includes("planMemory");
  });

  it("fails where the plan cannot be read, and quotes nothing of it", async () => {
    ports.acts["show -json"] = {
      prints: '{"format_version":"1.2","variables":{"s":{"value":"sesame"',
    };
    expect(await run()).to.include({ outcome: "planned" });
    ports.acts["show -json"] = { prints: '{"format_version":"1.2","variables":{"s":sesame}}' };
    expect(await run()).to.deep.include({
      step: "tofu show",
      error: "The plan could not be read: not JSON",
    });
  });

  it("has the smaller of its own limit and what it was given", async () => {
    await run({}, 1_000);
    expect(ports.budgetMs).to.equal(1_000);
    await run({}, 999_999);
    expect(ports.budgetMs).to.equal(540_000);
  });

  it("says how far it got when the time is over", async () => {
    ports.acts.plan = { code: 1, meanwhile: () => ports.over.abort() };
    const result = await run();
    expect(result).to.include({
      outcome: "failed",
      step: "timeout",
      error:
        "Stopped after 60 s, the limit of a plan, while tofu plan was running. It took: tofu init 0 s, tofu plan 0 s.",
    });
    expect(ports.place.isRemoved).to.equal(true);
  });

  it("says so where the time was over before it could run anything", async () => {
    ports.unpack = (_archive, _into, signal) => {
      ports.over.abort();
      return Promise.reject(signal.reason as Error);
    };
    expect(await run()).to.deep.include({
      step: "timeout",
      error: "Stopped after 60 s, the limit of a plan, while downloading the commit.",
      timings: { ...TIMINGS, git_fetch_ms: 10, git_checkout_ms: 0 },
    });
    expect(ports.steps).to.deep.equal([`checkout ${ARCHIVE}`]);
  });

  it("ends with the reason of whoever asked and has gone", async () => {
    ports.acts.plan = { code: 1, meanwhile: () => gone.abort(new Error("gone")) };
    expect(String(await thrownBy(() => run()))).to.equal("Error: gone");
    expect(ports.place.isRemoved).to.equal(true);
    expect(ports.steps.at(-1)).to.match(/^plan/);
  });

  it("passes on what may work later", async () => {
    ports.fetchTofu = () =>
      Promise.reject(
        new HttpError(503, "tools_unavailable", `no ${ARCHIVE}`, { retryAfterSeconds: 9 }),
      );
    const error = await thrownBy(() => run());
    expect(error).to.be.instanceOf(HttpError);
    expect(error).to.deep.include({
      status: 503,
      message: "no (redacted)",
      headers: { "retry-after": "9" },
    });
    expect(ports.place.isRemoved).to.equal(true);
  });

  it("lets no secret leave in any text", async () => {
    const plan = JSON.stringify({
      format_version: "1.2",
      output_changes: { o: { actions: ["create"], after: "sesame-open", after_sensitive: true } },
      resource_changes: [{ address: `x.y["${ARCHIVE}"]`, change: { actions: ["delete"] } }],
    });
    ports.acts["show -json"] = { prints: plan };
    ports.acts.show = { prints: `a sesame-open ${ARCHIVE} https://u:p@h/\n` };
    const result = await run({ settings: { protected: ["x.*"] } });
    expect(JSON.stringify(result)).not.to.match(/sesame|the-archive|u:p/);
    expect(result).to.include({ text: "a (sensitive value) (redacted) https://(redacted)@h/\n" });
  });

  it("tells the warnings of both commands, each once, without secrets", async () => {
    ports.acts.init = {
      prints: "\nWarning: Old\n\nx\n\n(and one more similar warning elsewhere)\n",
    };
    ports.acts.plan = {
      code: 2,
      prints: `Plan: 1 to add\n\nWarning: Old\n\nx\n\nWarning: It says ${ARCHIVE}\n`,
    };
    const result = await run();
    expect(result).to.deep.include({
      outcome: "planned",
      warnings: "Warning: Old\n\nx\n\nWarning: It says (redacted)",
    });
    expect(result).to.have.nested.property("summary.warnings", 2);
  });

  it("tells the warnings of a plan that failed", async () => {
    ports.acts.plan = { code: 1, prints: `Warning: It says ${ARCHIVE}`, errors: "no" };
    expect(await run()).to.include({ step: "tofu plan", warnings: "Warning: It says (redacted)" });
  });

  it("tells failed checks without secrets, cut where nothing secret is cut in two", async () => {
    const message = `${"x".repeat(990)} ${ARCHIVE}`;
    const failing = {
      address: { to_display: "check.c" },
      status: "fail",
      instances: [
        {
          address: { to_display: `check.c["${ARCHIVE}"]` },
          status: "fail",
          problems: [{ message }],
        },
      ],
    };
    ports.acts["show -json"] = {
      prints: JSON.stringify({ format_version: "1.2", checks: [failing] }),
    };
    expect(await run())
      .to.have.nested.property("summary.failures")
      .that.deep.equals([
        { address: 'check.c["(redacted)"]', problems: [`${"x".repeat(990)} (redacted`] },
      ]);
  });

  it("hides in messages what variables that are sensitive are given", async () => {
    const { files } = ports.place;
    files.set(
      "/place/checkout/main.tf",
      'variable "db" {\n  sensitive = true\n  default = { password = "sesame-a", pin = 12345678 }\n}\n',
    );
    files.set("/place/checkout/terraform.tfvars.json", '{"db": {"password": "sesame-b"}}');
    files.set("/place/checkout/x.auto.tfvars", 'db = ["sesame-c"]\n');
    files.set("/place/checkout/prod.tfvars.json", '{"db": "sesame-d"}');
    ports.acts.plan = { code: 1, errors: "sesame-a 12345678 sesame-b sesame-c sesame-d password" };
    const hidden = Array.from({ length: 5 }, () => "(sensitive value)").join(" ");
    expect(await run({ var_files: ["prod.tfvars.json"] })).to.include({
      step: "tofu plan",
      error: `exit status 1 | ${hidden} password`,
    });
  });

  it("hides in messages what the stack's environment and an installed module hold", async () => {
    const { files } = ports.place;
    files.set("/place/checkout/main.tf", 'variable "db" {\n  sensitive = true\n}\n');
    ports.environment = {
      TF_VAR_db: "s3same-a",
      GITHUB_TOKEN: "s3same-b",
      TF_VAR_region: "europe",
    };
    ports.acts.init = {
      meanwhile: () => {
        files.set(
          "/place/data/modules/m/x.tf",
          'variable "p" {\n  sensitive = true\n  default = "s3same-c"\n}\n',
        );
        files.set(
          "/place/data/modules/modules.json",
          '{"Modules":[{"Dir":"/place/data/modules/m"}]}',
        );
      },
    };
    ports.acts.plan = { code: 1, errors: "s3same-a s3same-b s3same-c europe" };
    expect(await run()).to.include({
      step: "tofu plan",
      error: "exit status 1 | (sensitive value) (sensitive value) (sensitive value) europe",
    });
  });

  it("hides in messages what the saved part of a failed plan calls sensitive", async () => {
    const values = { p: "s3same" };
    ports.acts.plan = { code: 1, errors: "It was s3same." };
    ports.acts["show -json"] = {
      prints: JSON.stringify({
        format_version: "1.2",
        prior_state: {
          values: { root_module: { resources: [{ values, sensitive_values: { p: true } }] } },
        },
      }),
    };
    expect(await run()).to.include({
      step: "tofu plan",
      error: "exit status 1 | It was (sensitive value).",
    });
  });

  it("explains a plan that failed in its own words where nothing of it was saved", async () => {
    ports.acts.plan = { code: 1, errors: "no" };
    for (const act of [{ code: 1, errors: "not there" }, { prints: "{" }, { prints: "x" }]) {
      ports.acts["show -json"] = act;
      expect(await run()).to.include({ step: "tofu plan", error: "exit status 1 | no" });
    }
  });

  it("keeps addresses readable where a sensitive value is made of their words", async () => {
    const address = "google_sql_database_instance.postgres";
    ports.acts["show -json"] = {
      prints: JSON.stringify({
        format_version: "1.2",
        output_changes: {
          o: { actions: ["create"], after: { engine: "postgres" }, after_sensitive: true },
        },
        resource_changes: [{ address, change: { actions: ["delete"] } }],
      }),
    };
    ports.acts.show = { prints: `# ${address} will be destroyed\n` };
    const result = await run({ settings: { protected: ["google_sql_*"] } });
    if (result.outcome !== "planned") throw new Error(result.outcome);
    expect(result.text).to.equal(`# ${address} will be destroyed\n`);
    expect(result.summary.destroys).to.deep.equal([{ address, action: "delete" }]);
    expect(result.summary.violations[0]).to.match(/instance\.postgres would be destroyed/);
  });

  it("keeps names of the configuration readable in messages", async () => {
    ports.environment = { TF_VAR_password: "postgres" };
    ports.place.files.set("/place/checkout/main.tf", 'resource "aws_db" "postgres" {\n}\n');
    ports.acts.plan = { code: 1, errors: "with aws_db.postgres" };
    expect(await run()).to.include({ error: "exit status 1 | with aws_db.postgres" });
    ports.place.files.set("/place/checkout/main.tf", "");
    expect(await run()).to.include({ error: "exit status 1 | with aws_db.(sensitive value)" });
  });

  it("leaves out the middle of a text that is too long", async () => {
    const line = `${"x".repeat(99)}\n`;
    ports.acts.show = { prints: line.repeat(120_000) };
    const result = await run();
    if (result.outcome !== "planned") throw new Error(result.outcome);
    expect(result.omitted_bytes).to.be.greaterThan(3_000_000);
    const kept = result.text.split("\n").filter((each) => each.startsWith("x"));
    expect(kept.every((each) => each.length === 99)).to.equal(true);
    expect(kept.length * 100 + result.omitted_bytes).to.equal(12_000_000);
  });
});
