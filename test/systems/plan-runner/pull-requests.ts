/** Repositories and pull requests for a story, each in an organization of its own. */
import { appsOf, slugOf } from "../../../local/systems/plan-runner/github-apps.ts";
import type { PullRequestDesk } from "../../../local/outside/github/developer/pull-request.ts";
import type { RepositoryDesk } from "../../../local/outside/github/developer/repository.ts";
import type { TestPlatform } from "../../support/platform.ts";
import { gitHubOf } from "../../../local/systems/plan-runner/attach.ts";

type Files = Readonly<Record<string, string>>;

const MODULE = 'resource "terraform_data" "a" {}\n';

let organizations = 0;

/** A repository on which the plan's App is installed; its first commit holds a module. */
export async function installed(p: TestPlatform, files: Files = {}): Promise<RepositoryDesk> {
  const owner = `acme-${++organizations}`;
  const github = gitHubOf(p.cloud);
  const repository = github.createRepository({
    fullName: `${owner}/infra`,
    files: { "main.tf": MODULE, ...files },
  });
  const [app] = appsOf(p.cloud.declared());
  if (app === undefined) throw new Error("The stack has no GitHub App.");
  await github.install(slugOf(app), owner);
  return repository;
}

/** Files of a module whose plan by the scripted OpenTofu is this. */
export function planned(text: string, json: object = {}): Files {
  return {
    "main.tf": `${MODULE}# ${text.length}\n`,
    "plan.txt": text,
    "plan.json": JSON.stringify({ format_version: "1.2", ...json }),
  };
}

/** The JSON of a plan that creates these addresses and deletes those. */
export function changes(created: readonly string[], deleted: readonly string[] = []): object {
  const change = (address: string, action: string) => ({
    address,
    type: address.split(".")[0],
    change: { actions: [action], before: null, after: null },
  });
  return {
    resource_changes: [
      ...created.map((address) => change(address, "create")),
      ...deleted.map((address) => change(address, "delete")),
    ],
  };
}

/** Opens a pull request, and waits until everything that follows from it has happened. */
export async function opened(
  p: TestPlatform,
  repository: RepositoryDesk,
  files: Files = planned("Plan: 1 to add", changes(["terraform_data.a"])),
): Promise<PullRequestDesk> {
  const pull = await repository.openPullRequest({ branch: "change", files, user: "dev" });
  await p.settle();
  return pull;
}

/** The checks of the present head: name, and how each ended. */
export function checksOf(pull: PullRequestDesk): Record<string, string | undefined> {
  return Object.fromEntries(
    pull.checkRuns.map(({ name, status, conclusion }) => [name, conclusion ?? status]),
  );
}
