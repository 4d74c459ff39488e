import { setCheck, settleCheck } from "../../github/check-runs.ts";
import type { KnownCheck } from "../../github/check-runs.ts";
import type { GitHub } from "../../github/client.ts";
import type { Comment, PullRequest, Target } from "../ports.ts";
import { asking } from "./failures.ts";

const NOT_FOUND = 404;
const GONE = 410;
/** Markers stand in the first two lines; the longest are well below this. */
const OPENING_LENGTH = 1_000;

/** docs.github.com/graphql/reference/mutations#minimizecomment */
const HIDE = `mutation ($id: ID!) {
  minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { minimizedComment { isMinimized } }
}`;

/** A pull request through Octokit. */
export function pullRequestOf(
  github: GitHub,
  appId: string,
  { fullName, number }: Target,
): PullRequest {
  const [owner = "", repo = ""] = fullName.split("/");
  const where = { owner, repo };
  const issue = { ...where, issue_number: number };
  const checks = new Map<string, KnownCheck>();
  return {
    read: () =>
      asking(async () => {
        const { data } = await github.pulls.get({ ...where, pull_number: number });
        // GitHub's types miss that a fork may be deleted.
        const head = data.head.repo as { full_name: string } | null;
        return {
          headSha: data.head.sha,
          isOpen: data.state === "open",
          headRepo: head?.full_name,
          baseRef: data.base.ref,
          updatedAt: data.updated_at,
        };
      }),
    comments: () =>
      asking(async () => {
        const ours: Comment[] = [];
        const pages = github.paginate.iterator(github.issues.listComments, {
          ...issue,
          per_page: 100,
        });
        // Only what is needed is kept of each page: a busy pull request has megabytes of comments.
        for await (const { data } of pages) {
          for (const each of data) {
            if (String(each.performed_via_github_app?.id) === appId) ours.push(commentOf(each));
          }
        }
        return ours;
      }),
    post: (body) =>
      asking(async () => {
        // Not tried again where GitHub failed: it may have written the comment all the same.
        const { data } = await github.issues.createComment({
          ...issue,
          body,
          request: { retries: 0 },
        });
        return commentOf(data);
      }),
    edit: (id, body) =>
      asking(async () => {
        const { data } = await github.issues.updateComment({ ...where, comment_id: id, body });
        return commentOf(data);
      }).catch(unlessGone),
    remove: async ({ id }) => {
      await asking(() => github.issues.deleteComment({ ...where, comment_id: id })).catch(
        unlessGone,
      );
    },
    hide: async ({ nodeId }) => {
      await asking(() => github.graphql(HIDE, { id: nodeId }));
    },
    setCheck: async ({ headSha, name }, state) => {
      const key = `${headSha} ${name}`;
      const check = { ...where, headSha, name };
      const set = await asking(() => setCheck(github, appId, check, state, checks.get(key)));
      checks.set(key, set);
    },
    settleCheck: ({ headSha, name }, state) =>
      asking(() => settleCheck(github, appId, { ...where, headSha, name }, state)),
  };
}

interface CommentView {
  readonly id: number;
  readonly node_id: string;
  readonly html_url: string;
  readonly body?: string | null | undefined;
}

function commentOf({ id, node_id, html_url, body }: CommentView): Comment {
  return { id, nodeId: node_id, url: html_url, opening: (body ?? "").slice(0, OPENING_LENGTH) };
}

function unlessGone(error: unknown): undefined {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  if (status !== NOT_FOUND && status !== GONE) throw error;
  return undefined;
}
