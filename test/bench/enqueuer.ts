/** The enqueuer of the dev stack beside a Cloud Tasks that only says yes, and the floors that are given the same. */
import { mebibytesOf } from "../../infra/components/node-variables.ts";
import { roleEnvironment } from "../../local/gateway/environment.ts";
import { loadDeclared } from "../../local/declared/load.ts";
import { startHelper, throwawayFolder } from "./children.ts";
import { bundleFloor, type FloorName } from "./floors.ts";
import type { MemoryLimit } from "./memory-limit.ts";
import type { StandInAnswer, StandInQuestion } from "./processes/cloud-tasks.ts";
import { startRole, type FirstRequest, type Role } from "./role.ts";

/** The enqueuer document's own example. `{n}` makes the key of each request its own. */
export const ENQUEUE: FirstRequest & { readonly body: string } = {
  method: "POST",
  path: "/enqueue",
  body: JSON.stringify({
    service: "brain",
    payload: {
      system_instructions_doc_id: "1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg",
      base_prompt_doc_id: "1BcDeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefgh",
      input_doc_id: "1CdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefghi",
      output_doc_id: "1DeFgHiJkLmNoPqRsTuVwXyZ0123456789abcdefghij",
    },
    idempotency_key: "CASE-{n}-20251106T1615",
  }),
};

export interface Bench {
  readonly start: (
    what: "enqueuer" | FloorName,
    options?: {
      /** In place of variables that the stack declares. Default: none. */
      readonly env?: Readonly<Record<string, string>>;
      readonly limit?: MemoryLimit | undefined;
    },
  ) => Promise<Role>;
  /** What an instance of the enqueuer has, as the stack declares it, in bytes. */
  readonly memoryBytes: number;
  readonly stop: () => Promise<void>;
}

/** Bundles the enqueuer and a floor, and starts the stand-in. */
export async function prepareEnqueuer(floor: FloorName): Promise<Bench> {
  const { services, projectId, projectNumber, region } = await loadDeclared("dev");
  const spec = services.find(({ role }) => role === "enqueuer");
  if (spec === undefined) throw new Error("The dev stack has no enqueuer.");
  const floorFolder = await bundleFloor(floor);
  const standIn = startHelper("cloud-tasks");
  const question: StandInQuestion = {
    email: spec.serviceAccount,
    projectId,
    projectNumber,
    region,
    folder: throwawayFolder(),
  };
  const reached = (await standIn.ask(question)) as StandInAnswer;
  const env = { ...roleEnvironment({ ...reached, projectId }), ...spec.env };
  return {
    start: (what, { env: others, limit } = {}) => {
      const subject =
        what === "enqueuer"
          ? { folder: spec.folder, target: spec.role }
          : { folder: floorFolder, target: what };
      return startRole({ ...subject, env: { ...env, ...others }, limit });
    },
    memoryBytes: mebibytesOf(spec.memory) * 1024 * 1024,
    stop: () => standIn.stop(),
  };
}
