/** docs.github.com/rest/checks/runs */
import type { CheckRun, CheckRunOutput, Repository } from "../../state/model.ts";
import { resolveCommit } from "../../state/references.ts";
import { latestOf } from "../../state/state.ts";
import { checkRunView } from "../../views/check-run.ts";
import { timestamp } from "../../views/common.ts";
import { GitHubError, notFound } from "../errors.ts";
import { invalidRequest, isFields, optionalText, requiredText, type Fields } from "../fields.ts";
import { page } from "../paging.ts";
import { ok, repositoryOf, route, tokenOf, writerOf, type Answer, type Call } from "../route.ts";

const STATUSES = ["queued", "in_progress", "completed", "waiting", "requested", "pending"];
/** `stale` is GitHub's own: "you cannot change a check run conclusion to stale". */
const CONCLUSIONS = [
  "action_required",
  "cancelled",
  "failure",
  "neutral",
  "success",
  "skipped",
  "timed_out",
];
/**
 * "Maximum length: 65535 characters" of `output.summary` and `output.text`, which refusals count in bytes:
 * github.com/github/docs/issues/35252.
 */
const MAX_TEXT = 65_535;
/** "limits the number of annotations to a maximum of 50 per API request" */
const MAX_ANNOTATIONS = 50;

export const CHECKS = [
  route("POST /repos/{owner}/{repo}/check-runs", ["checks:write"], createCheckRun),
  route("PATCH /repos/{owner}/{repo}/check-runs/{id}", ["checks:write"], updateCheckRun),
  route("GET /repos/{owner}/{repo}/check-runs/{id}", ["checks:read"], (call) =>
    ok(checkRunView(runOf(call), repositoryOf(call))),
  ),
  route("POST /repos/{owner}/{repo}/check-runs/{id}/rerequest", ["checks:write"], rerequest),
  route("GET /repos/{owner}/{repo}/commits/{ref*}/check-runs", ["checks:read"], listForRef),
];

function createCheckRun(call: Call): Answer {
  const { world, fields } = call;
  const { state, events } = world;
  const repository = repositoryOf(call);
  const name = requiredText(fields, "name");
  const headSha = requiredText(fields, "head_sha");
  if (!repository.commits.has(headSha)) {
    throw new GitHubError(422, `No commit found for SHA: ${headSha}`);
  }
  const { app } = tokenOf(call).installation;
  const run: CheckRun = {
    id: state.nextId(),
    headSha,
    app,
    suiteId: state.suiteId(repository, headSha, app),
    name,
    status: "queued",
    conclusion: null,
    externalId: "",
    detailsUrl: null,
    startedAt: timestamp(world.clock.now()),
    completedAt: null,
    output: { title: null, summary: null, text: null, annotations: [] },
  };
  Object.assign(run, changesIn(call, run));
  repository.checkRuns.set(run.id, run);
  void events.checkRun("created", run, repository, state.botOf(app));
  return { status: 201, json: checkRunView(run, repository) };
}

function updateCheckRun(call: Call): Answer {
  const { state, events } = call.world;
  const repository = repositoryOf(call);
  const run = runOf(call);
  const { app } = tokenOf(call).installation;
  if (run.app !== app) {
    // The status is documented; the wording is as its users quote it.
    throw new GitHubError(
      403,
      `Invalid app_id \`${app.id}\` - check run can only be modified by the GitHub App that created it.`,
    );
  }
  const wasCompleted = run.status === "completed";
  Object.assign(run, changesIn(call, run));
  if (!wasCompleted && run.status === "completed") {
    void events.checkRun("completed", run, repository, state.botOf(app));
  }
  return ok(checkRunView(run, repository));
}

/** "The check run itself is not updated": its App decides what becomes of it. */
function rerequest(call: Call): Answer {
  const run = runOf(call);
  void call.world.events.checkRun("rerequested", run, repositoryOf(call), writerOf(call).user);
  return { status: 201, json: {} };
}

