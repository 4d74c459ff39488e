import * as v from "valibot";

/**
 * `owner/repo`, as GitHub allows both: letters, digits, hyphens, underscores (of owners: those that an enterprise manages,
 * `mona_acme`), and for the repository dots.
 */
const FullName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{1,39}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/, "must be owner/repository"),
);

const Sha = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, "must be a full commit id in lower-case hexadecimal"),
);

/** An http(s) URL; an empty one is as good as none. */
const HttpUrl = v.pipe(
  v.string(),
  v.maxLength(500),
  v.check(
    (url) => url === "" || (URL.canParse(url) && /^https?:/.test(url)),
    "must be an http(s) URL",
  ),
  v.transform((url) => (url === "" ? undefined : url)),
);

const Ref = v.pipe(v.string(), v.maxLength(300));

/** Text that may stand in a log line, a comment and an argument: no control characters, no option of a program. */
const Word = v.pipe(
  v.string(),
  // eslint-disable-next-line no-control-regex -- these are the characters to keep out
  v.regex(/^[^-\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$/, "must be plain text"),
  v.maxLength(200),
);

const RelativePath = v.pipe(
  v.string(),
  v.maxLength(500),
  v.transform(normalised),
  v.check(
    // eslint-disable-next-line no-control-regex -- these are the characters to keep out
    (path) => !/^[-/\\]|[\u0000-\u001f\u007f\\]/.test(path),
    "must be a relative path",
  ),
);

/** A path inside the repository, `.` for its root; never absolute, never above it. */
export const RepositoryPath = v.pipe(
  RelativePath,
  v.check((path) => !path.split("/").includes(".."), "must be a path inside the repository"),
);

/** `./a//b/./c/` → `a/b/c`, an empty one → `.`. What leads upwards stays as it is. */
function normalised(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `${path.startsWith("/") ? "/" : ""}${parts.join("/")}` || ".";
}

/**
 * What OpenTofu names a workspace: what Go's url.PathEscape leaves as it is (internal/command/meta.go, validWorkspaceName).
 * It sets no limit; as a folder, which the local backend makes of it, it has at most 255 characters, and is no other one.
 */
const Workspace = v.pipe(
  v.string(),
  v.regex(/^(?!\.{1,2}$)[A-Za-z0-9._~$&+:=@-]{1,255}$/, "must be a workspace's name"),
);

/** What a repository's own file, read from the base branch, says about its plans. */
export const PlanSettings = v.object({
  allow: v.optional(
    v.object({
      /** Types of data sources that are refused by default and allowed here: `external`, `http`. */
      data_sources: v.optional(v.array(Word), []),
      /** Whether `provisioner` blocks are allowed. */
      provisioners: v.optional(v.boolean(), false),
      /** Sources of providers that are allowed besides the stack's, `grafana/grafana`, `example/*`. */
      providers: v.optional(v.array(Word), []),
      /** Places that may be sent to besides the stack's: `gcs:acme-state-*`, `state.example.com`. */
      places: v.optional(v.array(Word), []),
    }),
    {},
  ),
  /** The check fails where a plan destroys or replaces more. Absent: no limit. */
  max_destroys: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** The check fails where more `check` blocks fail. Absent: no limit. */
  max_failed_checks: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  /** The check fails where an address like these (`*` stands for anything) is destroyed or replaced. */
  protected: v.optional(v.array(Word), []),
});
export type PlanSettings = v.InferOutput<typeof PlanSettings>;

/**
 * Asks for the plan of one directory of a pull request (plan-runner document, Message schema). Members that are not
 * listed here are ignored, as the first runner ignored them. `installation.token` is accepted and never used.
 */
export const PlanRequest = v.object({
  /** For the log. */
  request_id: v.optional(v.pipe(v.string(), v.maxLength(200)), ""),
  repo: v.object({
    full_name: FullName,
    /** Not used: the repository is asked for by its name. */
    clone_url: v.optional(v.pipe(v.string(), v.maxLength(500))),
    default_branch: v.optional(Ref),
  }),
  pull_request: v.object({
    number: v.pipe(v.number(), v.integer(), v.minValue(1)),
    head_sha: Sha,
    head_ref: v.optional(Ref),
    base_ref: v.optional(Ref),
    /** When GitHub last changed the pull request, as the webhook told it. */
    updated_at: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  }),
  installation: v.nullish(v.object({ id: v.optional(v.pipe(v.number(), v.integer())) }), {}),
  work: v.object({
    dir: v.optional(RepositoryPath, "."),
    /** Of the first runner's marker: `pr-<number>-<first 7 of the head>`. An empty one is `default`. */
    plan_id: v.pipe(
      v.string(),
      v.transform((id) => id || "default"),
      Word,
      v.regex(/^[^<>]*$/, "must not hold < or >"),
    ),
    workspace: v.optional(Workspace, "default"),
    /** Relative to the directory, which they may lie above; files outside of the repository are not read. */
    var_files: v.optional(v.pipe(v.array(RelativePath), v.maxLength(20)), []),
    /** The delivery that asked for this head again, by button or comment: a finished plan does not answer it. */
    rerun: v.optional(v.pipe(v.string(), v.maxLength(100))),
    /** A maintainer let this head of a fork be planned. */
    fork_allowed: v.optional(v.boolean(), false),
    settings: v.optional(PlanSettings, {}),
    /**
     * All plans that the pull request has at this head, this one among them: what was planned of it elsewhere is a thing
     * of the past. Absent where they were not all looked for.
     */
    plans: v.optional(
      v.pipe(v.array(v.object({ dir: RepositoryPath, workspace: Workspace })), v.maxLength(50)),
    ),
  }),
  /** Default: the one of whoever reads this. */
  github_api_base_url: v.optional(HttpUrl),
});
export type PlanRequest = v.InferOutput<typeof PlanRequest>;
/** What a sender writes. */
export type PlanRequestInput = v.InferInput<typeof PlanRequest>;
