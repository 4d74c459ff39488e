/**
 * A stand-in workflows service, in memory: what streams a project's events to whoever runs tools, takes in their results
 * and keeps cursors and a lock. Shapes, limits and oddities are those of the service that it stands for; a route that is
 * missing is answered as it would be there, and warned of in the log.
 *
 *     routes/    what a bridge meets: events, cursors, callbacks, locks, workspaces
 *     people/    a page, calls of tools and faults, below `/stand-in`
 *
 * `send` answers the host. Everything else of a `Workflows` is for tests and for other parts of the local cloud.
 */
import { RealClock, type Clock } from "../../clock.ts";
import {
  header,
  jsonResponse,
  type Headers,
  type LocalRequest,
  type LocalResponse,
} from "../../http/message.ts";
import type { Log } from "../../log.ts";
import { decoded, matchOf } from "../../http/routes.ts";
import { BadBody, expressPage, jsonOf } from "./body.ts";
import { Faults, type Endpoint } from "./faults.ts";
import type { Bounds } from "./history.ts";
import { People } from "./people/index.ts";
import { callTool, type ToolCall, type ToolCalled } from "./people/tool-call.ts";
import { Records } from "./records.ts";
import type { Call, Route, World } from "./route.ts";
import { CALLBACK_ROUTES, noteCallback } from "./routes/callbacks.ts";
import { CURSOR_ROUTES } from "./routes/cursors.ts";
import { EVENT_ROUTES, publish } from "./routes/events.ts";
import { LOCK_ROUTES } from "./routes/locks.ts";
import { makeWorkspace, WORKSPACE_ROUTES } from "./routes/workspaces.ts";
import { State, type Space } from "./state.ts";
import type { EventStream } from "./stream.ts";
import { Streams } from "./streams.ts";
import { envelopeOf } from "./envelope.ts";
import { firstText, isFields, type Fields } from "./values.ts";

const ROUTES: readonly Route[] = [
  ...EVENT_ROUTES,
  ...CURSOR_ROUTES,
  ...CALLBACK_ROUTES,
  ...LOCK_ROUTES,
  ...WORKSPACE_ROUTES,
];

/**
 * As many bytes at once, or unread, end a stream: Node's mark for a full buffer when the service was written
 * (nodejs.org/api/stream.html, 16 KiB; 64 KiB since Node 22), which it takes for a failure.
 */
const BURST_BYTES = 16_384;

/** What is kept of events: far more than a bridge is ever behind. */
const KEPT_EVENTS: Bounds = { entries: 20_000, bytes: 64 * 1024 * 1024 };

export interface WorkflowsOptions {
  readonly log: Log;
  /** Default: wall time. */
  readonly clock?: Clock;
  /** The path below which the service is mounted: `/jobs`. Default: the root. */
  readonly mount?: string;
  /** Who calls must know this, in `x-service-auth` or as the bearer token in `authorization`. Default: anybody may call. */
  readonly sharedToken?: string;
  /** Bytes that end a stream when they are sent at once, or not read. Default 16 KiB. */
  readonly burstBytes?: number;
  /** How much of events is kept; the oldest go first. Default: 20,000 events and 64 MiB. */
  readonly keptEvents?: Bounds;
}

export class Workflows {
  /** Trouble on order. */
  readonly faults = new Faults();
  /** What came, and what was done about it. */
  readonly records = new Records();
  /** Bytes that end a stream when they are sent at once, or not read. */
  burstBytes: number;
  readonly #options: WorkflowsOptions;
  readonly #state: State;
  readonly #streams = new Streams();
  readonly #world: World;
  readonly #people: People;

