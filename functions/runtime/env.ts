import * as v from "valibot";

/** The environment does not satisfy a role's env.ts. The message lists every problem. */
export class EnvError extends Error {
  constructor(problems: readonly string[]) {
    super(`The environment of this role is not complete:\n${problems.join("\n")}`);
    this.name = "EnvError";
  }
}

/**
 * Reads the environment at cold start; throws an EnvError that names every problem at once. Values are not repeated in
 * the message: a variable may hold a secret.
 */
export function readEnv<const Schema extends v.GenericSchema>(
  schema: Schema,
  variables: Readonly<Record<string, string | undefined>> = process.env,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, variables);
  if (result.success) return result.output;
  throw new EnvError(
    result.issues.map((issue) => {
      const path = v.getDotPath(issue) ?? "environment";
      const isMissing = issue.received === "undefined" && issue.path?.length === 1;
      return isMissing ? `- ${path}: not set` : `- ${path}: ${issue.message}`;
    }),
  );
}
