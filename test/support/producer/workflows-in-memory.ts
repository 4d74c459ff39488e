import type { HttpRequest, HttpResponse } from "../../../functions/runtime/http-client.ts";
import type { VirtualTime } from "../virtual-time.ts";
import { Pipe, responseOf, sentText } from "./http-in-memory.ts";

export interface PostedEvent {
  readonly id: string;
  /** ISO 8601. */
  readonly createTime: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Above that the stream ends behind the event (producer contract, 1.8). */
const LARGE_FRAME = 16_384;

/** Of events that name no other. */
const SESSION = "s";

/** A workflows service as the producer contract has it, sections 1, 3 and 4. */
export class WorkflowsInMemory {
  readonly events: PostedEvent[] = [];
  readonly callbacks: { readonly id: string; readonly body: unknown; readonly at: number }[] = [];
  readonly cursors: {
    readonly eventId: string;
    readonly timestamp: string;
    readonly at: number;
  }[] = [];
  readonly requests: HttpRequest[] = [];
  lock: { readonly consumerId: string; readonly expiresAt: number } | undefined;
  /** Called with each request before it is answered: what it returns is the answer. */
  fault: (
    request: HttpRequest,
    path: string,
  ) => HttpResponse | Promise<HttpResponse | undefined> | undefined = () => undefined;
  /** How often an event is sent. */
  copies: (event: PostedEvent) => number = () => 1;
  /** Whether the stream ends behind an event. */
  cutsAfter: (event: PostedEvent) => boolean = () => false;
  /** Ids that the service has forgotten. */
  readonly forgotten = new Set<string>();
  readonly #time: VirtualTime;
  readonly #streams = new Set<{ readonly pipe: Pipe; readonly after: string }>();
  #made = 0;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  /** How many streams are open. */
  get streams(): number {
    return this.#streams.size;
  }

  /** Stores an event and sends it to whoever listens. */
  post(data: Readonly<Record<string, unknown>>, id = this.newId()): PostedEvent {
    const event = { id, createTime: new Date(this.#time.now).toISOString(), data };
    this.events.push(event);
    for (const { pipe, after } of this.#streams) {
      if (event.createTime > after) this.#send(pipe, event);
    }
    return event;
  }

  /** In the order of time (producer contract, 1.7). */
  newId(): string {
    const made = String((this.#made += 1)).padStart(16, "0");
    return `${this.#time.now.toString(36).padStart(8, "0")}${made}`;
  }

  /** Ends all streams. */
  drop(): void {
    for (const { pipe } of this.#streams) pipe.fail("The connection was reset.");
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    const url = new URL(request.url);
    const path = url.pathname;
    const fault = await this.fault(request, path);
    if (fault !== undefined) return fault;
    if (path === "/events") return this.#page(request, url.searchParams);
    if (path === "/events/stream") return this.#stream(request, url.searchParams);
    if (path === "/events/cursors") return this.#cursor(request);
    const callback = /^\/callbacks\/([^/]+)$/.exec(path)?.[1];
    if (callback !== undefined) return this.#callback(request, decodeURIComponent(callback));
    const verb = /^\/projects\/[^/]+\/consumer-lock\/(\w+)$/.exec(path)?.[1];
    if (verb !== undefined) return this.#lock(request, verb);
    return responseOf(request, 404, "Not found");
  }

  /** A session's events from one on, that one and those of its millisecond included. */
  #page(request: HttpRequest, query: URLSearchParams): HttpResponse {
    const from = this.events.find(({ id }) => id === query.get("since_id"))?.createTime ?? "\uffff";
    const found = this.events
      .filter(({ id, createTime }) => createTime >= from && !this.forgotten.has(id))
      .filter(({ data }) => (data.session ?? SESSION) === query.get("sessionId"))
      .slice(0, Number(query.get("limit")))
      .map(({ id, createTime, data }) => ({ id, create_time: createTime, data }));
    return responseOf(request, 200, found);
  }

  #stream(request: HttpRequest, query: URLSearchParams): HttpResponse | Promise<HttpResponse> {
    const heartbeat = Number(query.get("heartbeat_ms") ?? 15_000);
    const pipe = new Pipe();
    const head = Promise.withResolvers<HttpResponse>();
    const flush = (): void => head.resolve(responseOf(request, 200, pipe));
    const sinceId = query.get("since_id");
    const known = this.events.findIndex(({ id }) => id === sinceId && !this.forgotten.has(id));
    const after =
      query.get("since_time") ?? (sinceId === null ? "" : this.events[known]?.createTime);
    const abort = (): void => {
      pipe.end();
      head.reject(new Error("The request was ended."));
    };
    request.signal.addEventListener("abort", abort);
    const beat = (): void => {
      cancel = this.#time.at(heartbeat, () => {
        flush();
        pipe.write(": keep-alive\n\n");
        beat();
      });
    };
    let cancel = (): void => undefined;
    beat();
    // An id that is not known: open, and silent for ever.
    const listener = { pipe, after: after ?? "\uffff" };
    this.#streams.add(listener);
    pipe.onClose(() => {
      cancel();
      this.#streams.delete(listener);
      request.signal.removeEventListener("abort", abort);
    });
    for (const event of this.events) {
      if (event.createTime <= listener.after || !pipe.isOpen) continue;
      if (this.forgotten.has(event.id)) continue;
      flush();
      this.#send(pipe, event);
    }
    pipe.onClose(flush);
    const write = pipe.write.bind(pipe);
    pipe.write = (chunk) => {
      flush();
      write(chunk);
    };
    return head.promise;
  }

  #send(pipe: Pipe, event: PostedEvent): void {
    const frame = `id: ${event.id}\nevent: message\ndata: ${JSON.stringify(event.data)}\n\n`;
    for (let copy = this.copies(event); copy > 0; copy -= 1) pipe.write(frame);
    if (frame.length > LARGE_FRAME || this.cutsAfter(event)) pipe.end();
  }

