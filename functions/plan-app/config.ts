import * as v from "valibot";
import { PlanRequest, PlanSettings, RepositoryPath } from "../messages/plan-request.ts";

/** Where a repository says how it wants to be planned; read from the base branch only. */
export const CONFIG_FILE = ".plan-runner.yaml";

/** As much as anyone writes by hand. */
export const MAX_CONFIG_BYTES = 32_768;

const MAX_DIRECTORIES = 500;
const MAX_GLOBS = 50;
const DEFAULT_LABEL = "run-plan";

const { workspace: Workspace, var_files: VarFiles } = PlanRequest.entries.work.entries;
const {
  allow: Allow,
  max_destroys: MaxDestroys,
  max_failed_checks: MaxFailedChecks,
  protected: Protected,
} = PlanSettings.entries;

const Glob = v.pipe(
  v.string("must be a text"),
  v.nonEmpty("must not be empty"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(/^(?![!/]|\.\/)/, "must be relative to the repository's root and must not begin with !"),
);

const Directory = v.strictObject({
  /** From the repository's root; `.` is the root. */
  dir: RepositoryPath,
  /** Default: the workspace `default`. */
  workspaces: v.optional(
    v.pipe(
      v.array(Workspace.wrapped, "must be a list"),
      v.nonEmpty("must name a workspace"),
      v.check((names) => new Set(names).size === names.length, "must not name one twice"),
    ),
    ["default"],
  ),
  /** Relative to the directory, which they may lie above. */
  var_files: VarFiles,
  /** Globs from the repository's root: what else than its own files makes it be planned. */
  when_modified: v.optional(
    v.pipe(
      v.array(Glob, "must be a list of globs"),
      v.maxLength(MAX_GLOBS, `must have at most ${MAX_GLOBS} globs`),
    ),
    [],
  ),
});

/** The file `.plan-runner.yaml`. */
export const RepositoryConfig = v.strictObject({
  /** What is planned. Default: directories with OpenTofu files that a pull request changes. */
  directories: v.optional(
    v.pipe(
      v.array(Directory, "must be a list"),
      v.maxLength(MAX_DIRECTORIES, `must list at most ${MAX_DIRECTORIES} directories`),
      v.check(
        (list) => new Set(list.map(({ dir }) => dir)).size === list.length,
        "must not list a directory twice",
      ),
    ),
  ),
  /** Whether drafts are planned. Default false: from the time that they are ready for review. */
  drafts: v.optional(v.boolean("must be true or false"), false),
  /** The label by which a maintainer lets the head of a fork be planned; false: nothing of forks ever is. */
  forks: v.optional(
    v.union(
      [
        v.literal(false),
        v.strictObject({ label: v.pipe(v.string(), v.nonEmpty(), v.maxLength(50)) }),
      ],
      "must be false, or `{label: NAME}`",
    ),
    { label: DEFAULT_LABEL },
  ),
  allow: v.optional(v.strictObject(Allow.wrapped.entries), {}),
  max_destroys: MaxDestroys,
  max_failed_checks: MaxFailedChecks,
  protected: Protected,
});
export type RepositoryConfig = v.InferOutput<typeof RepositoryConfig>;
export type ListedDirectory = NonNullable<RepositoryConfig["directories"]>[number];

/** Keys by the place of their mapping: `""` is the file itself. */
export const KNOWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["", Object.keys(RepositoryConfig.entries)],
  ["directories", Object.keys(Directory.entries)],
  ["allow", Object.keys(Allow.wrapped.entries)],
]);

/** The config file cannot be used. The message is for the people of the repository. */
export class ConfigProblem extends Error {
  /** The line at fault, from 1, and what it says; undefined where it is not one line. */
  readonly line: { readonly number: number; readonly text: string } | undefined;

  constructor(message: string, line?: { readonly number: number; readonly text: string }) {
    super(message);
    this.name = "ConfigProblem";
    this.line = line;
  }
}
