/** Roles as they would be uploaded, bundled in a thread beside whatever else is going on. */
import type { BundleOf, Form } from "./record.ts";
import { inThread } from "./thread.ts";

/** A role, and what it is to be deployed as. */
export interface Wanted {
  readonly role: string;
  readonly form: Form;
}

export type BundledRole =
  { readonly bundle: Awaited<ReturnType<BundleOf>> } | { readonly problem: string };

/** What is wrong with a role, for the person who edits it. */
export class UnusableRole extends Error {
  override readonly name = "UnusableRole";
}

/**
 * Starts bundling what is wanted, by default all roles there are as functions; what else is asked for is bundled then.
 * The result hands out each one's bundle, and throws an UnusableRole for one that cannot be bundled; a role that nobody
 * asks for may be broken.
 */
export function startBundling(wanted?: readonly Wanted[], signal?: AbortSignal): BundleOf {
  const bundled = (some: typeof wanted): Promise<ReadonlyMap<string, BundledRole>> =>
    inThread("bundle-thread.ts", some, signal);
  const all = bundled(wanted);
  // Whoever asks for a role is told.
  all.catch(() => undefined);
  const later = new Map<string, ReturnType<typeof bundled>>();
  return async (role, { form = "function" } = {}) => {
    const key = keyOf({ role, form });
    if (!(await all).has(key) && !later.has(key)) later.set(key, bundled([{ role, form }]));
    const made = (await (later.get(key) ?? all)).get(key);
    if (made === undefined) throw new Error(`Nothing became of ${key}.`);
    if ("problem" in made) throw new UnusableRole(made.problem);
    return made.bundle;
  };
}

/** Tells what is wanted of one role from what is wanted of another. */
export function keyOf({ role, form }: Wanted): string {
  return `${role} as a ${form}`;
}
