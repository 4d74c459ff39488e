import { createAppAuth } from "@octokit/auth-app";
import { request } from "@octokit/request";
import { wholeFetch } from "./whole-fetch.ts";

/** A repository that the App is installed on. */
export interface Repository {
  readonly owner: string;
  readonly name: string;
  /** Where it is known; otherwise GitHub is asked. */
  readonly installationId?: number | undefined;
}

/** `{contents: "read"}`: what GitHub calls the permissions of an installation token. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

export interface AppTokensOptions {
  readonly appId: string;
  /** The App's private key, PEM. Read anew for every token, so that a new version of the secret counts at once. */
  readonly privateKey: () => Promise<string>;
  /** `https://api.github.com` */
  readonly baseUrl: string;
}

/** Makes a token for one repository and just these permissions. Throws Octokit's RequestError. */
export type MintToken = (
  repository: Repository,
  permissions: Permissions,
  signal: AbortSignal,
) => Promise<string>;

/** Installation tokens of a GitHub App (docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app). */
export function appTokens({ appId, privateKey, baseUrl }: AppTokensOptions): MintToken {
  return async ({ owner, name, installationId }, permissions, signal) => {
    const github = request.defaults({
      baseUrl: baseUrl.replace(/\/+$/, ""),
      headers: { "user-agent": "switchyard-plan-runner" },
      request: { signal, fetch: wholeFetch },
    });
    const log = { warn: () => undefined };
    // The first service's deployments hold the key with \n written out.
    const key = (await privateKey()).replaceAll("\\n", "\n");
    const auth = createAppAuth({ appId, privateKey: key, request: github, log });
    const id = installationId ?? (await installationOf(owner, name));
    const { token } = await auth({
      type: "installation",
      installationId: id,
      repositoryNames: [name],
      permissions,
    });
    return token;

    async function installationOf(ownerName: string, repo: string): Promise<number> {
      const { token: jwt } = await auth({ type: "app" });
      const { data } = await github("GET /repos/{owner}/{repo}/installation", {
        owner: ownerName,
        repo,
        headers: { authorization: `bearer ${jwt}` },
      });
      return data.id;
    }
  };
}
