/** github.com: pages for people who may see the repository, and what they do there. */
import {
  bodyOf,
  header,
  textResponse,
  type LocalRequest,
  type LocalResponse,
} from "../../../http/message.ts";
import type { Api } from "../api/api.ts";
import { GitHubError } from "../api/errors.ts";
import type { Tokens } from "../api/tokens.ts";
import type { Repository } from "../state/model.ts";
import { roleOf, type State } from "../state/state.ts";
import { checkHtml, pathOf, pullHtml, repositoriesHtml } from "./html.ts";
import { checkText, pullText, repositoriesText } from "./text.ts";

export interface PagesOptions {
  readonly state: State;
  readonly tokens: Tokens;
  readonly api: Api;
}

const REPOSITORY = /^\/([^/]+\/[^/]+)\/?$/;
const PULL = /^\/([^/]+\/[^/]+)\/pull\/(\d+)$/;
const CHECK = /^\/([^/]+\/[^/]+)\/runs\/(\d+)$/;
const COMMENTS = /^\/([^/]+\/[^/]+)\/pull\/(\d+)\/comments$/;
const RERUN = /^\/([^/]+\/[^/]+)\/check-runs\/(\d+)\/rerequest$/;

export class Pages {
  readonly #options: PagesOptions;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** Undefined where there is no such page, or it is not for the caller to see. */
  async answer(request: LocalRequest): Promise<LocalResponse | undefined> {
    const seen = this.#seenBy(request);
    return request.method === "POST" ? this.#do(request, seen) : this.#show(request, seen);
  }

  #show({ method, url, headers }: LocalRequest, seen: Seen): LocalResponse | undefined {
    if (method !== "GET") return undefined;
    const { pathname } = url;
    const wantsHtml = header(headers, "accept")?.includes("text/html") === true;
    const shown = <T>(thing: T, html: (thing: T) => LocalResponse, text: (thing: T) => string) =>
      wantsHtml ? html(thing) : textResponse(200, text(thing));

    const [, checked = "", run = ""] = CHECK.exec(pathname) ?? [];
    const check = seen.get(checked.toLowerCase())?.checkRuns.get(Number(run));
    if (check !== undefined) return shown(check, checkHtml, checkText);

    const [, full = "", number = ""] = PULL.exec(pathname) ?? [];
    const pull = seen.get(full.toLowerCase())?.pulls.get(Number(number));
    if (pull !== undefined) return shown(pull, pullHtml, pullText);

    const [, name = ""] = REPOSITORY.exec(pathname) ?? [];
    const one = seen.get(name.toLowerCase());
    const all = one === undefined && pathname === "/" ? [...seen.values()] : [];
    const listed = one === undefined ? all : [one];
    return listed.length === 0 ? undefined : shown(listed, repositoriesHtml, repositoriesText);
  }

  /** A form does what the API does, in the same person's name. */
  async #do(request: LocalRequest, seen: Seen): Promise<LocalResponse | undefined> {
    const { pathname } = request.url;
    const [, named = "", number = ""] = COMMENTS.exec(pathname) ?? [];
    const pull = seen.get(named.toLowerCase())?.pulls.get(Number(number));
    if (pull !== undefined) {
      const form = new URLSearchParams((await bodyOf(request)).toString());
      const path = `/repos/${pull.repository.fullName}/issues/${pull.number}/comments`;
      return this.#ask(request, path, { body: form.get("body") ?? "" }, pathOf(pull));
    }
    const [, full = "", run = ""] = RERUN.exec(pathname) ?? [];
    const checked = pullOfCheck(seen.get(full.toLowerCase()), Number(run));
    if (checked === undefined) return undefined;
    const path = `/repos/${checked.repository.fullName}/check-runs/${run}/rerequest`;
    return this.#ask(request, path, {}, pathOf(checked));
  }

  async #ask(
    request: LocalRequest,
    path: string,
    fields: object,
    back: string,
  ): Promise<LocalResponse> {
    const url = new URL(path, "https://api.github.com");
    const body = Buffer.from(JSON.stringify(fields));
    const { response } = await this.#options.api.answer({ ...request, url, body });
    return response.status < 300 ? redirect(back) : response;
  }

  /** By lower-case full name. */
  #seenBy({ headers }: LocalRequest): Seen {
    const login = this.#loginOf(header(headers, "authorization"));
    const repositories = [...this.#options.state.repositories.entries()];
    return new Map(
      repositories.filter(([, each]) => login !== undefined && roleOf(each, login) !== undefined),
    );
  }

  #loginOf(authorization: string | undefined): string | undefined {
    try {
      const caller = this.#options.tokens.callerOf(authorization);
      return caller.kind === "person" ? caller.account.login : undefined;
    } catch (error) {
      if (error instanceof GitHubError) return undefined;
      throw error;
    }
  }
}

type Seen = ReadonlyMap<string, Repository>;

/** The pull request beside which the check is shown. */
function pullOfCheck(repository: Repository | undefined, id: number) {
  const run = repository?.checkRuns.get(id);
  return [...(repository?.pulls.values() ?? [])].find(({ headSha }) => headSha === run?.headSha);
}

function redirect(path: string): LocalResponse {
  return { status: 303, headers: [["location", path]], body: Buffer.alloc(0) };
}
