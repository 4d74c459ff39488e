/** The plan runner's story: what a pull request gets to read, then what becomes of trouble. */
import type { PullRequestDesk } from "../../../outside/github/developer/pull-request.ts";
import type { Declared } from "../../../declared/declared.ts";
import { closedExecutor, strangerPublishes } from "./access.ts";
import { gitHubOf } from "../attach.ts";
import * as hub from "./hub.ts";
import { broken, guarded, poisonous } from "./trouble.ts";
import type { Stage } from "../../../demo/stage.ts";
import type { Chapter } from "../../../demo/story.ts";

/** How long a run is held while a second push comes. Milliseconds. */
const HELD_MS = 1000;

export function chapters(declared: Declared, folder = hub.EXAMPLE): readonly Chapter<Stage>[] {
  const gitHub = new hub.Hub(folder);
  const first: First = { folder, pull: undefined };
  return [
    opened(gitHub, first),
    pushed(first),
    superseded(first),
    broken(gitHub),
    guarded(gitHub),
    poisonous(gitHub),
    closedExecutor(declared, gitHub),
    strangerPublishes(declared),
  ];
}

/** The pull request that the first chapters are about. */
interface First {
  readonly folder: string;
  pull: PullRequestDesk | undefined;
}

function opened(gitHub: hub.Hub, first: First): Chapter<Stage> {
  const { folder } = first;
  const isExample = folder === hub.EXAMPLE;
  return {
    title: "A pull request",
    why: `A pull request brings the files of ${folder}. GitHub tells plan-app, Pub/Sub delivers to plan-runner, plan-executor runs OpenTofu: the plan is to be a comment, and the check is to follow it from queued to completed.`,
    play: async (stage, expect) => {
      const mark = hub.markOf(stage);
      const pull = await gitHub.open(stage, { branch: "change", title: "Add it all", folder });
      first.pull = pull;
      await hub.settled(stage, pull, mark);
      hub.showComments(stage, pull, 40);
      for (const run of pull.checkRuns) {
        const states = hub.statesOf(stage, pull, run);
        // A folder of the person's own may need what is not here; then the comment says so.
        const end = isExample ? "completed: success" : "completed";
        const expected = `queued, in_progress, ${end}`;
        expect(`check ${run.name}`, expected, states, states.startsWith(expected));
      }
      if (!isExample) stage.remarks.push(...hub.failures(pull.checkRuns, folder));
      const plans = pull.checkRuns.length;
      expect("comments", plans === 1 ? "one" : `at least ${plans}`, ...commentsOf(pull, plans));
    },
  };
}

function commentsOf({ comments }: PullRequestDesk, plans: number): [string, boolean] {
  const count = comments.length;
  return [count === 1 ? "one" : String(count), plans === 1 ? count === 1 : count >= plans];
}

function pushed(first: First): Chapter<Stage> {
  return {
    title: "A push",
    why: "Another resource is pushed to the same pull request: its plan is to be written into the comment that is there, so that the conversation stays readable.",
    play: async (stage, expect) => {
      const pull = pullOf(first);
      const before = idsOf(pull);
      const mark = hub.markOf(stage);
      await hub.push(stage, pull, "Add one more", oneMore(pull, 1));
      await hub.settled(stage, pull, mark);
      hub.showComments(stage, pull, 8);
      expect("comments", before, idsOf(pull));
      expect("they are about", pull.headSha.slice(0, 7), commitsOf(pull));
    },
  };
}

function superseded(first: First): Chapter<Stage> {
  return {
    title: "Two pushes",
    why: `A second push comes while the first is being planned: GitHub is made to take ${HELD_MS / 1000} s for the files of the first, so that its run is at work by then. It is to be stopped, its check cancelled, and only the plan of the second is to be written.`,
    play: async (stage, expect) => {
      const pull = pullOf(first);
      const before = idsOf(pull);
      const { faults, requests } = gitHubOf(stage.cloud);
      const mark = hub.markOf(stage);
      faults.delayNext({ path: /\/tarball\// }, HELD_MS);
      await hub.push(stage, pull, "Try this", oneMore(pull, 2));
      const stale = pull.headSha;
      await stage.until(() => requests.all.some(({ path }) => path.endsWith(`/tarball/${stale}`)));
      await hub.push(stage, pull, "No, that", oneMore(pull, 3));
      await hub.settled(stage, pull, mark);
      hub.showComments(stage, pull, 8);
      const superseded = "cancelled: Superseded by a newer push";
      expect("the first push's check", superseded, hub.endingsOf(pull.pull, stale));
      const written = requests.all.filter(
        ({ method, path, body }) =>
          method !== "GET" && path.includes("/comments") && body.includes(stale),
      );
      expect("comments written about it", "0", String(written.length));
      expect("comments", before, idsOf(pull));
      expect("they are about", pull.headSha.slice(0, 7), commitsOf(pull));
    },
  };
}

function pullOf({ pull }: First): PullRequestDesk {
  if (pull === undefined) throw new Error("there is no pull request to go on with");
  return pull;
}

/** Another resource in a directory that is planned; as many as told. */
function oneMore(pull: PullRequestDesk, count: number): Readonly<Record<string, string>> {
  const dir = hub.directoryOf(pull.checkRuns[0]);
  const name = `${dir === "." ? "" : `${dir}/`}demo.tf`;
  return { [name]: `resource "terraform_data" "demo" {\n  count = ${count}\n}\n` };
}

function idsOf({ comments }: PullRequestDesk): string {
  return comments.map(({ id }) => `#${id}`).join(", ") || "none";
}

/** The commits that the comments name. */
function commitsOf({ comments }: PullRequestDesk): string {
  const named = comments.map(({ body }) => / @ ([0-9a-f]{7})/.exec(body)?.[1] ?? "no commit");
  return [...new Set(named)].join(", ") || "no comment";
}
