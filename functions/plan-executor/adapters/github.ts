import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import { RequestError } from "@octokit/request-error";
import { failureOf } from "../../github/failures.ts";
import { gitHub } from "../../github/client.ts";
import { HttpError } from "../../runtime/errors.ts";
import type { CheckedOut, Repository, RepositoryOf } from "../ports.ts";
import { BadArchive, unpack } from "./archive.ts";

const REVOKE_MS = 5_000;

/** A repository at GitHub, seen with an installation token. */
export function repositoryAt(
  baseUrl: string,
  { fullName, pullRequest, sha, token }: RepositoryOf,
  now: () => number = () => performance.now(),
): Repository {
  const [owner = "", repo = ""] = fullName.split("/");
  // Waiting is left to whoever sent the request, which comes again.
  const client = (signal: AbortSignal) => gitHub({ token, baseUrl, signal, maxWaitSeconds: 0 });
  return {
    checkout: async (into, signal) => {
      const started = now();
      let arrived: number;
      try {
        // Redirects to another host, which carries a token of its own. Ours is not sent there: fetch keeps `authorization`
        // to the origin that it was meant for (https://fetch.spec.whatwg.org/#http-redirect-fetch).
        const { data } = await client(signal).request("GET /repos/{owner}/{repo}/tarball/{ref}", {
          owner,
          repo,
          ref: sha,
          // Not the client's own fetch, which holds whole answers in memory.
          request: { parseSuccessResponseBody: false, fetch },
        });
        const body = Readable.fromWeb(data as ReadableStream);
        arrived = await unpack(body, into, now, signal);
      } catch (error) {
        signal.throwIfAborted();
        return refused(error, started, now(), fullName, sha);
      }
      return { kind: "done", fetchMs: arrived - started, unpackMs: now() - arrived };
    },
    head: async (signal) => {
      try {
        // Answers with `contents: read` alone, which is all that this token is for.
        const { data } = await client(signal).rest.git.getRef({
          owner,
          repo,
          ref: `pull/${pullRequest}/head`,
        });
        return data.object.sha;
      } catch {
        signal.throwIfAborted();
        return undefined;
      }
    },
    revoke: async () => {
      try {
        await client(AbortSignal.timeout(REVOKE_MS)).request("DELETE /installation/token");
        return true;
      } catch (error) {
        // It is worth nothing already, as after an attempt whose answer was lost.
        return error instanceof RequestError && error.status === 401;
      }
    },
  };
}

function refused(
  error: unknown,
  started: number,
  ended: number,
  fullName: string,
  sha: string,
): CheckedOut {
  const timings = { fetchMs: ended - started, unpackMs: 0 };
  const commit = `${fullName} @ ${sha}`;
  if (error instanceof BadArchive) {
    const message = `The archive of ${commit} cannot be used. ${error.message}`;
    return { kind: "refused", error: message, ...timings };
  }
  const failure = failureOf(error, Date.now());
  if (failure?.kind === "refused") {
    const message = `GitHub answered ${failure.status} for ${commit}: ${failure.message}`;
    const hint =
      failure.status === 404
        ? "The commit is gone, or the App is not installed on the repository. A new push plans again."
        : undefined;
    return { kind: "refused", error: message, ...(hint !== undefined && { hint }), ...timings };
  }
  // A download that broke off: a connection that was lost, or an archive that ends too early.
  const message = failure?.message ?? (error instanceof Error ? error.message : "It broke off.");
  throw new HttpError(503, "download_failed", `The commit could not be downloaded: ${message}`, {
    retryAfterSeconds: failure?.retryAfterSeconds ?? 10,
  });
}
