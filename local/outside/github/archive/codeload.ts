/** codeload.github.com: where GitHub's redirects for archives lead. */
import type { Clock } from "../../../clock.ts";
import { textResponse, type LocalRequest, type LocalResponse } from "../../../http/message.ts";
import { letters } from "../api/tokens.ts";
import type { Commit } from "../state/git.ts";
import type { Repository } from "../state/model.ts";
import { resolveCommit } from "../state/references.ts";
import type { State } from "../state/state.ts";
import { tarball } from "./tarball.ts";

/** docs.github.com/rest/repos/contents: "For private repositories, these links are temporary and expire after five minutes." */
const LIFETIME_MS = 300_000;
const PATH = /^\/([^/]+)\/([^/]+)\/legacy\.tar\.gz\/(.+)$/;

export class Codeload {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #tickets = new Map<string, { readonly path: string; readonly until: number }>();

  constructor(state: State, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Where the commit's archive can be fetched without any other credential. */
  urlOf({ fullName, isPrivate }: Repository, { sha }: Commit): string {
    const path = `/${fullName}/legacy.tar.gz/${sha}`;
    if (!isPrivate) return `https://codeload.github.com${path}`;
    const ticket = letters(29);
    this.#tickets.set(ticket, { path, until: this.#clock.now() + LIFETIME_MS });
    return `https://codeload.github.com${path}?token=${ticket}`;
  }

  answer({ method, url }: LocalRequest): LocalResponse {
    const [, owner = "", name = "", ref = ""] = PATH.exec(url.pathname) ?? [];
    const repository = this.#state.repository(owner, name);
    if (method !== "GET" || repository === undefined || !this.#admits(repository, url)) {
      return textResponse(404, "404: Not Found");
    }
    const commit = resolveCommit(repository, decodeURIComponent(ref));
    if (commit === undefined) return textResponse(404, "404: Not Found");
    const folder = `${repository.owner.login}-${repository.name}-${commit.sha.slice(0, 7)}`;
    const body = tarball(commit, folder);
    return {
      status: 200,
      headers: [
        ["content-type", "application/x-gzip"],
        ["content-disposition", `attachment; filename=${folder}.tar.gz`],
        ["content-length", String(body.length)],
      ],
      body,
    };
  }

  #admits({ isPrivate }: Repository, { pathname, searchParams }: URL): boolean {
    if (!isPrivate) return true;
    const ticket = this.#tickets.get(searchParams.get("token") ?? "");
    return ticket?.path === pathname && ticket.until > this.#clock.now();
  }
}
