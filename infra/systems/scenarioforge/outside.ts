/** What scenarioforge needs of the outside world. Plain values. */

/** An API that makes texts, vectors and pictures. */
export interface ModelApi {
  /** Its host. */
  readonly name: string;
}

export type ScenarioforgeOutside = Readonly<Record<"model API", readonly ModelApi[]>>;

/** Gemini's. Source: ai.google.dev/api, "Service endpoint". */
export const GEMINI_HOST = "generativelanguage.googleapis.com";
