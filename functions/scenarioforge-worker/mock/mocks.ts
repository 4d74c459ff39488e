import type { About, Answer, QuestionName } from "../../scenarios/prompts/question.ts";
import type { Brief } from "../brief.ts";
import type { Chance } from "./chance.ts";

/** What a mock answer may depend on, besides what is asked: nothing else, so that it is the same every time. */
export interface Mock {
  readonly brief: Brief;
  readonly chance: Chance;
}

/** What a model might answer, made up. */
export type Mocks = {
  readonly [Name in QuestionName]: (about: About<Name>, mock: Mock) => Answer<Name>;
};
