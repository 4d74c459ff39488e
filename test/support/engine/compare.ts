import { STACK_TYPE, type Registered } from "./driver.ts";
import type { Properties } from "./values.ts";

/** What every recorder of a program knows of a resource. */
type Recorded = Omit<Registered, "propertyDependencies">;

/** A resource in a form that does not depend on who recorded it. */
export interface Comparable {
  /** `gcp:cloudtasks/queue:Queue enqueuer-queue-brain`, as in the other fields. */
  readonly resource: string;
  readonly isCustom: boolean;
  readonly inputs: Properties;
  readonly secretInputs: readonly string[];
  /** Empty for the stack. */
  readonly parent: string;
  readonly dependencies: readonly string[];
  readonly isProtected: boolean;
}

/** The resources sorted, references to others by type and name: monitors differ in the form of their URNs. */
export function comparables(resources: readonly Recorded[]): Comparable[] {
  return resources.map(comparable).toSorted((a, b) => a.resource.localeCompare(b.resource));
}

/** `gcp:cloudtasks/queue:Queue enqueuer-queue-brain` */
export function typeAndName(urn: string): string {
  const [, , types = "", name = ""] = urn.split("::");
  return `${types.split("$").at(-1) ?? ""} ${name}`;
}

function comparable(resource: Recorded): Comparable {
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
