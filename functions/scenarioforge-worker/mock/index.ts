import type { About, Answer, QuestionName } from "../../scenarios/prompts/question.ts";
import type { Brief } from "../brief.ts";
import { axes } from "./axes.ts";
import { chanceOf } from "./chance.ts";
import { forces } from "./forces.ts";
import { framing } from "./framing.ts";
import type { Mocks } from "./mocks.ts";
import { plans } from "./plans.ts";
import { reading } from "./reading.ts";
import { stories } from "./stories.ts";

const MOCKS: Mocks = { ...framing, ...reading, ...forces, ...axes, ...stories, ...plans };

/** Answers as a model would, without one: the same question about the same run gets the same answer. */
export function mockAnswer<Name extends QuestionName>(
  name: Name,
  about: About<Name>,
  brief: Brief,
): Answer<Name> {
  return MOCKS[name](about, { brief, chance: chanceOf(brief.seed) });
}
