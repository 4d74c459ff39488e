import * as v from "valibot";
import { PlanRequest, RepositoryPath } from "../messages/plan-request.ts";
import type { PullRequest } from "./ports.ts";
import { PullRequestJson } from "./pull-request.ts";

const { number: PullRequestNumber, head_sha: Sha } = PlanRequest.entries.pull_request.entries;

const Login = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,100}$/, "must be a login"));
const Sender = v.object({ login: v.string(), type: v.optional(v.string(), "User") });

/** What every event of a repository has. */
const OfRepository = {
  repository: PlanRequest.entries.repo,
  installation: v.optional(v.object({ id: v.pipe(v.number(), v.integer()) })),
};

const PullRequestEvent = v.object({ ...OfRepository, pull_request: PullRequestJson });
const LabeledEvent = v.object({
  ...PullRequestEvent.entries,
  label: v.object({ name: v.string() }),
  sender: Sender,
});
const EditedEvent = v.object({
  ...PullRequestEvent.entries,
  changes: v.optional(v.object({ base: v.optional(v.unknown()) }), {}),
});
const AskedOfCommit = v.object({
  head_sha: Sha,
  app: v.nullish(v.object({ id: v.number() })),
  pull_requests: v.optional(
    v.array(
      v.object({
        number: PullRequestNumber,
        base: v.nullish(v.object({ repo: v.nullish(v.object({ id: v.number() })) })),
      }),
    ),
    [],
  ),
});
const AskedByButton = {
  ...OfRepository,
  repository: v.object({ ...OfRepository.repository.entries, id: v.number() }),
  sender: Sender,
};
const CheckRunEvent = v.object({
  ...AskedByButton,
  check_run: v.object({ ...AskedOfCommit.entries, name: v.string() }),
});
const CheckSuiteEvent = v.object({ ...AskedByButton, check_suite: AskedOfCommit });
const CommentEvent = v.object({
  ...OfRepository,
  issue: v.object({ number: PullRequestNumber, pull_request: v.optional(v.unknown()) }),
  comment: v.object({ body: v.nullish(v.string(), "") }),
  sender: Sender,
});

const Installation = v.object({
  id: v.number(),
  account: v.nullish(v.object({ login: v.optional(v.string()) })),
});
const InstallationEvent = v.object({ installation: Installation });
const Names = v.optional(v.array(v.object({ full_name: v.string() })), []);
const InstallationRepositoriesEvent = v.object({
  installation: Installation,
  repositories_added: Names,
  repositories_removed: Names,
});

/** Why a plan is wanted. */
export type Cause =
  /** The pull request came, or has another head. */
  | { readonly kind: "pushed" }
  | { readonly kind: "reopened" }
  | { readonly kind: "ready" }
  /** It is to be merged into another branch, whose settings hold from now on. */
  | { readonly kind: "base" }
  | { readonly kind: "label"; readonly label: string; readonly sender: string }
  /** The button of a check, by its name; of all checks where it is undefined. */
  | { readonly kind: "button"; readonly check: string | undefined; readonly sender: string }
  /** `/plan`, of all directories where it names none. */
  | { readonly kind: "comment"; readonly dir: string | undefined; readonly sender: string };

/** Which pull requests an event is about. */
export type Subject =
  | { readonly pullRequest: PullRequest }
  | { readonly number: number }
  /** Those of a commit; GitHub names none of them where they come from forks. */
  | { readonly sha: string; readonly numbers: readonly number[] };

/** A plan is wanted. */
export interface Ask {
  readonly event: string;
  readonly action: string;
  readonly repo: PlanRequest["repo"];
  readonly installationId: number | undefined;
  readonly subject: Subject;
  readonly cause: Cause;
}

/** What an event means. */
export type Reading =
  | { readonly kind: "nothing" }
  /** Nothing but a line for the log with these members. */
  | { readonly kind: "note"; readonly note: Readonly<Record<string, unknown>> }
  | { readonly kind: "ask"; readonly ask: Ask }
  /** It does not look like GitHub's: the place and what is wrong with it. */
  | { readonly kind: "malformed"; readonly field: string | undefined; readonly problem: string };

const NOTHING: Reading = { kind: "nothing" };

/** Reads the event of that name (docs.github.com/webhooks/webhook-events-and-payloads). */
export function readEvent(event: string, payload: unknown, appId: string): Reading {
  const { action = "" } = v.is(WithAction, payload) ? payload : {};
  const read = READERS.get(`${event}.${action}`) ?? READERS.get(event);
  return read?.(payload, { event, action, appId }) ?? NOTHING;
}

const WithAction = v.object({ action: v.optional(v.string()) });

interface Which {
  readonly event: string;
  readonly action: string;
  readonly appId: string;
}
type Reader = (payload: unknown, which: Which) => Reading;

const READERS: ReadonlyMap<string, Reader> = new Map([
  ["pull_request.opened", onPullRequest("pushed")],
  ["pull_request.synchronize", onPullRequest("pushed")],
  ["pull_request.reopened", onPullRequest("reopened")],
  ["pull_request.ready_for_review", onPullRequest("ready")],
  ["pull_request.edited", reader(EditedEvent, onEdited)],
  ["pull_request.labeled", reader(LabeledEvent, onLabeled)],
  ["check_run.rerequested", reader(CheckRunEvent, onCheckRun)],
  ["check_suite.rerequested", reader(CheckSuiteEvent, onCheckSuite)],
  ["issue_comment.created", reader(CommentEvent, onComment)],
  ["installation.created", reader(InstallationEvent, onInstallation)],
  ["installation.deleted", reader(InstallationEvent, onInstallation)],
  ["installation_repositories.added", reader(InstallationRepositoriesEvent, onRepositories)],
  ["installation_repositories.removed", reader(InstallationRepositoriesEvent, onRepositories)],
  ["ping", () => ({ kind: "note", note: {} })],
]);

