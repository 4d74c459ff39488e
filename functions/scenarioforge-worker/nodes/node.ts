import type { NodeName } from "../../messages/scenario-names.ts";
import type { Artifact, ArtifactName } from "../../scenarios/artifacts/index.ts";
import type { Brief } from "../brief.ts";
import type { About, Answer, QuestionName } from "../../scenarios/prompts/question.ts";

/** What the launcher may set, as far as nodes care (scenarioforge contract, 6.4). */
export interface NodeSettings {
  /** Evidence is made up, and nothing is fetched. */
  readonly simulates: boolean;
  /** Pages beyond the given sources may be looked for. */
  readonly allowWeb: boolean;
  readonly minForces: number;
  readonly minForcesPerDomain: number;
  readonly minEvidenceOk: number;
  readonly minEvidenceTotal: number;
  /** Null: any share may fail. */
  readonly maxFailedRatio: number | null;
  readonly minCitations: number;
  readonly forbidsFixtureCitations: boolean;
}

/** A text that was fetched or uploaded. */
export interface Fetched {
  readonly title: string;
  readonly text: string;
  readonly contentType: string;
  readonly httpStatus: number | null;
}

export interface Found {
  readonly text: string;
  readonly urls: readonly string[];
}

/** What a node works with. */
export interface Work {
  readonly brief: Brief;
  readonly settings: NodeSettings;
  /** http(s) URLs. */
  readonly sources: readonly string[];
  /** Ids of uploads. */
  readonly documents: readonly string[];
  readonly hasStrategies: boolean;
  /** An artifact that an earlier node made. @throws NodeFailure where there is none */
  readonly read: <Name extends ArtifactName>(name: Name) => Promise<Artifact<Name>>;
  /** The same, where there may be none. */
  readonly find: <Name extends ArtifactName>(name: Name) => Promise<Artifact<Name> | undefined>;
  /**
   * Asks a model. What `check` finds wrong with an answer, in words, is said to the model, which may answer again.
   * @throws NodeFailure
   */
  readonly ask: <Name extends QuestionName>(
    name: Name,
    about: About<Name>,
    check?: (answer: Answer<Name>) => readonly string[],
  ) => Promise<Answer<Name>>;
  /** Writes down what was repaired. */
  readonly note: (operation: string, details?: Readonly<Record<string, unknown>>) => void;
  /** A public page. @throws NodeFailure with the reason in words */
  readonly fetchPage: (url: string) => Promise<Fetched>;
  /** Pages on the web about something. */
  readonly search: (query: string) => Promise<Found>;
  /** An uploaded document. @throws NodeFailure with the reason in words */
  readonly openDocument: (id: string) => Promise<Fetched>;
  /** A PNG. Undefined where none is made. */
  readonly paint: (prompt: string) => Promise<Buffer | undefined>;
}

export interface Made {
  readonly artifacts: { readonly [Name in ArtifactName]?: Artifact<Name> };
  /** File names below images/ with their content. */
  readonly images?: Readonly<Record<string, Buffer>>;
  /** What was made is kept, and the node fails for this reason all the same. */
  readonly failure?: string;
}

export interface Node {
  readonly name: NodeName;
  /** Whether it asks a model. */
  readonly usesModel: boolean;
  /** Whether there is nothing to do. Default: there always is. */
  readonly skips?: (work: Work) => boolean;
  readonly make: (work: Work) => Promise<Made>;
}
