/** Roles as they would be uploaded, bundled in a thread beside whatever else is going on. */
import type { BundleOf } from "./record.ts";
import { inThread } from "./thread.ts";

export type BundledRole =
  { readonly bundle: Awaited<ReturnType<BundleOf>> } | { readonly problem: string };

/** What is wrong with a role, for the person who edits it. */
export class UnusableRole extends Error {
  override readonly name = "UnusableRole";
}

/**
 * Starts bundling these roles, by default all there are. The result hands out each one's bundle, and throws an
 * UnusableRole for one that cannot be bundled; a role that nobody asks for may be broken.
 */
export function startBundling(roles?: readonly string[], signal?: AbortSignal): BundleOf {
  const all = inThread<ReadonlyMap<string, BundledRole>>("bundle-thread.ts", roles, signal);
  // Whoever asks for a role is told.
  all.catch(() => undefined);
  return async (role) => {
    const bundled = (await all).get(role);
    if (bundled === undefined) throw new UnusableRole(`There is no role "${role}".`);
    if ("problem" in bundled) throw new UnusableRole(bundled.problem);
    return bundled.bundle;
  };
}
