import type { GitHub } from "./client.ts";

/** One check of one commit. */
export interface Check {
  readonly owner: string;
  readonly repo: string;
  readonly headSha: string;
  /** `plan: envs/prod` */
  readonly name: string;
}

/** How a check stands. */
export interface CheckState {
  readonly status: "queued" | "in_progress" | "completed";
  readonly conclusion?:
    "success" | "failure" | "neutral" | "cancelled" | "skipped" | "timed_out" | "action_required";
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly text?: string;
  /** Where "Details" leads. Default: GitHub's own page of the check. */
  readonly detailsUrl?: string | undefined;
}

/** A run of a check that GitHub has. */
export interface KnownCheck {
  readonly id: number;
  readonly status: string;
}

/**
 * Of `output.summary` and of `output.text`, in UTF-8. docs.github.com/rest/checks/runs speaks of characters; refusals count
 * bytes (github.com/github/docs/issues/35252).
 */
const MAX_OUTPUT_BYTES = 65_535;

/**
 * Sets a check of our App: the newest of that name on the commit, or a new one.
 * @param known the newest of that name. Default: GitHub is asked
 */
export async function setCheck(
  github: GitHub,
  appId: string,
  check: Check,
  state: CheckState,
  known?: KnownCheck,
): Promise<KnownCheck> {
  const { owner, repo, headSha, name } = check;
  const newest = known ?? (await newestOf(github, appId, check));
  // GitHub does not open a completed check again: whoever starts over gets a new one, which replaces it on the page.
  const isOver = newest?.status === "completed" && state.status !== "completed";
  const fields = { owner, repo, ...fieldsOf(state) };
  if (newest === undefined || isOver) {
    const { data } = await github.checks.create({ ...fields, name, head_sha: headSha });
    return { id: data.id, status: state.status };
  }
  await github.checks.update({ ...fields, check_run_id: newest.id });
  return { id: newest.id, status: state.status };
}

/** Sets the newest check of our App of that name on the commit where it is not completed; does nothing otherwise. */
export async function settleCheck(
  github: GitHub,
  appId: string,
  check: Check,
  state: CheckState,
): Promise<void> {
  const newest = await newestOf(github, appId, check);
  if (newest === undefined || newest.status === "completed") return;
  await setCheck(github, appId, check, state, newest);
}

function fieldsOf(state: CheckState) {
  return {
    status: state.status,
    ...(state.conclusion && { conclusion: state.conclusion }),
    ...(state.detailsUrl !== undefined && { details_url: state.detailsUrl }),
    output: {
      title: state.title,
      summary: cut(state.summary),
      ...(state.text !== undefined && { text: cut(state.text) }),
    },
  };
}

async function newestOf(
  github: GitHub,
  appId: string,
  { owner, repo, headSha, name }: Check,
): Promise<KnownCheck | undefined> {
  const { data } = await github.checks.listForRef({
    owner,
    repo,
    ref: headSha,
    check_name: name,
    app_id: Number(appId),
    filter: "latest",
    per_page: 1,
  });
  return data.check_runs[0];
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MAX_OUTPUT_BYTES) return text;
  const ellipsis = "…";
  const room = new Uint8Array(MAX_OUTPUT_BYTES - Buffer.byteLength(ellipsis));
  // Writes whole characters only.
  const { read } = new TextEncoder().encodeInto(text, room);
  return `${text.slice(0, read)}${ellipsis}`;
}