  constructor(options: WorkflowsOptions) {
    const { log, clock = new RealClock(), burstBytes = BURST_BYTES } = options;
    this.#options = options;
    this.burstBytes = burstBytes;
    this.#state = new State(options.keptEvents ?? KEPT_EVENTS);
    this.#world = {
      clock,
      log,
      state: this.#state,
      streams: this.#streams,
      faults: this.faults,
      records: this.records,
      burstBytes: () => this.burstBytes,
    };
    this.#people = new People(this.#world);
  }

  /** Answers a request to the service. Rejects only where a fault breaks the connection. */
  readonly send = async (request: LocalRequest): Promise<LocalResponse> => {
    const path = this.#pathOf(request.url);
    if (path === undefined) return this.#missing(request);
    if (path === "/health") return plainPage(200, "OK");
    const page = await this.#people.answer(request, path);
    if (page !== undefined) return page;
    if (!this.#knowsToken(request)) return jsonResponse(401, { error: "unauthorized" });
    try {
      return await this.#answer(request, path);
    } catch (error) {
      if (error instanceof BadBody) return expressPage(error.status);
      throw error;
    }
  };

  /** Makes a project, without which there is no lock and no workspace. */
  makeProject(user: string, project: string): void {
    this.#project(user, project);
  }

  /** Makes a project and a live workspace for all of its events, or for those of a session. */
  makeWorkspace(
    user: string,
    project: string,
    given: { readonly id?: string; readonly session?: string } = {},
  ): string {
    return makeWorkspace(this.#world, this.#project(user, project), given).id;
  }

  /** Stores an event and sends it to who streams. Throws BadEvent. */
  post(user: string, event: Fields): string {
    const envelope = envelopeOf(event, this.#world.clock.now());
    publish(this.#world, this.#state.write(user, envelope.projectId), envelope);
    return envelope.id;
  }

  /** What a workflow does that calls a tool: it makes a callback and posts an event that names it. */
  callTool(call: ToolCall): ToolCalled {
    return callTool(this.#world, call);
  }

  /** Gives a project's lock to somebody, whoever had it; without anybody it is free. */
  giveLock(user: string, project: string, holder?: { consumerId: string; leaseMs: number }): void {
    const space = this.#project(user, project);
    const now = this.#world.clock.now();
    space.lock = holder && {
      ...holder,
      consumerType: "CLOUD",
      acquiredAt: now,
      refreshedAt: now,
      expiresAt: now + holder.leaseMs,
    };
  }

  /** Lock, cursors, workspaces and callbacks of a user's project. */
  project(user: string, project: string): Pick<Space, "lock" | "cursors" | "workspaces"> {
    return this.#state.read(user, project);
  }

  /** The streams that are open. Bytes can be written to each, and each can be ended or broken. */
  get streams(): readonly EventStream[] {
    return this.#streams.all;
  }

  /** Ends all streams. */
  stop(): void {
    this.#streams.endAll("end");
  }

  #project(user: string, project: string): Space {
    const space = this.#state.write(user, project);
    space.isMade = true;
    return space;
  }

  async #answer(request: LocalRequest, path: string): Promise<LocalResponse> {
    const { url, headers, method } = request;
    const body = await jsonOf(request);
    const { userId, ...others } = isFields(body) ? body : {};
    const user = firstText(userId, url.searchParams.get("userId"), header(headers, "x-user-id"));
    if (user === "") {
      return jsonResponse(401, { error: "Unauthorized: missing workflow userId" });
    }
    const project = header(headers, "x-project-id") ?? "";
    if (project === "") return jsonResponse(400, { error: "Missing x-project-id header" });
    const matched = matchOf(ROUTES, method, path);
    if (matched === undefined) return this.#missing(request);
    const call: Call = {
      world: this.#world,
      headers,
      signal: request.signal,
      user,
      project,
      body: isFields(body) ? others : body,
      fields: others,
      query: (...names) => firstText(...names.map((name) => url.searchParams.get(name))),
      param: (name) => decoded(matched.variables[name] ?? "", () => new BadBody(400)),
    };
    return this.#recorded(request, call, () => this.#withFaults(matched.route, call));
  }

  async #recorded(
    { method, url, headers }: LocalRequest,
    { user, project }: Call,
    answered: () => Promise<LocalResponse>,
  ): Promise<LocalResponse> {
    const came = {
      user,
      project,
      at: this.#world.clock.now(),
      method,
      path: `${url.pathname}${url.search}`,
      authorization: header(headers, "authorization"),
      workspace: header(headers, "x-workspace-id"),
    };
    let status: number | undefined;
    try {
      const answer = await answered();
      ({ status } = answer);
      return answer;
    } finally {
      this.records.requests.note({ ...came, status });
    }
  }

  async #withFaults({ endpoint, answer }: Route, call: Call): Promise<LocalResponse> {
    if (endpoint === undefined) return answer(call);
    const slow = this.faults.takeOnRequest(endpoint, "slow");
    if (slow?.fault === "slow") await this.#pass(slow.ms, call.signal);
    const failed = this.#failed(endpoint, call);
    if (failed !== undefined) return failed;
    const lost = this.faults.takeOnRequest(endpoint, "lose");
    const answered = await answer(call);
    if (lost !== undefined) throw new Error("The answer was lost on order.");
    return answered;
  }

  #failed(endpoint: Endpoint, call: Call): LocalResponse | undefined {
    const fault = this.faults.takeOnRequest(endpoint, "fail");
    if (fault?.fault !== "fail") return undefined;
    const { status, body = { error: "Failed on order" } } = fault;
    if (endpoint === "callback")
      noteCallback(call, { id: call.param("id"), body: call.body, status });
    return jsonResponse(status, body);
  }

  /** Resolves after a time of the clock; rejects when the sender goes away meanwhile. */
  #pass(ms: number, signal: AbortSignal | undefined): Promise<undefined> {
    const { clock } = this.#world;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    clock.at(clock.now() + ms, () => resolve(undefined));
    const leave = () => reject(new Error("The sender went away."));
    if (signal?.aborted === true) leave();
    signal?.addEventListener("abort", leave, { once: true });
    return promise;
  }

  /** The path below the mount; undefined beside it. */
  #pathOf({ pathname }: URL): string | undefined {
    const mount = this.#options.mount?.replace(/\/$/, "") ?? "";
    if (!pathname.startsWith(`${mount}/`)) return undefined;
    return pathname.slice(mount.length).replace(/(.)\/$/, "$1");
  }

  #knowsToken({ headers }: LocalRequest): boolean {
    const { sharedToken } = this.#options;
    if (sharedToken === undefined) return true;
    const given = header(headers, "x-service-auth") ?? header(headers, "authorization") ?? "";
    return given.replace(/^Bearer /i, "") === sharedToken;
  }

  #missing({ method, url }: LocalRequest): LocalResponse {
    const message = `The stand-in workflows service has no ${method} ${url.pathname.slice(0, 200)}`;
    this.#world.log({ source: "workflows", severity: "WARNING", message });
    return plainPage(404, "Not Found");
  }
}

/** As Express sends a word. */
function plainPage(status: number, text: string): LocalResponse {
  const headers: Headers = [["content-type", "text/html; charset=utf-8"]];
  return { status, headers, body: Buffer.from(text) };
}
