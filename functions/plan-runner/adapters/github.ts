import type { ReadableStream } from "node:stream/web";
import { appKey } from "../../github/app-key.ts";
import { appTokens } from "../../github/app-tokens.ts";
import type { MintToken, Permissions } from "../../github/app-tokens.ts";
import { gitHub as clientOf } from "../../github/client.ts";
import type { GitHub as Client } from "../../github/client.ts";
import type { PlanRunnerEnv } from "../env.ts";
import { Refused, Unavailable, Unusable } from "../faults.ts";
import type { GitHub, Target } from "../ports.ts";
import { asking } from "./failures.ts";
import { pullRequestOf } from "./pull-request.ts";

const MINT_TIMEOUT_MS = 20_000;
/** Of one request with its repetitions. Without one, a connection that hangs would hold a comment for five minutes. */
const REQUEST_TIMEOUT_MS = 60_000;
/** A longer wait is Pub/Sub's: this instance has better to do. */
const MAX_WAIT_SECONDS = 20;

const NOT_FOUND = 404;

const FOR_CHECKOUT: Permissions = { contents: "read" };
const FOR_COMMENTS: Permissions = { issues: "write", pull_requests: "read", checks: "write" };

type Env = Pick<PlanRunnerEnv, "GITHUB_APP_ID" | "GITHUB_API_BASE_URL" | "APP_KEY_SECRET">;

/** GitHub as the App that we are. */
export function gitHubOf(
  { GITHUB_APP_ID: appId, GITHUB_API_BASE_URL: baseUrl, APP_KEY_SECRET }: Env,
  readKey: () => Promise<string> = appKey(APP_KEY_SECRET),
): GitHub {
  const privateKey = async (): Promise<string> => {
    try {
      return await readKey();
    } catch (error) {
      // Even a missing permission is put right by somebody, after which the message can be answered.
      throw new Unavailable(`The App's key could not be read: ${String(error)}`);
    }
  };
  const mint = appTokens({ appId, privateKey, baseUrl });
  return {
    open: async (target) => {
      const token = await tokenFor(target, FOR_COMMENTS, mint);
      // Not the request's signal: what has been found out is written even when nobody waits for our answer any more.
      const { signal } = new AbortController();
      const github = clientOf({ token, baseUrl, signal, maxWaitSeconds: MAX_WAIT_SECONDS });
      github.hook.before("request", (options) => {
        options.request = { ...options.request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
      });
      return pullRequestOf(github, appId, target);
    },
    archive: async (target, sha, signal) => {
      const token = await tokenFor(target, FOR_CHECKOUT, mint);
      // Waiting is left to whoever sent the message, which comes again.
      const github = clientOf({ token, baseUrl, signal, maxWaitSeconds: 0 });
      try {
        return await asking(() => archiveOf(github, target.fullName, sha));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        throw notHandedOut(error, `${target.fullName} @ ${sha}`);
      }
    },
  };
}

async function archiveOf(
  github: Client,
  fullName: string,
  ref: string,
): Promise<ReadableStream<Uint8Array>> {
  const [owner = "", repo = ""] = fullName.split("/");
  // Redirects to another host, which carries a token of its own. Ours is not sent there: fetch keeps `authorization` to the
  // origin that it was meant for (https://fetch.spec.whatwg.org/#http-redirect-fetch).
  const { data } = await github.request("GET /repos/{owner}/{repo}/tarball/{ref}", {
    owner,
    repo,
    ref,
    // Not the client's own fetch, which holds whole answers in memory.
    request: { parseSuccessResponseBody: false, fetch },
  });
  return data as ReadableStream<Uint8Array>;
}

function notHandedOut({ status, message }: Refused, commit: string): Unusable {
  const hint =
    "The commit is gone, or the App is not installed on the repository. A new push plans again.";
  const why = `GitHub answered ${status} for ${commit}: ${message}`;
  return new Unusable(why, { isLasting: false, ...(status === NOT_FOUND && { hint }) });
}

function tokenFor(target: Target, permissions: Permissions, mint: MintToken): Promise<string> {
  const [owner = "", name = ""] = target.fullName.split("/");
  const repository = { owner, name, installationId: target.installationId };
  return asking(() => mint(repository, permissions, AbortSignal.timeout(MINT_TIMEOUT_MS)));
}
