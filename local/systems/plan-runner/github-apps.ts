/** GitHub as it stands in for the one that the plan's GitHub Apps are registered with. */
import { createPublicKey } from "node:crypto";
import { basename } from "node:path";
import { sliceOf } from "../../declared/declared.ts";
import { secrets } from "../../google/secrets/declared.ts";
import { serveFolders, type Folders } from "../../outside/github/folders/index.ts";
import { FolderProblem } from "../../outside/github/folders/git.ts";
import { createGitHub, type GitHub } from "../../outside/github/index.ts";
import type { GitHubOptions } from "../../outside/github/options.ts";
import type { Log } from "../../log.ts";
import type { RepositoryOption } from "../../options.ts";
import type { GitHubApp, Declared } from "../../declared/declared.ts";

type StandInOptions = Required<Pick<GitHubOptions, "deliver" | "log" | "commentLimit">>;

/** A GitHub that knows each App by its id, its key and its webhook secret. */
export function standInGitHub(plan: Declared, options: StandInOptions): GitHub {
  return createGitHub({ ...options, apps: registrations(plan) });
}

/** Tells the stand-in what a plan's Apps are now. Throws where they are other ones. */
export function applyApps(github: GitHub, before: Declared, next: Declared): void {
  const ids = ({ githubApps }: Declared): string => githubApps.map(({ id }) => id).join();
  if (ids(before) !== ids(next)) {
    throw new Error("The GitHub App is another one now; start the local cloud again.");
  }
  for (const app of registrations(next)) github.registerAgain(app);
}

function registrations(plan: Declared) {
  return plan.githubApps.map((app) => ({
    id: Number(app.id),
    slug: slugOf(app),
    publicKeyPem: publicKeyOf(valueOf(app.keySecret, plan)),
    webhookSecret: valueOf(app.webhookSecret, plan),
    webhookUrl: app.webhookUrl,
    permissions: app.permissions,
    events: app.events,
  }));
}

/**
 * Full name → folder. A folder that was given no name has its own, in the account of the stack's developer. Throws a
 * FolderProblem where a name is taken, or no App would hear of the repositories.
 */
export function repositoriesOf(
  { githubApps, developer }: Declared,
  options: readonly RepositoryOption[],
): ReadonlyMap<string, string> {
  if (options.length > 0 && githubApps.length === 0) {
    throw new FolderProblem(
      "--repository is of no use: none of the stack's switchyard:systems has a GitHub App that would hear of it.",
    );
  }
  const named = new Map<string, string>();
  for (const { fullName, folder } of options) {
    const name = fullName ?? `${loginOf(developer)}/${repositoryName(folder)}`;
    const taken = [...named.keys()].some((each) => each.toLowerCase() === name.toLowerCase());
    if (taken) {
      throw new FolderProblem(
        `There are two repositories ${name}; name one of them: --repository OWNER/NAME=${folder}`,
      );
    }
    named.set(name, folder);
  }
  return named;
}

export interface RepositoriesOptions {
  readonly github: GitHub;
  readonly plan: Declared;
  readonly repositories: ReadonlyMap<string, string>;
  readonly temporary: string;
  readonly log: Log;
  readonly isWatching: boolean;
  /** Where GitHub's pages are: `http://127.0.0.1:8082`. */
  readonly siteUrl: () => string;
}

/** Serves folders as the developer's repositories, for all Apps of the plan. Throws a FolderProblem. */
export function serveRepositories({
  plan,
  siteUrl,
  ...options
}: RepositoriesOptions): Promise<Folders> {
  return serveFolders({
    ...options,
    person: loginOf(plan.developer),
    apps: plan.githubApps.map(slugOf),
    pageUrl: (path) => `${siteUrl()}${path}`,
  });
}

/** The GitHub account of the stack's developer: what is before the `@`, as GitHub lets accounts be called. */
export function loginOf(developer: Declared["developer"]): string {
  const [name = ""] = developer.slice("user:".length).split("@");
  return (
    name
      .replaceAll(/[^A-Za-z\d]+/g, "-")
      .replaceAll(/^-|-$/g, "")
      .slice(0, 39) || "developer"
  );
}

/** As GitHub itself changes a name that it does not take. */
function repositoryName(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[^\w.-]+/g, "-")
    .slice(0, 100);
  return /^\.*$/.test(name) ? "repository" : name;
}

/** The name that GitHub shows of the App, `plan-app-123456`; its comments are by `plan-app-123456[bot]`. */
export function slugOf({ id, webhookUrl }: GitHubApp): string {
  const [service = ""] = new URL(webhookUrl).host.split(".");
  return `${service.replace(/-\d+$/, "")}-${id}`;
}

function publicKeyOf(privateKey: string): string {
  return createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();
}

/** @param name `projects/P/secrets/S` */
function valueOf(name: string, plan: Declared): string {
  const value = sliceOf(plan, secrets)["secret version"].find(
    (version) => version.name === name,
  )?.value;
  if (value === undefined) throw new Error(`${name} has no value in the plan.`);
  return value.reveal();
}
