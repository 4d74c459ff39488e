import type { Clock } from "../../../clock.ts";
import type { Headers } from "../../../http/message.ts";
import { patternOf, type Pattern } from "../../../http/routes.ts";
import type { Events } from "../events.ts";
import type { CommentLimit, TokenFormat } from "../options.ts";
import type { Account, App, Repository } from "../state/model.ts";
import type { State } from "../state/state.ts";
import type { Codeload } from "../archive/codeload.ts";
import { GitHubError, notFound } from "./errors.ts";
import type { Fields } from "./fields.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { Caller, InstallationToken, Tokens } from "./tokens.ts";

/** What the routes work on. */
export interface World {
  readonly state: State;
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly events: Events;
  readonly rateLimit: RateLimit;
  readonly codeload: Codeload;
  readonly commentLimit: CommentLimit;
  readonly tokenFormat: TokenFormat;
  readonly treeLimit: number;
}

/** One request to a route. */
export interface Call {
  readonly world: World;
  readonly url: URL;
  readonly headers: Headers;
  readonly caller: Caller;
  /** The path's variable of that name, percent-decoded. */
  readonly param: (name: string) => string;
  /** A parameter that is never asked for counts as not implemented. */
  readonly query: (name: string) => string | undefined;
  readonly fields: Fields;
}

export interface Answer {
  readonly status: number;
  /** Absent: no body, or the raw one. */
  readonly json?: unknown;
  readonly raw?: Buffer;
  readonly headers?: Headers;
}

/**
 * Who may call a route: an App by its JWT, a token with any one of the permissions (`contents:read`), any token, or
 * anybody. The permissions are those of docs.github.com/rest/authentication/permissions-required-for-github-apps.
 */
export type Needs = "app" | "token" | "nothing" | readonly [string, ...string[]];

export interface Route extends Pattern {
  readonly needs: Needs;
  readonly answer: (call: Call) => Answer;
}

/** A route as the documentation writes it: `GET /repos/{owner}/{repo}/contents/{path*}`. */
export function route(template: string, needs: Needs, answer: Route["answer"]): Route {
  return { ...patternOf(template), needs, answer };
}

export function ok(json: unknown): Answer {
  return { status: 200, json };
}

/** The repository of the path. The router has checked that the caller may see it. */
export function repositoryOf({ world, param }: Call): Repository {
  const repository = world.state.repository(param("owner"), param("repo"));
  if (repository === undefined) throw notFound();
  return repository;
}

/** The caller's token, on routes that are an App's alone. */
export function tokenOf({ caller }: Call): InstallationToken {
  if (caller.kind === "installation") return caller.token;
  if (caller.kind === "person")
    throw new GitHubError(403, "You must authenticate via a GitHub App.");
  throw new GitHubError(401, "Requires authentication");
}

/** Under which account the caller writes, and as which App. */
export function writerOf(call: Call): { readonly user: Account; readonly app?: App } {
  const { caller, world } = call;
  if (caller.kind === "person") return { user: caller.account };
  const { app } = tokenOf(call).installation;
  return { user: world.state.botOf(app), app };
}
