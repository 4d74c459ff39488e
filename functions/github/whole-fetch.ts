/**
 * `fetch` that has read the whole answer when it returns. Octokit reads bodies later, and takes one that breaks off, or that
 * is aborted, for an empty text (@octokit/request 10, fetch-wrapper.js): the request would seem to have succeeded.
 */
export async function wholeFetch(
  url: string | URL | Request,
  init?: RequestInit,
): Promise<Response> {
  const { body, status, statusText, headers } = await read(url, init).catch((error: unknown) => {
    throw init?.signal?.aborted === true ? new Aborted(error) : error;
  });
  // fetch has decompressed the body; a Response makes none of what its headers say about that.
  return new Response(body.byteLength === 0 ? null : body, { status, statusText, headers });
}

async function read(url: string | URL | Request, init: RequestInit | undefined) {
  const answer = await fetch(url, init);
  const { status, statusText, headers } = answer;
  return { body: await answer.arrayBuffer(), status, statusText, headers };
}

/** Whatever the reason of a signal is, Octokit and its retries know an abort by this name only. */
class Aborted extends Error {
  override readonly name = "AbortError";
  /** Without a request in it, the plugin that retries leaves it alone. */
  readonly request = {};

  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : "The request was aborted.", { cause });
  }
}
