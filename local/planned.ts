/** A stack's plan, or what is wrong with the program, as it can be sent to another thread. */
import { parseConfig } from "../infra/config.ts";
import { originOf } from "../infra/config-origin.ts";
import { UnusableRole } from "./bundles.ts";
import { plan, type Plan } from "./plan.ts";
import { problemOf } from "./problem.ts";
import { record, type BundleOf } from "./record.ts";
import { Secret, type KnownSecrets, type SecretTexts } from "./secrets.ts";
import type { StackValues } from "./stack-values.ts";

export interface PlanRequest {
  readonly stack: string;
  readonly known: KnownSecrets;
}

/** A `Secret` cannot be sent: what it keeps to itself would stay behind. */
type Sent<T> = { readonly [Key in keyof T]: Secret extends T[Key] ? string | undefined : T[Key] };

type PlanMessage = Omit<Plan, "secrets"> & {
  readonly secrets: readonly Sent<Plan["secrets"][number]>[];
};

export type Planned =
  | {
      readonly plan: PlanMessage;
      /** The values among its secrets that were made up. */
      readonly standIns: SecretTexts;
    }
  | { readonly problem: string };

/** Never rejects. */
export async function planned(
  stack: string,
  stackValues: Promise<StackValues>,
  bundleOf: BundleOf,
): Promise<Planned> {
  // What the program throws reaches promises of Pulumi's runtime too, on which nobody waits.
  const thrown = new Promise<never>((_, reject) => process.once("unhandledRejection", reject));
  try {
    const { values, standIns } = await stackValues;
    const config = parseConfig(values, originOf(stack));
    const made = plan(await Promise.race([record(config, stack, bundleOf), thrown]));
    return { plan: sent(made), standIns };
  } catch (error) {
    return { problem: error instanceof UnusableRole ? error.message : problemOf(error) };
  }
}

function sent(made: Plan): PlanMessage {
  const secrets = made.secrets.map((secret) => ({ ...secret, value: secret.value?.reveal() }));
  return { ...made, secrets };
}
