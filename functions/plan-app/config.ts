import * as v from "valibot";
import { PlanRequest, PlanSettings, RepositoryPath } from "../messages/plan-request.ts";
import { fromRoot } from "./globs.ts";

/** Where a repository says how it wants to be planned; read from the base branch only. */
export const CONFIG_FILE = ".plan-runner.yaml";

/** As much as anyone writes by hand. */
export const MAX_CONFIG_BYTES = 32_768;

const MAX_DIRECTORIES = 500;
const MAX_GLOBS = 50;
/** Those of a request. */
const MAX_VAR_FILES = 20;
const DEFAULT_LABEL = "run-plan";

const { workspace: Workspace, var_files: VarFiles } = PlanRequest.entries.work.entries;
const {
  allow: Allow,
  max_destroys: MaxDestroys,
  max_failed_checks: MaxFailedChecks,
  protected: Protected,
} = PlanSettings.entries;
const { providers: Providers } = Allow.wrapped.entries;

const Glob = v.pipe(
  v.string("must be a text"),
  v.nonEmpty("must not be empty"),
  v.maxLength(200, "must have at most 200 characters"),
  v.regex(/^[^!]/, "must not begin with !: list what counts, what does not is left out"),
  v.regex(/^[^/]/, ({ input }) => {
    const right = input.replace(/^\/+/, "");
    return `must be seen from the repository's root without a / before it: ${JSON.stringify(right)}`;
  }),
  v.regex(/^(?!\s).*(?<!\s)$/s, "must not begin or end with a space"),
  v.regex(/^(?!.*\\[A-Za-z0-9])/s, ({ input }) => {
    const right = input.replaceAll("\\", "/");
    return `must have / between folders: ${JSON.stringify(right)}`;
  }),
  v.regex(
    /^(?!.*[{,]\.{1,2}[/,}])/s,
    "must not have . or .. within braces: list two globs instead",
  ),
);

/** From the repository's root; `.` is the root. A pattern means every directory with OpenTofu files that is named like it. */
const Dir = v.pipe(
  RepositoryPath,
  v.regex(/^[^!]/, "must not begin with !: list the directories that are planned"),
);

const Directory = v.pipe(
  v.strictObject({
    dir: Dir,
    /** Default: the workspace `default`. */
    workspaces: v.optional(
      v.pipe(
        v.array(Workspace.wrapped, "must be a list"),
        v.nonEmpty("must name a workspace"),
        distinct((name) => name, "must not name one twice"),
      ),
      ["default"],
    ),
    /** Relative to the directory, which they may lie above. */
    var_files: v.pipe(
      listOf(
        v.pipe(
          VarFiles.wrapped.item,
          v.check((file) => !file.includes("*"), "must be one file; a pattern is none"),
        ),
      ),
      v.maxLength(MAX_VAR_FILES, `must have at most ${MAX_VAR_FILES} files`),
    ),
    /**
     * Globs from the repository's root, or with `./` or `../` before them from the directory: what else than its own files
     * makes it be planned.
     */
    when_modified: v.optional(
      v.pipe(
        v.array(Glob, "must be a list of globs"),
        v.maxLength(MAX_GLOBS, `must have at most ${MAX_GLOBS} globs`),
      ),
      [],
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { dir, when_modified: globs } = dataset.value;
    const at = globs.findIndex((glob) => fromRoot(glob, dir) === undefined);
    if (at === -1) return;
    const message = `must lead to a place in the repository, as seen from ${JSON.stringify(dir)}`;
    addIssue({ message, path: [keyOf("when_modified"), keyOf(at)] });
  }),
);

/** Sources as isAllowedProvider of the executor compares them, part by part (opentofu.org/docs/language/providers/requirements). */
const PROVIDER =
  /^(?:[A-Za-z0-9_-]+|(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::\d+)?\/)?(?:[A-Za-z0-9_-]+|\*)\/(?:[A-Za-z0-9_-]+|\*))$/;

const AllowedInFile = v.strictObject({
  ...Allow.wrapped.entries,
  data_sources: listOf(
    v.picklist(
      ["external", "http", "local_command"],
      "must be external, http or local_command; all others are allowed",
    ),
  ),
  providers: listOf(
    v.pipe(
      Providers.wrapped.item,
      v.regex(PROVIDER, "must be a source like grafana/grafana, or example/* for a namespace"),
    ),
  ),
});

/** An address, `google_sql_database_instance.main["a"]`, with `*` for anything; keys may hold whatever they like. */
const ADDRESS = /^(?!data\.)[\p{L}\p{N}_.*-]+(?:\[.*)?$/su;

/** The file `.plan-runner.yaml`. */
export const RepositoryConfig = v.strictObject({
  /** What is planned. Default: directories with OpenTofu files that a pull request changes. */
  directories: v.optional(
    v.pipe(
      v.array(Directory, "must be a list"),
      v.nonEmpty("must list a directory; without the key all are found"),
      v.maxLength(MAX_DIRECTORIES, `must list at most ${MAX_DIRECTORIES} directories`),
      distinct(({ dir }) => dir, "must not list a directory twice"),
    ),
  ),
  /** Whether drafts are planned. Default false: from the time that they are ready for review. */
  drafts: v.optional(v.boolean("must be true or false"), false),
  /** The label by which a maintainer lets the head of a fork be planned; false: nothing of forks ever is. */
  forks: v.optional(
    v.union(
      [
        v.literal(false),
        // GitHub's labels do not begin or end with a space, and have no more characters.
        v.strictObject({ label: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(50)) }),
      ],
      "must be false, or `{label: NAME}`",
    ),
    { label: DEFAULT_LABEL },
  ),
  allow: v.optional(AllowedInFile, {}),
  max_destroys: MaxDestroys,
  max_failed_checks: MaxFailedChecks,
  protected: listOf(
    v.pipe(
      Protected.wrapped.item,
      v.regex(
        ADDRESS,
        "must be a resource's address, google_sql_database_instance.main or with a *",
      ),
    ),
  ),
});
export type RepositoryConfig = v.InferOutput<typeof RepositoryConfig>;
export type ListedDirectory = NonNullable<RepositoryConfig["directories"]>[number];

function listOf<const Item extends v.GenericSchema>(item: Item) {
  return v.optional(v.array(item, "must be a list"), []);
}

/** Refuses a list in which two items have the same name; says so at the second. */
function distinct<T>(nameOf: (item: T) => string, message: string) {
  return v.rawCheck<T[]>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const names = dataset.value.map(nameOf);
    const at = names.findIndex((name, index) => names.indexOf(name) < index);
    if (at !== -1) addIssue({ message, path: [keyOf(at)] });
  });
}

/** Of what is at fault. The rest of it nobody looks at. */
function keyOf(key: string | number): v.UnknownPathItem {
  return { type: "unknown", origin: "value", input: undefined, key, value: undefined };
}

/** Keys by the place of their mapping: `""` is the file itself. */
export const KNOWN_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ["", Object.keys(RepositoryConfig.entries)],
  ["directories", Object.keys(Directory.pipe[0].entries)],
  ["allow", Object.keys(AllowedInFile.entries)],
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
