/** Rows become bindings: each as soon as both its ends are declared. */
import * as pulumi from "@pulumi/pulumi";
import { bindingName, memberInputs, memberOf, rowKey, type AccessRow } from "../access.ts";
import type { CustomRole } from "../google/iam/custom-role.ts";
import * as iam from "../google/iam/kinds.ts";
import type { Kind } from "../google/kind.ts";
import { makeMember } from "../google/member.ts";
import * as projects from "../google/project/kinds.ts";
import { KINDS } from "../google/services.ts";

interface GrantsOptions {
  /** Begins the logical names: `<prefix>-<who>-<role>-<what>`. */
  readonly prefix: string;
  /** Rows that Google grants itself are left out. */
  readonly rows: readonly AccessRow[];
  readonly parent: pulumi.Resource;
  /** What every binding waits for. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** Those that rows grant. Default: none; any other that a row names is taken to exist. */
  readonly customRoles?: readonly CustomRole[];
  /** Default: those of Google's services. */
  readonly kinds?: readonly Kind[];
}

/** The one grant mechanism: a row of the access matrix becomes one additive member on one resource. */
export class Grants {
  readonly #options: GrantsOptions;
  /** Members and resource names that rows may mean → what has to exist first; undefined for what exists already. */
  readonly #ends = new Map<string, pulumi.Resource | undefined>();
  /** Member → its bindings. */
  readonly #made = new Map<string, pulumi.Resource[]>();
  #waiting: readonly AccessRow[];

  constructor(options: GrantsOptions) {
    this.#options = options;
    this.#waiting = options.rows.filter(({ kind }) => kind !== "google");
    this.#grantReady();
  }

  /** Says what stands behind a member or a resource name of rows. */
  declared(name: string, resource: pulumi.Resource): void {
    this.#ends.set(name, resource);
    this.#grantReady();
  }

  /** Says that a resource of rows exists without this program. */
  exists(name: string): void {
    this.#ends.set(name, undefined);
    this.#grantReady();
  }

  /** The bindings of a member so far: what acts as it depends on them, so that nothing is refused that came too early. */
  of(member: string): readonly pulumi.Resource[] {
    return this.#made.get(member) ?? [];
  }

  /**
   * Everything is declared: an account of the project that nobody declared exists already. Throws where a resource was
   * never declared, which nothing could be granted on.
   */
  finish(): void {
    for (const row of this.#waiting) {
      if (!this.#isThere(row.resource)) {
        throw new pulumi.RunError(`The row "${rowKey(row)}": nothing declares ${row.resource}.`);
      }
      this.#grant(row);
    }
    this.#waiting = [];
  }

  #grantReady(): void {
    const isReady = ({ principal, resource }: AccessRow): boolean =>
      (this.#ends.has(principal) || iam.ownAccount(principal, resource) === undefined) &&
      this.#isThere(resource);
    const ready = this.#waiting.filter(isReady);
    this.#waiting = this.#waiting.filter((row) => !ready.includes(row));
    ready.forEach((row) => this.#grant(row));
  }

  #isThere(resource: string): boolean {
    return this.#ends.has(resource) || projects.project.parse(resource) !== undefined;
  }

  #grant(row: AccessRow): void {
    const { prefix, parent, dependsOn, customRoles = [], kinds = KINDS } = this.#options;
    const ends = [
      this.#ends.get(row.principal),
      this.#ends.get(row.resource),
      customRoles.find(({ resourceName }) => resourceName === row.role)?.role,
    ];
    const binding = makeMember(
      memberOf(row, kinds).type,
      `${prefix}-${bindingName(row)}`,
      memberInputs(row, kinds),
      { parent, dependsOn: [...dependsOn, ...ends.filter((end) => end !== undefined)] },
    );
    this.#made.set(row.principal, [...this.of(row.principal), binding]);
  }
}
