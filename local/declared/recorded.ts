/** What a stack's program declares, or what is wrong with it, as it can be sent to another thread. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "../../infra/bundle/bundle.ts";
import { parseConfig } from "../../infra/config/config.ts";
import { originOf } from "../../infra/config/origin.ts";
import { KINDS } from "../../infra/google/services.ts";
import type { Systems } from "../../infra/system.ts";
import { SYSTEMS } from "../../infra/systems/index.ts";
import { UnusableRole } from "./bundles.ts";
import { SYSTEMS as LOCAL_SYSTEMS } from "../systems/index.ts";
import { DECLARES } from "../google/declares.ts";
import { PROJECT_FOLDER } from "../run-folder.ts";
import { completed } from "./completed.ts";
import { declared } from "./declared.ts";
import type { Elsewhere, Further } from "./further.ts";
import { problemOf } from "./problem.ts";
import { record, type BundleOf } from "./record.ts";
import { sealed } from "./secrets-codec.ts";
import type { KnownSecrets, SecretTexts } from "./secrets.ts";
import { stackValues } from "./stack-values.ts";

export interface RecordRequest {
  readonly stack: string;
  readonly known: KnownSecrets;
  /** Default: the project's own stacks and lists. */
  readonly elsewhere?: Elsewhere | undefined;
}

export type Recorded =
  | {
      /** A `Declared`, sealed. */
      readonly declared: unknown;
      /** The values among its secrets that were made up. */
      readonly standIns: SecretTexts;
    }
  | { readonly problem: string };

/** Never rejects. */
export async function recorded(
  { stack, known, elsewhere }: RecordRequest,
  bundleOf: BundleOf,
): Promise<Recorded> {
  // What the program throws reaches promises of Pulumi's runtime too, on which nobody waits.
  const thrown = new Promise<never>((_, reject) => process.once("unhandledRejection", reject));
  try {
    const { root, modules = [] } = elsewhere ?? {};
    const further = await Promise.all(modules.map((url) => import(url) as Promise<Further>));
    const lists = withFurther(further);
    const { values, standIns } = await stackValues(stack, known, lists.systems, root);
    const config = parseConfig(values, lists.systems, originOf(stack, root));
    const bundles = withRoles(further, bundleOf);
    const recording = await Promise.race([record(config, stack, bundles, lists), thrown]);
    const program = declared(recording, lists);
    return { declared: sealed(await completed(program, bundles, lists.localSystems)), standIns };
  } catch (error) {
    return { problem: error instanceof UnusableRole ? error.message : problemOf(error) };
  }
}

function withFurther(further: readonly Further[]) {
  const added = further.flatMap(({ systems = {} }) => Object.entries(systems));
  const addedHere = further.flatMap(({ localSystems = {} }) => Object.entries(localSystems));
  return {
    systems: { ...SYSTEMS, ...Object.fromEntries(added) } as Systems,
    localSystems: { ...LOCAL_SYSTEMS, ...Object.fromEntries(addedHere) },
    services: [...DECLARES, ...further.flatMap(({ services = [] }) => services)],
    kinds: [...KINDS, ...further.flatMap(({ kinds = [] }) => kinds)],
  };
}

/** The roles of those modules are bundled when they are asked for. */
function withRoles(further: readonly Further[], bundleOf: BundleOf): BundleOf {
  const folders = further.flatMap(({ functions }) => functions ?? []);
  const folderOf = new Map(
    folders.flatMap((folder) =>
      readdirSync(join(PROJECT_FOLDER, folder)).map((role) => [role, folder]),
    ),
  );
  return (role, options) => {
    const functions = folderOf.get(role);
    return functions === undefined
      ? bundleOf(role, options)
      : bundle(role, { ...options, functions });
  };
}
