import type { Registration } from "../../../local/declared/record.ts";
import { STACK_TYPE } from "./stack.ts";

/** What the CLI prints in place of a secret. */
export const HIDDEN = "[secret]";

/** A resource in a form that does not depend on who recorded it. Its parent is empty where that is the stack. */
export interface Comparable extends Omit<Registration, "urn" | "type" | "name"> {
  /** `gcp:cloudtasks/queue:Queue enqueuer-queue-brain`, as in the other fields. */
  readonly resource: string;
}

/** The resources sorted, references to others by type and name: monitors differ in the form of their URNs. */
export function comparables(resources: readonly Registration[]): Comparable[] {
  return resources.map(comparable).toSorted((a, b) => a.resource.localeCompare(b.resource));
}

/** `gcp:cloudtasks/queue:Queue enqueuer-queue-brain` */
export function typeAndName(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1) ?? ""} ${name}`;
}

function comparable(resource: Registration): Comparable {
  const parent = resource.parent === "" ? "" : typeAndName(resource.parent);
  return {
    resource: typeAndName(resource.urn),
    isCustom: resource.isCustom,
    inputs: resource.inputs,
    secretInputs: resource.secretInputs,
    parent: parent.startsWith(STACK_TYPE) ? "" : parent,
    dependencies: resource.dependencies.map(typeAndName).toSorted(),
    isProtected: resource.isProtected,
  };
}

/** The same with secrets as a preview of the CLI shows them. */
export function hidden(resources: readonly Comparable[]): Comparable[] {
  return resources.map((resource) => {
    const secrets = resource.secretInputs.map((key) => [key, HIDDEN] as const);
    return { ...resource, inputs: { ...resource.inputs, ...Object.fromEntries(secrets) } };
  });
}
