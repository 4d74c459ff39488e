import { commentMarker, documentMarker } from "../../messages/plan-names.ts";
import type { PlanOf } from "../../messages/plan-names.ts";
import type { Comment } from "../ports.ts";

/** What our own App has written on a pull request already. */
export interface Known {
  /** The comments of this directory and workspace by part, 1 first. */
  readonly parts: ReadonlyMap<number, Comment>;
  /** Of the same parts, made twice. */
  readonly doubles: readonly Comment[];
  /** Comments of the first runner, one for each head, the oldest first. Only for the root's default workspace. */
  readonly former: readonly Comment[];
}

const FORMER = /^<!-- runners-poc:plan:pr-(\d+)-[0-9a-f]{7} -->$/;
const OURS = "<!-- switchyard:plan:";

/** The lines that a part begins with. Markers count only there: a plan's text may hold anything. */
export function markersOf(plan: PlanOf, part: number): string {
  return part === 1
    ? `${documentMarker(plan.work.plan_id)}\n${commentMarker(plan)}`
    : partMarker(commentMarker(plan), part);
}

/** `comments` are those of our own App, the oldest first. */
export function knownComments(plan: PlanOf, comments: readonly Comment[]): Known {
  const marker = commentMarker(plan);
  const parts = new Map<number, Comment>();
  const doubles: Comment[] = [];
  const former: Comment[] = [];
  for (const comment of comments) {
    const [first = "", second = ""] = comment.opening.split(/\r?\n/);
    const part = second === marker ? 1 : partOf(first, marker);
    if (part !== undefined) {
      if (parts.has(part)) doubles.push(comment);
      else parts.set(part, comment);
    } else if (isFormer(plan, first) && !second.startsWith(OURS)) {
      former.push(comment);
    }
  }
  return { parts, doubles, former };
}

/**
 * Our comments of directories and workspaces that the pull request does not change any more: of none of its plans, and of
 * an older head. None where it is not known what its plans are.
 */
export function outdatedComments(
  { pull_request, work }: PlanOf,
  comments: readonly Comment[],
): readonly Comment[] {
  const { plans } = work;
  if (plans === undefined) return [];
  const wanted = new Set([work, ...plans].map((each) => commentMarker({ work: each })));
  const ours = comments.flatMap((comment) => {
    const marker = markerOf(comment);
    return marker === undefined || wanted.has(marker) ? [] : [{ comment, marker }];
  });
  // Somebody may have asked for the plan of a directory that nothing was changed in.
  const current = ours.filter(({ comment }) => comment.opening.includes(pull_request.head_sha));
  const kept = new Set(current.map(({ marker }) => marker));
  return ours.filter(({ marker }) => !kept.has(marker)).map(({ comment }) => comment);
}

/** The marker of the directory and workspace, whichever part of its comment it is. */
function markerOf({ opening }: Comment): string | undefined {
  const line = opening.split(/\r?\n/, 2).find((each) => each.startsWith(OURS));
  return line?.replace(/ part=[1-9]\d? -->$/, " -->");
}

function isFormer({ pull_request, work }: PlanOf, first: string): boolean {
  // The first runner planned nothing else.
  if (work.dir !== "." || work.workspace !== "default") return false;
  return Number(FORMER.exec(first)?.[1]) === pull_request.number;
}

function partMarker(marker: string, part: number): string {
  return marker.replace(/ -->$/, ` part=${part} -->`);
}

function partOf(line: string, marker: string): number | undefined {
  const part = Number(/ part=([1-9]\d?) -->$/.exec(line)?.[1]);
  return part > 1 && line === partMarker(marker, part) ? part : undefined;
}
