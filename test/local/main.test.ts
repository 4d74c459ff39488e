import { expect } from "chai";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ProjectTree } from "../support/engine/project-tree.ts";
import { NO_TOFU } from "../../local/systems/plan-runner/tofu.ts";
import { gone } from "../support/processes.ts";
import { stillRunning, Workplace, type LocalCommand } from "../support/local-command.ts";

/** How long stopping may take, as a person is told. */
const STOP_MS = 2000;

describe("npm run local", () => {
  const workplaces: Workplace[] = [];

  function workplace(root?: string): Workplace {
    const place = new Workplace(root);
    workplaces.push(place);
    return place;
  }

  afterEach(() => Promise.all(workplaces.splice(0).map((place) => place.clear())));

  /** Enqueues a task whose worker is busy for longer than any test, and waits until it is. */
  async function keepWorkerBusy(command: LocalCommand): Promise<void> {
    const [entryPoint] = (await command.ready()).entry_points;
    const response = await fetch(`${entryPoint?.url ?? ""}/enqueue`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ service: "brain", payload: { simulate: { take_s: 600 } } }),
    });
    expect(await response.json()).to.include({ ok: true, service: "brain" });
    await command.line("brain: cold start took");
  }

  describe("refuses to start", () => {
    let tree: ProjectTree;
    before(async () => {
      tree = await ProjectTree.copy();
      await tree.configure({ region: "Iowa", developer: "nobody" });
    });
    after(() => tree.remove());

    async function refusal(place: Workplace, ...args: readonly string[]): Promise<unknown> {
      const command = place.local(...args);
      const { exitCode } = await command.ended;
      expect(place.files()).to.deep.equal([]);
      return { exitCode, lines: command.lines, errors: command.errors };
    }

    it("with an option that it does not know", async () => {
      expect(await refusal(workplace(), "--fast")).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: ["Unknown option '--fast' (--help says what there is)"],
      });
    });

    it("for a stack that there is not", async () => {
      const place = workplace();
      expect(await refusal(place, "--stack", "nope")).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: [
          `${join(place.root, "Pulumi.nope.yaml")} does not exist. There is dev. To make it: npm run pulumi -- stack init nope, then npm run pulumi -- config set -s nope; or copy Pulumi.dev.yaml.`,
        ],
      });
    });

    it("on a broken stack config, every problem in one message", async () => {
      const outcome = (await refusal(workplace(tree.root))) as {
        exitCode: number;
        errors: string[];
      };
      const [heading, ...problems] = outcome.errors;
      expect([outcome.exitCode, heading]).to.deep.equal([1, "The stack's config has problems:"]);
      expect(problems).to.deep.equal([
        '  - Pulumi.dev.yaml:4: switchyard:region is "Iowa"; it must be a region like us-central1.',
        "    Fix: switchyard:region: us-central1",
        "    or:  npm run pulumi -- config set -s dev region us-central1",
        '  - Pulumi.dev.yaml:5: switchyard:developer is "nobody"; it must be an email address, without user: before it.',
        "    Fix: switchyard:developer: you@example.com",
        "    or:  npm run pulumi -- config set -s dev developer you@example.com",
      ]);
    });

    it("for a worker that there is not", async () => {
      const worker = "nobody=http://127.0.0.1:1";
      expect(await refusal(workplace(), "--port", "0", "--worker", worker)).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: [
          "--worker nobody: there is no such worker; there are brain, testimonios, transcripciones.",
        ],
      });
    });

    it("for a worker at one of its own ports", async () => {
      const worker = "brain=http://127.0.0.1:8081";
      expect(await refusal(workplace(), "--worker", worker)).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: [
          "--worker brain=http://127.0.0.1:8081: port 8081 is the local cloud's own, for plan-app. Let your program listen on another.",
        ],
      });
    });

    it("where the temporary folder is missing", async () => {
      const place = workplace();
      rmSync(place.temporary, { recursive: true });
      const command = place.local("--port", "0");
      const { exitCode } = await command.ended;
      expect({ exitCode, lines: command.lines, errors: command.errors }).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: [
          `The temporary folder ${place.temporary} does not exist (ENOENT). Mend that, or let TMPDIR name another.`,
        ],
      });
    });

    it("on a port that another local cloud has, and says which that is", async () => {
      const place = workplace();
      const first = place.local("--json", "--port", "0", "--no-watch");
      const [enqueuer] = (await first.ready()).entry_points;
      const { port } = new URL(enqueuer?.url ?? "");
      const second = place.local("--port", port);
      expect((await second.ended).exitCode).to.equal(1);
      expect(second.errors).to.deep.equal([
        `Port ${port}, for enqueuer, is in use by the local cloud that process ${first.pid ?? 0} runs in ${place.root}/. Stop that, or choose another first port with --port, or --port 0 for any free ones.`,
      ]);
    });

    it("on a port in use", async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      expect(await refusal(workplace(), "--port", String(port))).to.deep.equal({
        exitCode: 1,
        lines: [],
        errors: [
          `Port ${port}, for enqueuer, is in use by another program. Stop that, or choose another first port with --port, or --port 0 for any free ones.`,
        ],
      });
      server.close();
    });

    it("without the source of a role", async () => {
      const without = await ProjectTree.copy();
      await rm(join(without.root, "functions/worker/index.ts"));
      const outcome = (await refusal(workplace(without.root))) as {
        exitCode: number;
        errors: string[];
      };
      await without.remove();
      expect(outcome.exitCode).to.equal(1);
      expect(outcome.errors.join("\n")).to.match(
        /^There is no role "worker": functions\/worker\/index\.ts does not exist\.( \(infra\/bundle\/bundle\.ts:\d+\))?$/,
      );
    });
  });

  it("prints its options", async () => {
    const command = workplace().local("--help");
    expect(await command.ended).to.deep.equal({ exitCode: 0, signal: null });
    expect(command.output).to.match(
      /npm run local -- \[options\][^]*--stack[^]*--worker[^]*--json/,
    );
  });

  it("tells a program where it is in its first line, and ends on Ctrl-C with nothing left", async () => {
    const place = workplace();
    const command = place.local("--json", "--port", "0");
    const { event, took_ms: tookMs, entry_points: entryPoints } = await command.ready();
    expect(event).to.equal("ready");
    expect(tookMs).to.be.greaterThan(0);
    expect(entryPoints.map(({ role }) => role)).to.deep.equal([
      "enqueuer",
      "plan-app",
      "producer-control",
      "scenarioforge",
    ]);
    await keepWorkerBusy(command);
    const roles = command.roles();
    expect(roles.length).to.be.at.least(4);

    const { exitCode, tookMs: stopMs } = await command.stop("SIGINT");
    expect(command.lines).to.include('{"event":"stopping"}');
    expect({ exitCode, errors: command.errors }).to.deep.equal({ exitCode: 0, errors: [] });
    expect(stopMs).to.be.lessThan(STOP_MS);
    expect(stillRunning(roles)).to.deep.equal([]);
    expect(place.files()).to.deep.equal([]);
  });

  it("ends when nobody reads it any more", async () => {
    const place = workplace();
    const command = place.local("--json", "--port", "0", "--no-watch");
    const { entry_points: entryPoints } = await command.ready();
    command.leave();
    // Whatever it says next has no reader.
    await fetch(`${entryPoints[0]?.url ?? ""}/health`).catch(() => undefined);
    expect(await command.ended).to.deep.equal({ exitCode: 0, signal: null });
    expect({ errors: command.errors, files: place.files() }).to.deep.equal({
      errors: [],
      files: [],
    });
  });

  it("leaves no role after a SIGKILL, and the next start removes the files", async () => {
    const place = workplace();
    const killed = place.local("--json", "--port", "0", "--no-watch");
    await keepWorkerBusy(killed);
    const roles = killed.roles();
    const began = performance.now();
    await killed.stop("SIGKILL");
    await Promise.all(roles.map(gone));
    expect(performance.now() - began).to.be.lessThan(STOP_MS);
    expect(place.files()).to.have.length(1);

    const next = place.local("--port", "0", "--no-watch", "--quiet", "--iam", "report");
    await next.line("is ready after");
    expect(place.files()).to.have.length(1);
    const { exitCode, tookMs } = await next.stop("SIGTERM");
    expect(exitCode).to.equal(0);
    expect(tookMs).to.be.lessThan(STOP_MS);
    expect(place.files()).to.deep.equal([]);
    // The report comes at the end; a quiet run says nothing else.
    const quiet = next.lines.filter((line) => /^\d\d:\d\d:\d\d /.test(line));
    // Except a warning on a machine that lacks something.
    expect(quiet.filter((line) => !line.endsWith(NO_TOFU))).to.deep.equal([]);
    expect(next.output).to.match(
      /\n--iam report: nothing is refused[^]*\nStopping…[^]*granted but never used/i,
    );
  });
});
