/** The enqueuer on one machine: who answers for its workers. */
import type { EnqueuerOutside } from "../../../infra/systems/enqueuer/outside.ts";
import { ownProgramOf, type OwnProgram } from "../../own-program.ts";
import type { LocalSystem } from "../system.ts";
import { attachWorkers } from "./attach.ts";
import { withStandIns } from "./stand-ins.ts";

export interface EnqueuerSettings {
  /** Programs of the person's own in the place of workers. Default: none. */
  readonly workers: readonly OwnProgram[];
}

const WORKER = { option: "--worker", noun: "NAME", like: "brain=http://127.0.0.1:9000" };

export const enqueuer = {
  completed: async (declared, outside, bundleOf) => {
    const workers = outside["external worker"];
    if (workers.length === 0) return declared;
    return withStandIns(declared, workers, await bundleOf("worker"));
  },
  options: {
    flags: {
      worker: `  --worker NAME=URL  let a program of yours answer for a worker, for example ${WORKER.like};
                     token, audience and run.invoker are checked before it is called; may be repeated`,
    },
    read: (said) => ({ workers: said("worker").map((value) => ownProgramOf(WORKER, value)) }),
  },
  attaches: ({ workers = [] }) => ({
    attach: (outside, local) => attachWorkers(outside, local, workers),
  }),
  demo: {
    chapters: async (declared) => (await import("./demo/index.ts")).chapters(declared),
  },
} satisfies LocalSystem<EnqueuerOutside, EnqueuerSettings>;
