/** What is said once, when the local cloud answers. */
export interface Ready {
  /** What a person opens besides the entry points. */
  readonly pages: readonly Page[];
  /** Lines on how to begin. */
  readonly hints: readonly string[];
}

export interface Page {
  /** `GitHub` */
  readonly title: string;
  /** Its name in `--json`: `github`. */
  readonly key: string;
  /** `http://127.0.0.1:8082` */
  readonly url: string;
}
