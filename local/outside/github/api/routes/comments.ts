/** docs.github.com/rest/issues/comments and …/issues/labels, of pull requests: there are no other issues here. */
import {
  addComment,
  addLabels,
  removeComment,
  setCommentBody,
} from "../../operations/discussion.ts";
import type { Comment } from "../../state/model.ts";
import { commentsOf } from "../../state/state.ts";
import { commentView, labelView } from "../../views/pull-request.ts";
import { notFound, validationFailed } from "../errors.ts";
import { isText, optionalList, optionalText } from "../fields.ts";
import { page } from "../paging.ts";
import { ok, repositoryOf, route, writerOf, type Answer, type Call } from "../route.ts";
import { pullOf } from "./pulls.ts";

const READ = ["issues:read", "pull_requests:read"] as const;
const WRITE = ["issues:write", "pull_requests:write"] as const;

/** The refusal's own words, whichever limit holds. */
const TOO_LONG = "Body is too long (maximum is 65536 characters)";
const STATED_CHARACTERS = 65_536;
const MEASURED_BYTES = 262_144;

export const COMMENTS = [
  route("GET /repos/{owner}/{repo}/issues/{number}/comments", [...READ], (call) =>
    page(call, commentsOf(pullOf(call)), (comments) => comments.map(commentView)),
  ),
  route("POST /repos/{owner}/{repo}/issues/{number}/comments", [...WRITE], createComment),
  route("GET /repos/{owner}/{repo}/issues/comments/{id}", [...READ], (call) =>
    ok(commentView(commentOf(call))),
  ),
  route("PATCH /repos/{owner}/{repo}/issues/comments/{id}", [...WRITE], updateComment),
  route("DELETE /repos/{owner}/{repo}/issues/comments/{id}", [...WRITE], deleteComment),
  route("GET /repos/{owner}/{repo}/issues/{number}/labels", [...READ], (call) =>
    page(call, pullOf(call).labels, (labels) => labels.map(labelView)),
  ),
  route("POST /repos/{owner}/{repo}/issues/{number}/labels", [...WRITE], createLabels),
];

function createComment(call: Call): Answer {
  const body = bodyOf(call);
  const { comment } = addComment(call.world, pullOf(call), { ...writerOf(call), body });
  return { status: 201, json: commentView(comment) };
}

/** A refused body leaves the old one in place. */
function updateComment(call: Call): Answer {
  const comment = commentOf(call);
  setCommentBody(call.world, comment, bodyOf(call), writerOf(call).user);
  return ok(commentView(comment));
}

function deleteComment(call: Call): Answer {
  removeComment(call.world, commentOf(call), writerOf(call).user);
  return { status: 204 };
}

function createLabels(call: Call): Answer {
  const pull = pullOf(call);
  void addLabels(
    call.world,
    pull,
    optionalList(call.fields, "labels", isText) ?? [],
    writerOf(call).user,
  );
  return ok(pull.labels.map(labelView));
}

function bodyOf({ fields, world }: Call): string {
  const body = optionalText(fields, "body");
  const resource = "IssueComment";
  if (body === undefined || body.trim() === "") {
    throw validationFailed({ resource, field: "body", code: "missing_field" });
  }
  const tooLong =
    world.commentLimit === "stated"
      ? Array.from(body).length > STATED_CHARACTERS
      : Buffer.byteLength(body) > MEASURED_BYTES;
  if (!tooLong) return body;
  throw validationFailed({ resource, code: "unprocessable", field: "data", message: TOO_LONG });
}

function commentOf(call: Call): Comment {
  const comment = repositoryOf(call).comments.get(Number(call.param("id")));
  if (comment === undefined) throw notFound();
  return comment;
}
