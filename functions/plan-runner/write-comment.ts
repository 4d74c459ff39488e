import type { PlanOf } from "../messages/plan-names.ts";
import { overflowObject } from "../messages/plan-names.ts";
import type { Log } from "../runtime/log.ts";
import type { Content } from "./comment/content.ts";
import type { Known } from "./comment/markers.ts";
import { knownComments, outdatedComments } from "./comment/markers.ts";
import { renderComment } from "./comment/render.ts";
import { TooLong } from "./faults.ts";
import type { HeldLease } from "./held-lease.ts";
import type { Comment, Ports, PullRequest } from "./ports.ts";

/** A comment as it was written. */
export interface Written {
  readonly comment: Comment;
  /** The body of its first part. */
  readonly body: string;
  readonly listMs: number;
  readonly upsertMs: number;
}

interface Writing {
  readonly pull: PullRequest;
  readonly content: Content;
  /** The text that `content` shows, as it is kept where it is too long for comments. */
  readonly whole?: string;
  /** The comment's. */
  readonly lease: HeldLease;
  readonly log: Log;
}

/** With less there is hardly room for anything but the summary. */
const MIN_CHARACTERS = 2_000;

/**
 * Writes the one comment of a directory and workspace: over what is there, in as many parts as it takes. Throws Unavailable,
 * for a lost lease too, or Refused.
 */
export async function writeComment(
  plan: PlanOf,
  { pull, content, whole, lease, log }: Writing,
  ports: Ports,
): Promise<Written> {
  const started = ports.now();
  const comments = await pull.comments();
  const known = knownComments(plan, comments);
  const listed = ports.now();
  const { maxParts } = ports.settings;
  // What was written before one of the parts was refused is written over.
  const slots = new Map(adopted(known));
  let refusal: TooLong | undefined;
  let isKept = whole === undefined;
  for (const maxCharacters of budgets(ports.settings.maxCharacters)) {
    const limits = { maxCharacters, maxParts };
    const elsewhere = whole === undefined ? "" : linkTo(plan, ports);
    const { parts, isCut } = renderComment(plan, content, limits, elsewhere);
    if (isCut && !isKept) await keep(plan, whole ?? "", log, ports);
    isKept ||= isCut;
    try {
      await writeParts(pull, parts, slots, lease);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      refusal = error;
      log("NOTICE", "GitHub found the comment too long; it is made shorter", { ...limits });
      continue;
    }
    const surplus = [...slots].filter(([part]) => part > parts.length).map(([, each]) => each);
    const outdated = outdatedComments(plan, comments);
    await clear(pull, known, [...surplus, ...known.doubles, ...outdated], log);
    const [comment, body] = [slots.get(1), parts[0]];
    if (comment === undefined || body === undefined) throw new Error("A comment has a first part.");
    return { comment, body, listMs: listed - started, upsertMs: ports.now() - listed };
  }
  throw refusal ?? new Error("There is always a budget.");
}

/** How much GitHub takes is not documented, and differs between its editions. The last of them has the summary alone. */
function* budgets(most: number): Generator<number> {
  for (let budget = most; budget >= MIN_CHARACTERS; budget = Math.floor(budget / 2)) yield budget;
  yield 0;
}

/** The newest comment of the first runner becomes our own. */
function adopted({ parts, former }: Known): Known["parts"] {
  const newest = former.at(-1);
  return parts.has(1) || newest === undefined ? parts : new Map([...parts, [1, newest]]);
}

async function writeParts(
  pull: PullRequest,
  parts: readonly string[],
  slots: Map<number, Comment>,
  lease: HeldLease,
): Promise<void> {
  for (const [index, body] of parts.entries()) {
    lease.check();
    const there = slots.get(index + 1);
    // A comment may have been deleted since the list was read.
    const edited = there === undefined ? undefined : await pull.edit(there.id, body);
    slots.set(index + 1, edited ?? (await pull.post(body)));
  }
}

/** Takes away what has no part in what is shown any more. That is tidying up: no failure of it counts. */
async function clear(
  pull: PullRequest,
  { parts, former }: Known,
  superfluous: readonly Comment[],
  log: Log,
): Promise<void> {
  const fail = (what: string) => (error: unknown) =>
    log("WARNING", `${what}: ${error instanceof Error ? error.message : String(error)}`);
  for (const comment of superfluous) {
    await pull
      .remove(comment)
      .catch(() => pull.hide(comment))
      .catch(fail("A superfluous comment could not be removed"));
  }
  // Once there is a comment of ours, they have been folded already.
  const older = parts.has(1) ? [] : former.slice(0, -1);
  for (const comment of older) {
    await pull.hide(comment).catch(fail("An older comment could not be folded"));
  }
}

async function keep(plan: PlanOf, whole: string, log: Log, ports: Ports): Promise<void> {
  const object = overflowObject(plan);
  await ports.objects.write(object, whole, "text/plain; charset=utf-8");
  log("INFO", "The plan is too long for comments and was stored", { object });
}

/** https://cloud.google.com/storage/docs/request-endpoints#cookieauth: asks its reader to sign in, and grants nothing. */
function linkTo(plan: PlanOf, { settings }: Ports): string {
  if (!settings.hasPlanLinks) return "";
  const object = overflowObject(plan).split("/").map(encodeURIComponent).join("/");
  const url = `https://storage.cloud.google.com/${settings.stateBucket}/${object}`;
  return `[The whole plan](${url}) can be read by those whom this service's operators named.`;
}
