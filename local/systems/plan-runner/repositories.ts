/** Folders of a person's as repositories of the stand-in GitHub: how they are named. */
import { basename, resolve } from "node:path";
import { UsageError } from "../../../infra/commands/arguments.ts";
import type { Declared } from "../../declared/declared.ts";

export interface RepositoryOption {
  /** `acme/infra`; undefined where the folder's own name will do. */
  readonly fullName: string | undefined;
  /** Absolute. */
  readonly folder: string;
}

/** docs.github.com/rest/repos/repos names no rule; these are the characters that GitHub keeps in a name. */
const FULL_NAME = /^[A-Za-z\d][A-Za-z\d-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/;

/** The value of `--repository`. Throws a UsageError. */
export function repositoryOf(text: string): RepositoryOption {
  const [, name, path = text] = /^([^/=]+\/[^/=]+)=(.*)$/s.exec(text) ?? [];
  if (path === "" || (name !== undefined && !FULL_NAME.test(name))) {
    throw new UsageError(
      `--repository is FOLDER or OWNER/NAME=FOLDER, like acme/infra=../infra; "${text}" is not.`,
    );
  }
  // npm has changed to the project's folder, and says where the person is.
  return { fullName: name, folder: resolve(process.env.INIT_CWD ?? ".", path) };
}

/**
 * Full name → folder. A folder that was given no name has its own, in the account of the stack's developer. Throws a
 * UsageError where a name is taken.
 */
export function repositoriesOf(
  developer: Declared["developer"],
  options: readonly RepositoryOption[],
): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const { fullName, folder } of options) {
    const name = fullName ?? `${loginOf(developer)}/${repositoryName(folder)}`;
    const taken = [...named.keys()].some((each) => each.toLowerCase() === name.toLowerCase());
    if (taken) {
      throw new UsageError(
        `There are two repositories ${name}; name one of them: --repository OWNER/NAME=${folder}`,
      );
    }
    named.set(name, folder);
  }
  return named;
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
