import * as v from "valibot";
import { QUESTIONS } from "../scenarios/prompts/index.ts";
import type { About, Question, QuestionName } from "../scenarios/prompts/question.ts";
import { problemOf } from "./checked.ts";
import { NodeFailure } from "./failure.ts";
import type { Work } from "./nodes/node.ts";

/** Times that a model is told what is wrong with its answer, in one attempt of a node. */
const MAX_CORRECTIONS = 2;
const MAX_PROBLEMS = 10;

/** Whoever answers a question, in whatever form. `problems`: what was wrong with the last answer. */
export type Writer = <Name extends QuestionName>(
  name: Name,
  about: About<Name>,
  problems: readonly string[],
) => Promise<unknown>;

/** Asks until an answer is as it should be. What a writer says is judged here, whoever it is. */
export function askerOf(write: Writer, note: Work["note"]): Work["ask"] {
  return async (name, about, check) => {
    const question: Question<typeof name> = QUESTIONS[name];
    let problems: readonly string[] = [];
    for (let turn = 0; turn <= MAX_CORRECTIONS; turn += 1) {
      if (turn > 0) note("answer_corrected", { question: name, turn });
      const read = v.safeParse(question.answer, await write(name, about, problems));
      if (!read.success) {
        problems = read.issues.slice(0, MAX_PROBLEMS).map(problemOf);
        continue;
      }
      problems = (check?.(read.output) ?? []).slice(0, MAX_PROBLEMS);
      if (problems.length === 0) return read.output;
    }
    throw new NodeFailure(`No usable answer to the question ${name}: ${problems.join(" ")}`);
  };
}
