/**
 * The roles that a row may name, and what they hold: each service brings its own.
 *
 * Kept are the permissions on what is simulated. Everything else in Google's lists (monitoring, recommender,
 * resourcemanager, …) can be asked for by nothing on this machine.
 *
 * Source: cloud.google.com/iam/docs/roles-permissions, as collected in iann0036/iam-dataset on 2026-08-22.
 */

/** Role → permissions. */
type Roles = Readonly<Record<string, readonly string[]>>;

export class RoleTable {
  /** All roles, by name. */
  readonly names: readonly string[];
  readonly #tables: readonly Roles[];
  readonly #permissions: ReadonlyMap<string, readonly string[]>;
  /** Permission → roles that hold it. */
  readonly #holders = new Map<string, string[]>();

  /** Throws where two tables have one role: it has one owner. */
  constructor(tables: readonly Roles[]) {
    this.#tables = tables;
    const entries = tables.flatMap((roles) => Object.entries(roles));
    this.#permissions = new Map(entries);
    this.names = [...this.#permissions.keys()].toSorted();
    if (this.names.length < entries.length) {
      const twice = entries.map(([role]) => role).filter((role, n, all) => all.indexOf(role) < n);
      throw new Error(`${twice.join(", ")}: a role belongs to one service.`);
    }
    const size = (role: string): number => this.permissionsOf(role)?.length ?? 0;
    const isLegacy = (role: string): number => Number(/^roles\/\w+\.legacy/.test(role));
    const leastFirst = (a: string, b: string): number =>
      isLegacy(a) - isLegacy(b) || size(a) - size(b);
    for (const role of this.names.toSorted(leastFirst)) {
      for (const permission of this.permissionsOf(role) ?? []) {
        const holders = this.#holders.get(permission);
        if (holders === undefined) this.#holders.set(permission, [role]);
        else holders.push(role);
      }
    }
  }

  /** This table and one more. Throws as the constructor does. */
  with(table: Roles): RoleTable {
    return new RoleTable([...this.#tables, table]);
  }

  /** The role's permissions on what is simulated; undefined for a role that the table lacks. */
  permissionsOf(role: string): readonly string[] | undefined {
    return this.#permissions.get(role);
  }

  /** Roles that hold the permission: fewest permissions first, equals by name; legacy ones last. */
  rolesWith(permission: string): readonly string[] {
    return this.#holders.get(permission) ?? [];
  }
}
