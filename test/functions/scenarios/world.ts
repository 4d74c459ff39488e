import { newRun } from "../../../functions/scenarios/patches.ts";
import { index } from "../../../functions/scenarios/entries.ts";
import type { Run } from "../../../functions/scenarios/run.ts";
import type { RunStore } from "../../../functions/scenarios/run-store.ts";
import { createRun } from "../../../functions/scenarios/runs.ts";
import { RunStoresInMemory } from "../../support/run-store-in-memory.ts";

export const NOON = Date.UTC(2026, 10, 21, 12);

/** A store and a clock that is moved by whoever waits. */
export class World {
  readonly stores = new RunStoresInMemory();
  readonly store = this.stores.of("public");
  readonly waits: number[] = [];
  time = NOON;
  readonly now = (): number => this.time;
  readonly random = (): number => 0.5;
  readonly wait = (seconds: number): Promise<void> => {
    this.waits.push(seconds);
    this.time += seconds * 1000;
    return Promise.resolve();
  };
}

/** Lets every call come in its own time, another one for each seed, so that those who race meet in every order. */
export function jumbled(world: World, seed: number): void {
  let state = seed + 1;
  world.stores.before = async () => {
    state = (state * 48_271) % 2_147_483_647;
    for (let turns = state % 7; turns > 0; turns -= 1) await Promise.resolve();
  };
}

/** A run as its launch leaves it, or with a difference. */
export async function launched(
  world: World,
  runId: string,
  difference: Partial<Run> = {},
  store: RunStore = world.store,
): Promise<Run> {
  const run = {
    ...newRun(
      {
        runId,
        signature: "5".repeat(64),
        payload: {},
        label: `${runId} | SP60 | Global`,
        leaseSeconds: 900,
      },
      world.time,
    ),
    ...difference,
  };
  await createRun(store, runId, run);
  await index(store, runId, world);
  return run;
}
