/** What is said once, when the local cloud answers. */
import { sliceOf } from "../declared/declared.ts";
import { tasks } from "../google/tasks/declared.ts";
import type { OpenEntryPoint } from "../entry-points/entry-ports.ts";
import type { OutsideHosts } from "../outside-hosts.ts";
import type { IamMode } from "../iam/authorize.ts";
import type { LocalCloud } from "../local-cloud.ts";
import type { Attachment } from "../run-folder.ts";

export interface Started extends OutsideHosts {
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
  cloud: Pick<LocalCloud, "entryPoints" | "ready" | "declared">,
  { stack, iam, tookMs, outside = [], allow = [] }: Started,
): string {
  const entryPoints = cloud.entryPoints();
  const width = Math.max(...entryPoints.map(({ role }) => role.length));
  const { pages, hints } = cloud.ready();
  const declared = cloud.declared();
  const { developer, projectId } = declared;
  const queues = sliceOf(declared, tasks).queue;
  return [
    `Switchyard: stack ${stack} (${projectId}) is ready after ${(tookMs / 1000).toFixed(1)} s. Ctrl-C stops it.`,
    ...IAM_SAYS[iam],
    ...outside.map(
      ({ name, url }) => `--outside ${name}: requests go to your program at ${url.href}.`,
    ),
    ...allow.map((host) => `--allow ${host}: requests go out to the real https://${host}.`),
    "",
    ...entryPoints.map(
      ({ role, url, target }) => `  ${role.padEnd(width)}  ${url}  as ${developer}  (${target})`,
    ),
    ...pages.map(({ title, url }) => `  ${title.padEnd(width)}  ${url}`),
    "",
    ...hints,
    "Try:",
    ...entryPoints.map((entryPoint) => `  ${tryOf(entryPoint)}`),
    ...queues.slice(0, 1).map(({ name }) => `  npm run within -- ${listTasks(name)}`),
    "",
  ].join("\n");
}

/** For a program: the first line of `--json`. */
export function readyEvent(
  cloud: Pick<LocalCloud, "entryPoints" | "ready"> & {
    readonly attachment: () => Pick<Attachment, "proxyUrl" | "caFile">;
  },
  { stack, iam, tookMs, outside = [], allow = [] }: Started,
): Record<string, unknown> {
  const { proxyUrl, caFile } = cloud.attachment();
  return {
    event: "ready",
    stack,
    iam,
    took_ms: tookMs,
    ...(outside.length > 0 && {
      outside: Object.fromEntries(outside.map(({ name, url }) => [name, url.href])),
    }),
    ...(allow.length > 0 && { allow }),
    entry_points: cloud
      .entryPoints()
      .map(({ system, role, url, target }) => ({ system, role, url, target })),
    ...Object.fromEntries(cloud.ready().pages.map(({ key, url }) => [key, url])),
    proxy: proxyUrl,
    ca_file: caFile,
  };
}

function listTasks(queue: string): string {
  const [, , , location = "", , id = ""] = queue.split("/");
  return `gcloud tasks list --queue ${id} --location ${location}`;
}

/** A request; where a person cannot make one, the demo, which can. */
function tryOf({ system, url, example }: OpenEntryPoint): string {
  if (example === undefined) return `npm run demo ${system}`;
  const headers = Object.entries({ "Content-Type": "application/json", ...example.headers }).map(
    ([name, value]) => `-H '${name}: ${value}'`,
  );
  return `curl -s ${url}${example.path} ${headers.join(" ")} -d '${JSON.stringify(example.body)}'`;
}
