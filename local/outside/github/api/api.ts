/** api.github.com: from a request to its route, and back. */
import { bodyOf, header, type LocalRequest, type LocalResponse } from "../../../http/message.ts";
import type { Log } from "../../../log.ts";
import { decoded, matchOf } from "../../../http/routes.ts";
import { GitHubError, notAccessible, notFound } from "./errors.ts";
import { fieldsOf } from "./fields.ts";
import {
  repositoryOf,
  type Answer,
  type Call,
  type Needs,
  type Route,
  type World,
} from "./route.ts";
import { ROUTES } from "./routes/index.ts";
import type { Account, Repository } from "../state/model.ts";
import { roleOf } from "../state/state.ts";
import { grants, reaches, type Caller } from "./tokens.ts";

/** What a request turned out to be, for whoever keeps a record. */
export interface Answered {
  readonly response: LocalResponse;
  readonly caller: Caller;
}

export class Api {
  readonly #world: World;
  readonly #log: Log;

  constructor(world: World, log: Log) {
    this.#world = world;
    this.#log = log;
  }

  async answer(request: LocalRequest): Promise<Answered> {
    let caller: Caller = { kind: "nobody" };
    try {
      const body = await bodyOf(request);
      caller = this.#world.tokens.callerOf(header(request.headers, "authorization"));
      const answer = this.#route(request, caller, body);
      return { caller, response: this.#response(answer, caller) };
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const { status, body } = error;
      return { caller, response: this.#response({ status, json: body }, caller) };
    }
  }

  #route(request: LocalRequest, caller: Caller, body: Buffer): Answer {
    const { method, url, headers } = request;
    const { pathname } = url;
    // Asking how much is left costs nothing: docs.github.com/rest/rate-limit/rate-limit.
    if (pathname !== "/rate_limit") this.#world.rateLimit.spend(caller);
    const matched = matchOf(ROUTES, method, pathname);
    if (matched === undefined) throw this.#unimplemented(`${method} ${pathname}`);
    const { route, variables } = matched;
    const asked = new Set<string>();
    const call: Call = {
      world: this.#world,
      url,
      headers,
      caller,
      param: (name) => decoded(variables[name] ?? "", notFound),
      query: (name) => {
        asked.add(name);
        return url.searchParams.get(name) ?? undefined;
      },
      fields: fieldsOf(body),
    };
    return this.#answer(route, call, asked);
  }

  #answer(route: Route, call: Call, asked: ReadonlySet<string>): Answer {
    check(route.needs, call);
    const answer = route.answer(call);
    const ignored = [...call.url.searchParams.keys()].find((name) => !asked.has(name));
    if (ignored !== undefined) {
      throw this.#unimplemented(`the parameter ${ignored} of ${route.method} ${call.url.pathname}`);
    }
    const headers = [...(answer.headers ?? []), ...acceptedPermissions(route.needs)];
    return { ...answer, headers };
  }

  #unimplemented(what: string): GitHubError {
    const message = `The stand-in GitHub does not implement ${what}.`;
    this.#log({ source: "github", severity: "WARNING", message });
    return new GitHubError(404, message);
  }

  #response({ status, json, raw, headers = [] }: Answer, caller: Caller): LocalResponse {
    const typed = headers.some(([name]) => name === "content-type");
    return {
      status,
      headers: [
        // auth-app compares it with its own clock when a JWT is refused.
        ["date", new Date(this.#world.clock.now()).toUTCString()],
        ...(json === undefined || typed
          ? []
          : [["content-type", "application/json; charset=utf-8"] as const]),
        ["x-github-media-type", "github.v3; format=json"],
        ...this.#world.rateLimit.headers(caller),
        ...headers,
      ],
      body: json === undefined ? (raw ?? Buffer.alloc(0)) : Buffer.from(JSON.stringify(json)),
    };
  }
}

/**
 * Throws 401, 403 or 404 unless the caller may call the route. What a token does not cover is 404 even where the
 * repository is public, which is stricter than GitHub: a role is to ask for what it works on.
 */
function check(needs: Needs, call: Call): void {
  const { caller } = call;
  if (needs === "nothing") return;
  if (needs === "app") {
    if (caller.kind !== "app") throw new GitHubError(401, "A JSON web token could not be decoded");
    return;
  }
  if (caller.kind === "nobody") throw new GitHubError(401, "Requires authentication");
  if (caller.kind === "app") throw notAccessible();
  if (needs === "token") return;
  if (caller.kind === "person") {
    checkPerson(caller.account, needs, repositoryOf(call));
    return;
  }
  if (!reaches(caller.token, repositoryOf(call))) throw notFound();
  if (!needs.some((needed) => grants(caller.token.permissions, needed))) throw notAccessible();
}

/** People have roles in place of permissions. Who only reads may comment on GitHub, but not here. */
function checkPerson({ login }: Account, needs: readonly string[], repository: Repository): void {
  const role = roleOf(repository, login);
  if (role === undefined) throw notFound();
  const isWriter = role !== "read" && role !== "triage";
  if (isWriter || needs.some((needed) => needed.endsWith(":read"))) return;
  throw new GitHubError(403, "Resource not accessible by personal access token");
}

/** `X-Accepted-GitHub-Permissions` names any one that would do: docs.github.com/rest/…/troubleshooting-the-rest-api. */
function acceptedPermissions(needs: Needs): readonly (readonly [string, string])[] {
  if (typeof needs === "string") return [];
  const named = needs.map((needed) => needed.replace(":", "="));
  return [["x-accepted-github-permissions", named.join("; ")]];
}