/** What the body sets. "Providing conclusion will automatically set the status parameter to completed." */
function changesIn({ fields, world }: Call, run: CheckRun): Partial<CheckRun> {
  const conclusion = oneOf(fields, "conclusion", CONCLUSIONS);
  const status = conclusion === undefined ? oneOf(fields, "status", STATUSES) : "completed";
  if (status === "completed" && conclusion === undefined) {
    throw new GitHubError(422, 'Invalid request.\n\nA "completed" check run needs a "conclusion".');
  }
  const now = timestamp(world.clock.now());
  return {
    name: optionalText(fields, "name") ?? run.name,
    externalId: optionalText(fields, "external_id") ?? run.externalId,
    detailsUrl: optionalText(fields, "details_url") ?? run.detailsUrl,
    startedAt: optionalText(fields, "started_at") ?? run.startedAt,
    ...(fields.output !== undefined && { output: outputIn(fields.output, run.output) }),
    // A completed run that is started again has no conclusion any more; the page does not say so.
    ...(status !== undefined && {
      status,
      conclusion: conclusion ?? null,
      completedAt: status === "completed" ? (optionalText(fields, "completed_at") ?? now) : null,
    }),
  };
}

function outputIn(given: unknown, before: CheckRunOutput): CheckRunOutput {
  if (!isFields(given)) throw invalidRequest("output", given, "an object");
  const title = optionalText(given, "title") ?? before.title;
  const summary = requiredText(given, "summary");
  if (title === null) throw new GitHubError(422, 'Invalid request.\n\n"title" wasn\'t supplied.');
  const text = optionalText(given, "text") ?? before.text;
  for (const [name, value] of Object.entries({ summary, text })) {
    if (Buffer.byteLength(value ?? "") <= MAX_TEXT) continue;
    const characters = Array.from(value ?? "").length;
    const message =
      characters > MAX_TEXT
        ? `Only ${MAX_TEXT} characters are allowed; ${characters} were supplied.`
        : `${name} exceeds a maximum bytesize of ${MAX_TEXT}`;
    throw new GitHubError(422, `Invalid request.\n\n${message}`);
  }
  const { annotations = [] } = given;
  if (!Array.isArray(annotations) || annotations.length > MAX_ANNOTATIONS) {
    throw invalidRequest("annotations", undefined, `a list of at most ${MAX_ANNOTATIONS}`);
  }
  return {
    title,
    summary,
    text,
    annotations: [...before.annotations, ...(annotations as unknown[])],
  };
}

function oneOf(fields: Fields, name: string, values: readonly string[]): string | undefined {
  const value = optionalText(fields, name);
  if (value === undefined || values.includes(value)) return value;
  throw invalidRequest(name, value, `one of ${values.join(", ")}`);
}

/** Newest first. `filter=latest`, the default, shows the newest of each App and name. */
function listForRef(call: Call): Answer {
  const repository = repositoryOf(call);
  const commit = resolveCommit(repository, call.param("ref"));
  if (commit === undefined) {
    throw new GitHubError(422, `No commit found for SHA: ${call.param("ref")}`);
  }
  const name = call.query("check_name");
  const status = call.query("status");
  const appId = call.query("app_id");
  const all = [...repository.checkRuns.values()]
    .filter((run) => run.headSha === commit.sha)
    .toSorted((a, b) => b.id - a.id);
  const shown = (call.query("filter") === "all" ? all : latestOf(all)).filter(
    (run) =>
      (name ?? run.name) === run.name &&
      (status ?? run.status) === run.status &&
      (appId ?? String(run.app.id)) === String(run.app.id),
  );
  return page(call, shown, (runs) => ({
    total_count: shown.length,
    check_runs: runs.map((run) => checkRunView(run, repository)),
  }));
}

function runOf(call: Call): CheckRun {
  const repository: Repository = repositoryOf(call);
  const run = repository.checkRuns.get(Number(call.param("id")));
  if (run === undefined) throw notFound();
  return run;
}
