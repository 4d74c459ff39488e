/** Points in the making of a plan at which somebody may die. */
import type { Scene } from "./scene.ts";

type Role = "plan-runner" | "plan-executor";

export interface Point {
  readonly title: string;
  readonly victims: readonly Role[];
  /** Resolves when it is reached. Whoever is there stays there until `Scene.letGo`. */
  readonly reach: (scene: Scene) => Promise<void>;
  /** Nobody can be held there: the message may be acknowledged before its bearer dies. */
  readonly isPassing?: true;
}

interface Who {
  readonly name: string;
  readonly victims: readonly Role[];
}

const RUNNER: Who = { name: "the runner", victims: ["plan-runner"] };
const EXECUTOR: Who = { name: "the executor", victims: ["plan-executor"] };
const BOTH: Who = { name: "both", victims: ["plan-runner", "plan-executor"] };

const MINT = /^POST .*\/access_tokens .*"issues":"write"/s;
const READ_HEAD = /^GET \/repos\/[^/]+\/[^/]+\/pulls\/\d+ /;
const BEGIN_CHECK = /^(?:POST|PATCH) .*\/check-runs\b.*"in_progress"/s;
const DOWNLOAD = /^GET .*\/legacy\.tar\.gz\/|^GET .*\/tarball\//;
const LIST_COMMENTS = /^GET .*\/issues\/\d+\/comments/;
const POST_COMMENT = /^POST .*\/issues\/\d+\/comments /;
const EDIT_COMMENT = /^PATCH .*\/issues\/comments\/\d+ /;
const END_CHECK = /^PATCH .*\/check-runs\/\d+ .*"completed"/s;

export const POINTS: readonly Point[] = [
  at(RUNNER, "with a message just received", (scene) =>
    scene.logs("plan-runner", "message received"),
  ),
  at(RUNNER, "with the lease and no token", (scene) => scene.asks(MINT, "before")),
  at(RUNNER, "before it knows the head", (scene) => scene.asks(READ_HEAD, "before")),
  at(RUNNER, "with the check begun", (scene) => scene.asks(BEGIN_CHECK, "after")),
  at(RUNNER, "at the download", (scene) => scene.asks(DOWNLOAD, "before")),
  at(RUNNER, "with a download of which it does not know", (scene) => scene.asks(DOWNLOAD, "after")),
  at(EXECUTOR, "during `tofu init`", (scene) => scene.runs("init")),
  at(EXECUTOR, "during `tofu plan`", (scene) => scene.runs("plan")),
  at(RUNNER, "during `tofu plan`", (scene) => scene.runs("plan")),
  at(BOTH, "during `tofu plan`", (scene) => scene.runs("plan")),
  at(EXECUTOR, "during `tofu show`", (scene) => scene.runs("show")),
  at(RUNNER, "with the comment's lease and no list of comments", (scene) =>
    scene.asks(LIST_COMMENTS, "before"),
  ),
  at(RUNNER, "with a comment of which it does not know", (scene) =>
    scene.asks(POST_COMMENT, "after"),
  ),
  at(RUNNER, "with timings added of which it does not know", (scene) =>
    scene.asks(EDIT_COMMENT, "after"),
  ),
  at(RUNNER, "with a comment and a check that still runs", (scene) =>
    scene.asks(END_CHECK, "before"),
  ),
  at(RUNNER, "with comment and check done and no result", (scene) =>
    scene.asks(END_CHECK, "after"),
  ),
  {
    ...at(RUNNER, "with a result and a message that is not acknowledged", (scene) =>
      scene.logs("plan-runner", "timings"),
    ),
    isPassing: true,
  },
];

function at({ name, victims }: Who, moment: string, reach: Point["reach"]): Point {
  return { title: `${name}, ${moment}`, victims, reach };
}
