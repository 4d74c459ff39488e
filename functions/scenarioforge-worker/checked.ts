import * as v from "valibot";
import { ARTIFACTS } from "../scenarios/artifacts/index.ts";
import type { Artifact, ArtifactName } from "../scenarios/artifacts/index.ts";
import { NodeFailure } from "./failure.ts";

/** An artifact as it may be written. What it lacks is a failure of the node: nothing else is written. */
export function checked<Name extends ArtifactName>(name: Name, value: unknown): Artifact<Name> {
  const schema: v.GenericSchema<unknown, Artifact<Name>> = ARTIFACTS[name].schema;
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new NodeFailure(`${name} is not as it should be: ${problemOf(result.issues[0])}`);
}

/** Where it is wrong and what should be there. What is there instead may be anything, and is not repeated. */
export function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "the whole";
  return `${path} ${issue.kind === "schema" ? `must be ${issue.expected ?? "something else"}` : issue.message}`;
}
