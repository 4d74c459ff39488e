import { createHmac } from "node:crypto";
import { GUID, HEAD, SECRET } from "./plan-app-ports.ts";

const REPOSITORY = {
  id: 1,
  full_name: "octo/infra",
  clone_url: "https://github.com/octo/infra.git",
  default_branch: "main",
};
export const WITH_REPOSITORY = { repository: REPOSITORY, installation: { id: 42, node_id: "x" } };
const MAINTAINER = { login: "maintainer", type: "User" };

/** GitHub's JSON of a pull request, with that difference. */
export function pullRequestJson(difference: object = {}) {
  return {
    number: 7,
    state: "open",
    draft: false,
    updated_at: "2026-01-01T12:00:00Z",
    head: { sha: HEAD, ref: "topic", repo: { full_name: "octo/infra" } },
    base: { ref: "main", repo: REPOSITORY },
    ...difference,
  };
}

/** The head of a pull request that comes from a fork. */
export const FORK_HEAD = { sha: HEAD, ref: "topic", repo: { full_name: "stranger/infra" } };

export function pullRequestEvent(action: string, difference: object = {}, beside: object = {}) {
  const pull_request = pullRequestJson(difference);
  return { action, ...WITH_REPOSITORY, sender: MAINTAINER, pull_request, ...beside };
}

export function commentEvent(body: string, difference: object = {}) {
  return {
    action: "created",
    ...WITH_REPOSITORY,
    issue: { number: 7, pull_request: {} },
    comment: { body },
    sender: MAINTAINER,
    ...difference,
  };
}

export function checkRunEvent(name: string, difference: object = {}, beside: object = {}) {
  const check_run = {
    name,
    head_sha: HEAD,
    app: { id: 123 },
    pull_requests: [{ number: 7, base: { repo: { id: 1 } } }],
    ...difference,
  };
  return { action: "rerequested", ...WITH_REPOSITORY, check_run, sender: MAINTAINER, ...beside };
}

export function signatureOf(body: string | Buffer, secret = SECRET): string {
  return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** The headers of a delivery of GitHub's. */
export function headersOf(event: string, body: string | Buffer, delivery = GUID) {
  return {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": delivery,
    "x-hub-signature-256": signatureOf(body),
  };
}
