/** One thing that is wrong. */
export interface Problem {
  /** `workers[1].deadlineSeconds` */
  readonly path: string;
  readonly found: unknown;
  /** What it must be. */
  readonly rule: string;
  /** A value to set; by default the key's example. */
  readonly value?: string | number | undefined;
  /** The key whose removal mends it; by default a value is to be set. */
  readonly remove?: string;
}
