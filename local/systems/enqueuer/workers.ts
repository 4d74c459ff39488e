/** The workers of the stack, as the enqueuer is told of them. */
import type { EnqueuerOutside } from "../../../infra/systems/enqueuer/outside.ts";
import type { Declared } from "../../declared/declared.ts";

/** Their names, in the order of the stack's config. */
export function workersOf({ services }: Pick<Declared, "services">): readonly string[] {
  const spec = services.find(({ role }) => role === "enqueuer");
  const listed = JSON.parse(spec?.env.WORKERS ?? "[]") as readonly { readonly name: string }[];
  return listed.map(({ name }) => name);
}

/** The name of the service that a worker's tasks are sent to. */
export function serviceOf(worker: string, { outside }: Pick<Declared, "outside">): string {
  const external = (outside.enqueuer as EnqueuerOutside | undefined)?.["external worker"];
  return external?.find(({ name }) => name === worker)?.service ?? worker;
}
