import type { GitHub } from "../../github/client.ts";
import type { Change } from "../ports.ts";

interface At {
  readonly owner: string;
  readonly repo: string;
}

const PER_PAGE = 100;
/** GitHub lists no more files of a pull request (docs.github.com/rest/pulls/pulls#list-pull-requests-files). */
const MAX_FILES = 3_000;
const MAX_PAGES = MAX_FILES / PER_PAGE;
/** How many pages are asked for at once after the first: one after the other they may take longer than GitHub waits. */
const AT_ONCE = 10;

/** What a pull request changes; "too-many" where GitHub's list is not the whole of it. */
export async function filesOfPullRequest(
  github: GitHub,
  at: At,
  number: number,
): Promise<readonly Change[] | "too-many"> {
  const pageOf = async (page: number) => {
    const asked = { ...at, pull_number: number, per_page: PER_PAGE, page };
    return (await github.pulls.listFiles(asked)).data;
  };
  const pages = [await pageOf(1)];
  while (pages.every(({ length }) => length === PER_PAGE)) {
    const left = MAX_PAGES - pages.length;
    if (left === 0) return "too-many";
    const next = Array.from({ length: Math.min(AT_ONCE, left) }, (_, at) => pages.length + at + 1);
    pages.push(...(await Promise.all(next.map(pageOf))));
  }
  return pages.flat().flatMap(changesOf);
}

interface ListedFile {
  readonly filename: string;
  readonly previous_filename?: string | undefined;
  readonly status: string;
}

function changesOf({ filename, previous_filename, status }: ListedFile): Change[] {
  const change = { path: filename, isRemoved: status === "removed" };
  // What was copied is still where it was.
  const isMoved = status === "renamed" && previous_filename !== undefined;
  return isMoved ? [change, { path: previous_filename, isRemoved: true }] : [change];
}

/** Paths of all files of a commit; undefined where GitHub leaves some out. */
export async function filesOfCommit(
  github: GitHub,
  at: At,
  sha: string,
): Promise<readonly string[] | undefined> {
  const { data } = await github.git.getTree({ ...at, tree_sha: sha, recursive: "1" });
  if (data.truncated) return undefined;
  return data.tree.filter(({ type }) => type === "blob").map(({ path }) => path);
}
