/** A stack's plan, or what is wrong with the program, as it can be sent to another thread. */
import { parseConfig } from "../infra/config.ts";
import { readStackFile } from "../infra/stack-file.ts";
import { UnusableRole } from "./bundles.ts";
import { plan, type Plan } from "./plan.ts";
import { problemOf } from "./problem.ts";
import { record, type BundleOf } from "./record.ts";

export type Planned = { readonly plan: Plan } | { readonly problem: string };

/** Never rejects. */
export async function planned(stack: string, bundleOf: BundleOf): Promise<Planned> {
  // What the program throws reaches promises of Pulumi's runtime too, on which nobody waits.
  const thrown = new Promise<never>((_, reject) => process.once("unhandledRejection", reject));
  try {
    const config = parseConfig(readStackFile(stack));
    return { plan: plan(await Promise.race([record(config, stack, bundleOf), thrown])) };
  } catch (error) {
    return { problem: error instanceof UnusableRole ? error.message : problemOf(error) };
  }
}
