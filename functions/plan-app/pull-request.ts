import * as v from "valibot";
import { PlanRequest } from "../messages/plan-request.ts";
import type { PullRequest } from "./ports.ts";

const { number, head_sha, head_ref } = PlanRequest.entries.pull_request.entries;
const Ref = head_ref.wrapped;

/** A pull request as GitHub writes it, in webhooks and in answers; members that are not needed are not looked at. */
export const PullRequestJson = v.pipe(
  v.object({
    number,
    state: v.optional(v.string(), "open"),
    draft: v.nullish(v.boolean(), false),
    updated_at: v.nullish(v.string()),
    head: v.object({
      sha: head_sha,
      ref: Ref,
      // Null where the fork was deleted.
      repo: v.nullish(v.object({ full_name: v.string() })),
    }),
    base: v.object({ ref: Ref }),
  }),
  v.transform(({ number, state, draft, updated_at, head, base }): PullRequest => ({
    number,
    isOpen: state === "open",
    isDraft: draft,
    headSha: head.sha,
    headRef: head.ref,
    headRepo: head.repo?.full_name,
    baseRef: base.ref,
    updatedAt: dateOf(updated_at),
  })),
);

function dateOf(text: string | null | undefined): Date | undefined {
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
