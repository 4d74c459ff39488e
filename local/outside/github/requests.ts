/** What was asked of GitHub, for assertions. */
import type { LocalRequest } from "../../http/message.ts";
import type { Caller } from "./api/tokens.ts";
import type { Permissions } from "./state/model.ts";

export interface RecordedRequest {
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** The App that asked, by JWT or token. */
  readonly app: string | undefined;
  /** Of the token; undefined for a JWT or none. */
  readonly permissions: Permissions | undefined;
  /** Full names that the token is narrowed to; undefined where it is not. */
  readonly repositories: readonly string[] | undefined;
  readonly body: string;
  /** Undefined while, and where, no answer was given. */
  readonly status: number | undefined;
}

/** More than any assertion looks back. */
const MAX_REMEMBERED = 20_000;

const ABOUT_TOKENS = /\/access_tokens$|^\/installation\/token$/;

export class Requests {
  readonly #all: RecordedRequest[] = [];

  /** The last 20,000, in the order in which they came. */
  get all(): readonly RecordedRequest[] {
    return this.#all;
  }

  /**
   * How many would count against 80 a minute and 500 an hour, the limits on "content-generating requests"
   * (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). What counts is not published in detail:
   * here everything that writes, minted tokens apart.
   */
  get contentCreating(): number {
    return this.#all.filter(({ method, path }) => method !== "GET" && !ABOUT_TOKENS.test(path))
      .length;
  }

  /** Notes a request as it comes; the function returned completes the note. */
  note({ method, url }: LocalRequest, body: Buffer): (caller: Caller, status: number) => void {
    const came: { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] } = {
      host: url.host,
      method,
      path: `${url.pathname}${url.search}`,
      app: undefined,
      permissions: undefined,
      repositories: undefined,
      body: body.toString(),
      status: undefined,
    };
    this.#all.push(came);
    if (this.#all.length > MAX_REMEMBERED) this.#all.shift();
    return (caller, status) => void Object.assign(came, identity(caller), { status });
  }

  clear(): void {
    this.#all.length = 0;
  }
}

function identity(caller: Caller): Pick<RecordedRequest, "app" | "permissions" | "repositories"> {
  if (caller.kind === "installation") {
    const { installation, permissions, repositories } = caller.token;
    return {
      app: installation.app.slug,
      permissions,
      repositories: repositories?.map(({ fullName }) => fullName),
    };
  }
  const app = caller.kind === "app" ? caller.app.slug : undefined;
  return { app, permissions: undefined, repositories: undefined };
}
