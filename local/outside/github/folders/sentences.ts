/** What has happened to a pull request, in a sentence for the person who caused it. */
import type { Happening } from "../events.ts";
import { printable } from "../pages/text.ts";
import type { PullRequest, Repository } from "../state/model.ts";

export interface Sentence {
  readonly text: string;
  readonly pull: PullRequest;
}

/** Nothing for what says no more than the sentence before it. */
export function sentencesOf(happening: Happening): readonly Sentence[] {
  if (happening.event === "check_run") {
    const { run, repository, action } = happening;
    if (action !== "completed") return [];
    const { conclusion, output, name } = run;
    const title = output.title === null ? "" : `, ${output.title}`;
    const text = `check ${name}: ${conclusion ?? ""}${title}`;
    return pullsOf(repository, run.headSha).map((pull) => sentence(pull, text));
  }
  if (happening.event === "issue_comment") {
    const { pull, user } = happening.comment;
    // Apps edit theirs again and again; a check says when they are done.
    return happening.action === "created" ? [sentence(pull, `${user.login} comments`)] : [];
  }
  const { pull, action } = happening;
  const head = pull.headSha.slice(0, 7);
  if (action === "opened") {
    return [sentence(pull, `opened, "${pull.title}" (${pull.headRef} → ${pull.baseRef}, ${head})`)];
  }
  return [sentence(pull, action === "synchronize" ? `is at ${head} now` : action)];
}

function sentence(pull: PullRequest, what: string): Sentence {
  return { pull, text: printable(`${pull.repository.fullName}#${pull.number} ${what}`) };
}

function pullsOf({ pulls }: Repository, headSha: string): readonly PullRequest[] {
  return [...pulls.values()].filter((pull) => pull.headSha === headSha);
}