  async #cursor(request: HttpRequest): Promise<HttpResponse> {
    const last = this.cursors.at(-1);
    if (request.method === "GET") {
      const project = last === undefined ? null : { ...last, updatedAt: last.at };
      return responseOf(request, 200, { projectId: "p", sessionId: null, project, session: null });
    }
    const { eventId, timestamp } = JSON.parse(await sentText(request)) as Record<string, string>;
    if (eventId === undefined || timestamp === undefined) {
      return responseOf(request, 400, { error: "eventId required" });
    }
    this.cursors.push({ eventId, timestamp, at: this.#time.now });
    return responseOf(request, 200, { ok: true, updated: ["project"] });
  }

  async #callback(request: HttpRequest, id: string): Promise<HttpResponse> {
    const body: unknown = JSON.parse(await sentText(request));
    if (typeof body !== "object" || body === null) {
      return responseOf(request, 400, { error: "strict JSON" });
    }
    this.callbacks.push({ id, body, at: this.#time.now });
    return responseOf(request, 200, {});
  }

  async #lock(request: HttpRequest, verb: string): Promise<HttpResponse> {
    const now = this.#time.now;
    if (this.lock !== undefined && this.lock.expiresAt <= now) this.lock = undefined;
    const held = this.lock;
    const holder = held === undefined ? undefined : { consumerId: held.consumerId };
    if (verb === "status") {
      return responseOf(request, 200, { ok: true, locked: held !== undefined, holder });
    }
    const sent = JSON.parse(await sentText(request)) as { consumerId?: string; leaseMs?: number };
    const { consumerId, leaseMs = 600_000 } = sent;
    if (consumerId === undefined) return responseOf(request, 400, { error: "consumerId required" });
    const isOurs = held?.consumerId === consumerId;
    if (held !== undefined && !isOurs) {
      return responseOf(request, 409, { ok: false, conflict: true, holder });
    }
    if (verb === "release") {
      this.lock = undefined;
      return responseOf(request, 200, { ok: true, released: isOurs });
    }
    this.lock = { consumerId, expiresAt: now + leaseMs };
    return responseOf(request, 200, {
      ok: true,
      lock: this.lock,
      ...(isOurs && { refreshed: true }),
    });
  }
}
