/** Bindings that are in force, and what IAM says where one is missing. */
import type { Binding } from "../iam/types.ts";
import type { Declared } from "../declared/declared.ts";
import { shortOf, type Stage } from "./stage.ts";
import type { Expect } from "./story.ts";

/** @param onto the end of the resource's name: `/services/brain` */
export function bindingOf(
  declared: Declared,
  { member, role, onto }: { readonly member: string; readonly role: string; readonly onto: string },
): Binding {
  const found = declared.bindings.find(
    (each) => each.member === member && each.role === role && each.resource.endsWith(onto),
  );
  if (found === undefined) throw new Error(`the stack has no ${role} for ${member} on ${onto}`);
  return found;
}

/** IAM is to name who lacks what on what, and just this binding as the missing one. */
export function expectDenial(
  stage: Stage,
  mark: number,
  { permission, binding }: { readonly permission: string; readonly binding: Omit<Binding, "kind"> },
  expect: Expect,
): void {
  const denials = stage.cloud.feed
    .deniedSince(mark)
    .map(({ principal, permission, resource, missing }) => {
      const row = missing === undefined ? "no row" : rowOf(missing);
      return `${shortOf(principal)} lacks ${permission} on ${shortOf(resource)}; add ${row}`;
    });
  const { member, resource } = binding;
  expect(
    "IAM",
    `${shortOf(member)} lacks ${permission} on ${shortOf(resource)}; add ${rowOf(binding)}`,
    denials.length === 0 ? "nothing was refused" : denials.join("; "),
  );
}

function rowOf({ member, role, resource }: Omit<Binding, "kind">): string {
  return `${role} for ${shortOf(member)} on ${shortOf(resource)}`;
}
