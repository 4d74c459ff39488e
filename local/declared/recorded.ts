/** What a stack's program declares, or what is wrong with it, as it can be sent to another thread. */
import { parseConfig } from "../../infra/config/config.ts";
import { originOf } from "../../infra/config/origin.ts";
import { SYSTEMS } from "../../infra/systems/index.ts";
import { UnusableRole } from "./bundles.ts";
import { declared } from "./declared.ts";
import { problemOf } from "./problem.ts";
import { record, type BundleOf } from "./record.ts";
import { sealed } from "./secrets-codec.ts";
import type { KnownSecrets, SecretTexts } from "./secrets.ts";
import { stackValues } from "./stack-values.ts";

export interface RecordRequest {
  readonly stack: string;
  readonly known: KnownSecrets;
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
  { stack, known }: RecordRequest,
  bundleOf: BundleOf,
): Promise<Recorded> {
  // What the program throws reaches promises of Pulumi's runtime too, on which nobody waits.
  const thrown = new Promise<never>((_, reject) => process.once("unhandledRejection", reject));
  try {
    const { values, standIns } = await stackValues(stack, known, SYSTEMS);
    const config = parseConfig(values, SYSTEMS, originOf(stack));
    const recording = await Promise.race([record(config, stack, bundleOf), thrown]);
    return { declared: sealed(declared(recording)), standIns };
  } catch (error) {
    return { problem: error instanceof UnusableRole ? error.message : problemOf(error) };
  }
}
