/** Workers elsewhere: programs of the person's own, and a word about those that the sample worker stands in for. */
import { UsageError } from "../../../infra/commands/arguments.ts";
import type { EnqueuerOutside } from "../../../infra/systems/enqueuer/outside.ts";
import type { OwnProgram } from "../../own-program.ts";
import type { Attached, Surroundings } from "../system.ts";
import { workersOf } from "./workers.ts";

/** Throws a UsageError for a program in the place of a worker that there is not. */
export function attachWorkers(
  outside: EnqueuerOutside,
  { declared, log }: Surroundings,
  programs: readonly OwnProgram[],
): Attached<EnqueuerOutside> {
  const workers = workersOf(declared);
  const unknown = programs.find(({ name }) => !workers.includes(name));
  if (unknown !== undefined) {
    throw new UsageError(
      `--worker ${unknown.name}: there is no such worker; there are ${workers.join(", ")}.`,
    );
  }
  const announced = new Set(programs.map(({ name }) => name));
  const announce = (next: EnqueuerOutside): void => {
    for (const { name } of next["external worker"]) {
      if (announced.has(name)) continue;
      announced.add(name);
      log({
        source: "local",
        severity: "NOTICE",
        message: `${name} is an external worker: the sample worker answers for it. --worker ${name}=http://127.0.0.1:9000 forwards to your own.`,
      });
    }
  };
  announce(outside);
  return {
    apply: announce,
    programs: (next) => {
      const serviceOf = new Map(
        next["external worker"].map(({ name, service }) => [name, service]),
      );
      return new Map(programs.map((each) => [serviceOf.get(each.name) ?? each.name, each]));
    },
  };
}
