/** GitHub as it stands in for the one that the stack's GitHub Apps are registered with, and OpenTofu of this machine. */
import { UsageError } from "../../../infra/commands/arguments.ts";
import type { PlanRunnerOutside } from "../../../infra/systems/plan-runner/outside.ts";
import {
  serveFolders,
  type Folders,
  type ServedFolder,
} from "../../outside/github/folders/index.ts";
import { FolderProblem } from "../../outside/github/folders/git.ts";
import { createGitHub, GitHub, GITHUB_HOSTS } from "../../outside/github/index.ts";
import { SITE, siteOf } from "../../outside/github/site.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { Attached, Surroundings } from "../system.ts";
import type { Ready } from "../ready.ts";
import { registrations, slugOf } from "./github-apps.ts";
import type { PlanRunnerSettings } from "./settings.ts";
import { loginOf, repositoriesOf } from "./repositories.ts";
import { findTofu, NO_TOFU, runsTofu } from "./tofu.ts";

/** Throws a UsageError for repositories that cannot be. */
export function attachGitHub(
  outside: PlanRunnerOutside,
  local: Surroundings,
  {
    tofu = findTofu(),
    repositories: options = [],
    commentLimit = "stated",
  }: Partial<PlanRunnerSettings>,
): Attached<PlanRunnerOutside> {
  const { log, send, temporary, isWatching, openPort, declared: first } = local;
  if (tofu === undefined && first.services.some(runsTofu)) {
    log({ source: "local", severity: "WARNING", message: NO_TOFU });
  }
  const person = loginOf(first.developer);
  const repositories = repositoriesOf(first.developer, options);
  const apps = registrations(outside, first);
  const github = createGitHub({ apps, deliver: send, log, commentLimit });
  const idsOf = (things: PlanRunnerOutside): string =>
    things["GitHub App"].map(({ name }) => name).join();
  let folders: Folders | undefined;
  let siteUrl = SITE;

  return {
    hosts: new Map(GITHUB_HOSTS.map((host) => [host, github.send])),
    people: github,
    // In place of the archive that the role would fetch.
    env: (spec): Readonly<Record<string, string>> =>
      runsTofu(spec) && tofu ? { TOFU_BIN: tofu } : {},
    apply: (next, declared) => {
      if (idsOf(next) !== idsOf(outside)) {
        throw new Error("The GitHub App is another one now; start the local cloud again.");
      }
      for (const app of registrations(next, declared)) github.registerAgain(app);
    },
    /** The Apps hear of the repositories while the person reads where everything is. */
    open: async () => {
      if (repositories.size === 0) return;
      // Before the repositories, whose owner would be made as an organization.
      const token = github.personalToken(person);
      folders = await serveFolders({
        github,
        repositories,
        person,
        apps: outside["GitHub App"].map(slugOf),
        temporary,
        log,
        isWatching,
        pageUrl: (path) => `${siteUrl}${path}`,
      }).catch(explained);
      siteUrl = (await openPort(SITE, siteOf(github.send), token)).url;
      void folders.open();
    },
    ready: () => readyOf(siteUrl, folders?.served ?? []),
    idle: () => github.idle(),
    stop: async () => folders?.close(),
  };
}

/** The stand-in GitHub of a local cloud whose stack has the plan runner. */
export function gitHubOf(cloud: Pick<LocalCloud, "people">): GitHub {
  const people = cloud.people("plan-runner");
  if (people instanceof GitHub) return people;
  throw new Error("The stack does not run plan-runner.");
}

function explained(error: unknown): never {
  throw error instanceof FolderProblem ? new UsageError(error.message) : error;
}

/** Where the stand-in GitHub is seen, and how a person pushes to each folder's repository. */
export function readyOf(siteUrl: string, served: readonly ServedFolder[]): Ready {
  if (served.length === 0) return { pages: [], hints: [] };
  return {
    pages: [{ title: "GitHub", key: "github", url: siteUrl }],
    hints: served.flatMap(({ fullName, folder, kind }) => {
      const how =
        kind === "git"
          ? `Check out a branch and commit there (git -C ${folder} switch -c try): it becomes a pull request, and every commit is a push.`
          : `Save a file in ${folder}: it becomes a pull request, and every further save is a push.`;
      return [
        `${fullName}: ${how}`,
        `  curl -s ${siteUrl}/${fullName}, or open it in a browser.`,
        "",
      ];
    }),
  };
}
