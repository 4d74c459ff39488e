/** What is said once, when the local cloud answers. */
import { sliceOf } from "./declared/declared.ts";
import { tasks } from "./google/tasks/declared.ts";
import type { OpenEntryPoint } from "./entry-ports.ts";
import type { ServedFolder } from "./outside/github/folders/index.ts";
import type { IamMode } from "./iam/authorize.ts";
import type { LocalCloud } from "./platform.ts";

export interface Started {
  readonly stack: string;
  readonly iam: IamMode;
  readonly tookMs: number;
}

/** Whoever sees nothing refused is to know why. */
const IAM_SAYS: Readonly<Record<IamMode, readonly string[]>> = {
  enforce: [],
  report: [
    "--iam report: nothing is refused; what would be is in the log, and in a list at the end.",
  ],
  off: ["--iam off: nobody's permissions are looked at, and nothing is refused for want of one."],
};

/** For a person: addresses, and a request per system to try. */
export function readyText(
  cloud: Pick<LocalCloud, "entryPoints" | "gitHubSite" | "declared">,
  { stack, iam, tookMs }: Started,
): string {
  const entryPoints = cloud.entryPoints();
  const width = Math.max(...entryPoints.map(({ role }) => role.length));
  const site = cloud.gitHubSite();
  const declared = cloud.declared();
  const { developer, projectId } = declared;
  const queues = sliceOf(declared, tasks).queue;
  return [
    `Switchyard: stack ${stack} (${projectId}) is ready after ${(tookMs / 1000).toFixed(1)} s. Ctrl-C stops it.`,
    ...IAM_SAYS[iam],
    "",
    ...entryPoints.map(
      ({ role, url, target }) => `  ${role.padEnd(width)}  ${url}  as ${developer}  (${target})`,
    ),
    ...(site === undefined ? [] : [`  ${"GitHub".padEnd(width)}  ${site.url}`]),
    "",
    ...(site === undefined ? [] : site.served.flatMap((folder) => pushOf(folder, site.url))),
    "Try:",
    ...entryPoints.map((entryPoint) => `  ${tryOf(entryPoint)}`),
    ...queues.slice(0, 1).map(({ name }) => `  npm run within -- ${listTasks(name)}`),
    "",
  ].join("\n");
}

/** For a program: the first line of `--json`. */
export function readyEvent(
  cloud: LocalCloud,
  { stack, iam, tookMs }: Started,
): Record<string, unknown> {
  const { proxyUrl, caFile } = cloud.attachment();
  const site = cloud.gitHubSite();
  return {
    event: "ready",
    stack,
    iam,
    took_ms: tookMs,
    entry_points: cloud
      .entryPoints()
      .map(({ system, role, url, target }) => ({ system, role, url, target })),
    ...(site !== undefined && { github: site.url }),
    proxy: proxyUrl,
    ca_file: caFile,
  };
}

/** How the person pushes, and where they see what comes of it. */
function pushOf({ fullName, folder, kind }: ServedFolder, url: string): readonly string[] {
  const how =
    kind === "git"
      ? `Check out a branch and commit there (git -C ${folder} switch -c try): it becomes a pull request, and every commit is a push.`
      : `Save a file in ${folder}: it becomes a pull request, and every further save is a push.`;
  return [`${fullName}: ${how}`, `  curl -s ${url}/${fullName}, or open it in a browser.`, ""];
}

function listTasks(queue: string): string {
  const [, , , location = "", , id = ""] = queue.split("/");
  return `gcloud tasks list --queue ${id} --location ${location}`;
}

/** A request; where a person cannot make one, the demo, which can. */
function tryOf({ system, url, example }: OpenEntryPoint): string {
  if (example === undefined) return `npm run demo ${system}`;
  return `curl -s ${url}${example.path} -H 'Content-Type: application/json' -d '${JSON.stringify(example.body)}'`;
}
