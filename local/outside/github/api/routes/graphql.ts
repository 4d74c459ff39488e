/** The one mutation that has no REST equivalent: docs.github.com/graphql/reference/mutations#minimizecomment. */
import { isFields, optionalText, type Fields } from "../fields.ts";
import { ok, route, tokenOf, type Answer, type Call } from "../route.ts";
import { grants, reaches } from "../tokens.ts";

/** docs.github.com/graphql/reference/enums#reportedcontentclassifiers */
const CLASSIFIERS = ["ABUSE", "DUPLICATE", "OFF_TOPIC", "OUTDATED", "RESOLVED", "SPAM"];

export const GRAPHQL = [route("POST /graphql", "token", minimizeComment)];

function minimizeComment(call: Call): Answer {
  const { fields, world } = call;
  const query = optionalText(fields, "query") ?? "";
  if (!/\bminimizeComment\s*\(/.test(query)) {
    return failed("The stand-in GitHub implements no GraphQL but the mutation minimizeComment.");
  }
  const variables = isFields(fields.variables) ? fields.variables : {};
  const subjectId = argument("subjectId", query, variables);
  const classifier = argument("classifier", query, variables);
  if (!CLASSIFIERS.includes(classifier)) {
    return failed(`Argument 'classifier' has an invalid value (${classifier}).`);
  }
  const found = world.state.comment(subjectId);
  const token = tokenOf(call);
  if (found === undefined || !reaches(token, found.repository)) {
    return failed(`Could not resolve to a node with the global id of '${subjectId}'.`, "NOT_FOUND");
  }
  // The mutation's page names no permission; these are those of changing a comment.
  const needed = ["issues:write", "pull_requests:write"];
  if (!needed.some((permission) => grants(token.permissions, permission))) {
    return failed("Resource not accessible by integration", "FORBIDDEN");
  }
  found.comment.minimized = classifier;
  const minimizedReason = classifier.toLowerCase();
  return ok({
    data: { minimizeComment: { minimizedComment: { isMinimized: true, minimizedReason } } },
  });
}

/** A value written in the query, given by a variable, or part of a variable `$input`. */
function argument(name: string, query: string, variables: Fields): string {
  const written = new RegExp(`\\b${name}:\\s*(?:\\$(\\w+)|"([^"]*)"|(\\w+))`).exec(query);
  if (written !== null) {
    const [, variable, quoted, word] = written;
    return variable === undefined ? (quoted ?? word ?? "") : asText(variables[variable]);
  }
  const input = variables[/\binput:\s*\$(\w+)/.exec(query)?.[1] ?? ""];
  return isFields(input) ? asText(input[name]) : "";
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** GraphQL answers 200 whatever happened. */
function failed(message: string, type?: string): Answer {
  const error = { ...(type !== undefined && { type }), path: ["minimizeComment"], message };
  return ok({ data: { minimizeComment: null }, errors: [error] });
}