function reader<const Schema extends v.GenericSchema>(
  schema: Schema,
  read: (payload: v.InferOutput<Schema>, which: Which) => Reading,
): Reader {
  return (payload, which) => {
    const parsed = v.safeParse(schema, payload);
    if (parsed.success) return read(parsed.output, which);
    const [issue] = parsed.issues;
    const isMissing = issue.received === "undefined";
    const field = v.getDotPath(issue) ?? undefined;
    return { kind: "malformed", field, problem: isMissing ? "is required" : issue.message };
  };
}

interface FromRepository {
  readonly repository: PlanRequest["repo"];
  readonly installation?: { readonly id: number } | undefined;
}

function ask(payload: FromRepository, which: Which, subject: Subject, cause: Cause): Reading {
  const { event, action } = which;
  const { repository: repo, installation } = payload;
  const installationId = installation?.id;
  return { kind: "ask", ask: { event, action, repo, installationId, subject, cause } };
}

function onPullRequest(kind: "pushed" | "reopened" | "ready"): Reader {
  return reader(PullRequestEvent, (payload, which) =>
    ask(payload, which, { pullRequest: payload.pull_request }, { kind }),
  );
}

function onEdited(payload: v.InferOutput<typeof EditedEvent>, which: Which): Reading {
  // A title or a text that was edited changes no plan.
  if (payload.changes.base === undefined) return NOTHING;
  return ask(payload, which, { pullRequest: payload.pull_request }, { kind: "base" });
}

function onLabeled(payload: v.InferOutput<typeof LabeledEvent>, which: Which): Reading {
  const { label, sender, pull_request: pullRequest } = payload;
  if (!isPerson(sender)) return NOTHING;
  const cause = { kind: "label", label: label.name, sender: sender.login } as const;
  return ask(payload, which, { pullRequest }, cause);
}

function onCheckRun(payload: v.InferOutput<typeof CheckRunEvent>, which: Which): Reading {
  return onButton(payload, which, payload.check_run, payload.check_run.name);
}

function onCheckSuite(payload: v.InferOutput<typeof CheckSuiteEvent>, which: Which): Reading {
  return onButton(payload, which, payload.check_suite, undefined);
}

type OfCommit = v.InferOutput<typeof AskedOfCommit>;
type Pressed = Omit<v.InferOutput<typeof CheckSuiteEvent>, "check_suite">;

function onButton(
  { repository: { id, ...repository }, installation, sender }: Pressed,
  which: Which,
  commit: OfCommit,
  check: string | undefined,
): Reading {
  if (!isOurs(commit, which) || !isPerson(sender)) return NOTHING;
  const cause = { kind: "button", check, sender: sender.login } as const;
  return ask({ repository, installation }, which, commitOf(commit, id), cause);
}

function isOurs({ app }: OfCommit, { appId }: Which): boolean {
  return String(app?.id) === appId;
}

/** GitHub names pull requests of other repositories too, where those hold the commit. */
function commitOf({ head_sha: sha, pull_requests }: OfCommit, repositoryId: number): Subject {
  const own = pull_requests.filter(({ base }) => base?.repo?.id === repositoryId);
  return { sha, numbers: own.map(({ number }) => number) };
}

function onComment(payload: v.InferOutput<typeof CommentEvent>, which: Which): Reading {
  const { issue, comment, sender } = payload;
  const isOfPullRequest = issue.pull_request !== undefined && issue.pull_request !== null;
  if (!isOfPullRequest || !isPerson(sender)) return NOTHING;
  const command = commandOf(comment.body);
  if (command === undefined) return NOTHING;
  const cause = { kind: "comment", dir: command.dir, sender: sender.login } as const;
  return ask(payload, which, { number: issue.number }, cause);
}

/** A comment whose first line is `/plan`, or `/plan DIRECTORY`. */
function commandOf(body: string): { readonly dir: string | undefined } | undefined {
  const [line = ""] = body.slice(0, 1_000).trimStart().split(/\r?\n/);
  const match = /^\/plan(?:[ \t]+(\S.*?))?[ \t]*$/.exec(line);
  if (match === null) return undefined;
  if (match[1] === undefined) return { dir: undefined };
  const dir = v.safeParse(RepositoryPath, match[1]);
  return dir.success ? { dir: dir.output } : undefined;
}

// An app's comment could answer its own, and what it may do is not told by the permissions of a person.
function isPerson({ type, login }: v.InferOutput<typeof Sender>): boolean {
  return type === "User" && v.is(Login, login);
}

function onInstallation({ installation }: v.InferOutput<typeof InstallationEvent>): Reading {
  const { id, account } = installation;
  return { kind: "note", note: { installation_id: id, account: account?.login } };
}

function onRepositories(payload: v.InferOutput<typeof InstallationRepositoriesEvent>): Reading {
  const names = (list: readonly { readonly full_name: string }[]) =>
    list.map(({ full_name }) => full_name);
  return {
    kind: "note",
    note: {
      installation_id: payload.installation.id,
      repos_added: names(payload.repositories_added),
      repos_removed: names(payload.repositories_removed),
    },
  };
}
