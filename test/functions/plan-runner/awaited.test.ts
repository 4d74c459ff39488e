import { setImmediate as nextTurn } from "node:timers/promises";
import { expect } from "chai";
import { Refused } from "../../../functions/plan-runner/faults.ts";
import type { Ports } from "../../../functions/plan-runner/ports.ts";
import { giveUp } from "../../../functions/plan-runner/give-up.ts";
import { refuse } from "../../../functions/plan-runner/refuse.ts";
import { checkOf } from "../../../functions/plan-runner/request.ts";
import { runPlan } from "../../../functions/plan-runner/run-plan.ts";
import { planRequest, planned } from "./builders.ts";
import { World } from "./world.ts";

/** What the world is like before, and what then happens in it. */
interface Scenario {
  readonly prepare?: (world: World) => unknown;
  readonly act: (world: World, ports: Ports) => Promise<unknown>;
  /** Calls that it must be about, in this order. */
  readonly calls: readonly string[];
}

const request = planRequest();
const run = (world: World, ports = world.ports): Promise<unknown> =>
  runPlan(request, world.delivery(), ports);
const former = (world: World, sha: string): unknown =>
  world.pull.add(`<!-- runners-poc:plan:pr-7-${sha} -->\nold`);

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "a plan": {
    act: run,
    calls: ["check in_progress", "comments", "post", "edit 101", "check success", "create results"],
  },
  "a plan that is too long": {
    prepare: (world) =>
      (world.work = () => Promise.resolve(planned({ text: "+ x\n".repeat(200_000) }))),
    act: run,
    calls: ["write plans", "post", "check success"],
  },
  "a plan over what the first runner left": {
    prepare: (world) => ["aaaaaaa", "bbbbbbb", "ccccccc"].map((sha) => former(world, sha)),
    act: run,
    calls: ["edit 103", "hide 101", "hide 102", "edit 103", "check success"],
  },
  "a plan over doubles": {
    prepare: async (world) => {
      await run(world);
      world.pull.add(world.pull.bodies[0] ?? "");
    },
    act: (world, ports) => runPlan(planRequest({ rerun: "d-2" }), world.delivery(), ports),
    calls: ["edit 101", "remove 102", "edit 101", "create results", "create results"],
  },
  "a repetition": {
    prepare: async (world) => {
      await run(world);
      world.pull.checks.push({
        ...checkOf(request),
        status: "in_progress",
        title: "",
        summary: "",
      });
    },
    act: run,
    calls: ["settle"],
  },
  "a pull request that is closed": {
    prepare: (world) => (world.pull.state = { ...world.pull.state, isOpen: false }),
    act: run,
    calls: ["check cancelled"],
  },
  "a comment that GitHub refuses": {
    prepare: (world) => {
      world.pull.before = (call) => {
        if (call === "post") throw new Refused(403, "No.");
      };
    },
    act: run,
    calls: ["post", "check success", "create results"],
  },
  "a check that GitHub refuses": {
    prepare: (world) => {
      world.pull.before = (call) => {
        if (call === "check in_progress") throw new Refused(403, "No.");
      };
    },
    act: run,
    calls: ["check in_progress", "check failure"],
  },
  "giving up": {
    act: (world, ports) => giveUp(request, world.log, ports),
    calls: ["post", "check failure", "create results"],
  },
  "a message that cannot be read": {
    act: (world, ports) => {
      const decoded = { repo: { full_name: "acme/infra" }, pull_request: { number: 7 } };
      return refuse("`work` is required", decoded, world.log, ports);
    },
    calls: ["comments", "post"],
  },
};

/** Does it in a world of its own, in which every call asks first. */
async function happen(
  { prepare, act }: Scenario,
  ask: (call: string) => Promise<void>,
): Promise<() => Promise<unknown>> {
  const world = new World();
  await prepare?.(world);
  const { pull, objects: stored } = world;
  const before = pull.before.bind(pull);
  pull.before = async (call, body) => {
    await ask(call);
    return before(call, body);
  };
  const asked = async <T>(verb: string, name: string, call: () => Promise<T>): Promise<T> => {
    await ask(`${verb} ${name.split("/")[0]}`);
    return call();
  };
  const objects: Ports["objects"] = {
    read: (name) => stored.read(name),
    create: (name, content) => asked("create", name, () => stored.create(name, content)),
    replace: (name, generation, content) =>
      asked("replace", name, () => stored.replace(name, generation, content)),
    write: (name, content) => asked("write", name, () => stored.write(name, content)),
    remove: (name, generation) => asked("remove", name, () => stored.remove(name, generation)),
  };
  return () => act(world, { ...world.ports, objects });
}

describe("plan-runner answers only once everything is done", () => {
  for (const [what, scenario] of Object.entries(SCENARIOS)) {
    it(`for ${what}`, async () => {
      const calls: string[] = [];
      const all = await happen(scenario, (call) => Promise.resolve(void calls.push(call)));
      await all();
      const wanted = [...scenario.calls];
      for (const call of calls) if (call === wanted[0]) wanted.shift();
      expect(wanted, calls.join(", ")).to.deep.equal([]);

      for (const [held, name] of calls.entries()) {
        // How the pull request stands may be asked beside everything else; it leaves nothing behind.
        if (name === "read") continue;
        const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
        let count = 0;
        const act = await happen(scenario, async () => {
          if (count++ === held) await released;
        });
        let isOver = false;
        const over = act().finally(() => (isOver = true));
        for (let turn = 0; turn < 5; turn += 1) await nextTurn();
        expect(isOver, `before ${name}, call ${held}`).to.equal(false);
        release(undefined);
        await over;
      }
    });
  }
});
