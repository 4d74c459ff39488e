import { expect } from "chai";
import { originIn } from "../../../../infra/systems/scenarioforge/verify/origin.ts";
import { freePort } from "../../../support/free-port.ts";
import { Workplace } from "../../../support/local-command.ts";
import { thrownBy } from "../../../support/thrown-by.ts";

describe("npm run verify", () => {
  const place = new Workplace();
  after(async () => place.clear());

  async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const module = "infra/systems/scenarioforge/verify/main.ts";
    const none = { SCENARIOOPS_API_BASE: "", SCENARIOOPS_API_KEY: "" };
    const command = place.run(module, args, { ...none, ...env });
    const { exitCode } = await command.ended;
    return { exitCode, output: command.output, errors: command.errors.join("\n") };
  }

  it("says what it does", async () => {
    const { exitCode, output } = await run(["--help"]);
    expect(exitCode).to.equal(0);
    expect(output).to.contain("Usage: npm run verify -- --base-url URL");
  });

  const refusals: [what: string, args: string[], env: NodeJS.ProcessEnv, errors: string][] = [
    ["no service", [], {}, "--base-url is needed (--help says what there is)"],
    [
      "no key, unless it is said to do without",
      ["--base-url", "http://localhost:8083"],
      {},
      "SCENARIOOPS_API_KEY is not set; --without-key checks what anybody may do (--help says what there is)",
    ],
    [
      "a key that no service has",
      ["--base-url", "http://localhost:8083"],
      { SCENARIOOPS_API_KEY: "key" },
      "SCENARIOOPS_API_KEY must have at least 16 characters",
    ],
    [
      "a stack that is not there",
      ["--base-url", "http://localhost:8083", "--without-key", "--stack", "none"],
      {},
      "Pulumi.none.yaml does no",
    ],
  ];
  for (const [what, args, env, expected] of refusals) {
    it(`refuses ${what}`, async () => {
      const { exitCode, output, errors } = await run(args, env);
      expect([exitCode, output]).to.deep.equal([1, ""]);
      expect(errors.split("\n")[0]).to.contain(expected);
      expect(errors).not.to.contain("at file:");
    });
  }

  it("says in one sentence that nobody answers", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const { exitCode, errors } = await run([], {
      SCENARIOOPS_API_BASE: url,
      SCENARIOOPS_API_KEY: "a-key-of-my-own-0123",
    });
    expect(exitCode).to.equal(1);
    expect(errors).to.match(/^http:\/\/127\.0\.0\.1:\d+ does not answer to GET \/health: .+$/);
  });
});

describe("originIn", () => {
  it("takes an address, with or without a slash behind it", () => {
    const taken = [
      "https://a.run.app",
      "https://a.run.app/",
      "http://localhost:8083",
      "http://[::1]:1/",
    ];
    expect(taken.map(originIn)).to.deep.equal([
      "https://a.run.app",
      "https://a.run.app",
      "http://localhost:8083",
      "http://[::1]:1",
    ]);
  });

  const refused = [
    "run.app",
    "ftp://a.run.app",
    "https://a.run.app/runs",
    "https://a.run.app/?api_key=s3cret",
    "https://me:s3cret@a.run.app",
    "http://a.run.app",
    "http://localhost.run.app",
    "http://127.0.0.1.run.app",
  ];
  for (const url of refused) {
    it(`refuses ${url}, and repeats nothing of it`, async () => {
      const error = String(await thrownBy(() => originIn(url)));
      expect(error).to.match(/^UsageError: --base-url /);
      expect(error).not.to.contain("s3cret");
    });
  }
});
