/** A file for `pulumi import --file`. Source: pulumi.com/docs/iac/guides/migration/import, bulk import. */

/** One entry. */
export interface ImportedResource {
  readonly type: string;
  /** Unique in the file; parents are named by it. */
  readonly name: string;
  /** The name in the URN. */
  readonly logicalName: string;
  /** What the provider finds the resource by. A component has none. */
  readonly id?: string;
  readonly component?: true;
  readonly parent?: string;
}

/** What a system takes over of what its document's commands made. Pure. */
export interface Takeover {
  /** Parents first. */
  readonly resources: readonly ImportedResource[];
  /** What the file cannot do, a line each, for a person. */
  readonly remarks: readonly string[];
}

/** The component that everything of a system is within. */
export function systemEntry(type: string, name: string): ImportedResource {
  return { type, name, logicalName: name, component: true };
}

/** A component of the system and its one resource, which bears the same name. */
export function within(
  system: string,
  component: { readonly type: string; readonly logicalName: string },
  resource: { readonly type: string; readonly id: string },
): ImportedResource[] {
  const { logicalName } = component;
  const parent = `${logicalName}-component`;
  return [
    { ...component, name: parent, component: true, parent: system },
    { ...resource, name: logicalName, logicalName, parent },
  ];
}

/**
 * A Cloud Run service that stays the service it is, and runs its role from the next `pulumi up` on. A function could not
 * take its place. @param id `projects/P/locations/R/services/S`
 */
export function runService(system: string, logicalName: string, id: string): ImportedResource[] {
  return within(
    system,
    { type: "switchyard:component:RunService", logicalName },
    { type: "gcp:cloudrunv2/service:Service", id },
  );
}
