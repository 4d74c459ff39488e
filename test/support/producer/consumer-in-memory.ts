import type { HttpRequest, HttpResponse } from "../../../functions/runtime/http-client.ts";
import type { VirtualTime } from "../virtual-time.ts";
import { Pipe, responseOf, sentText } from "./http-in-memory.ts";

/** What the consumer does with one request. */
export type Behaviour =
  /** Answers after so many milliseconds. */
  | { readonly kind: "answer"; readonly takesMs: number; readonly dialect?: "V0" | "V1" | "V2" }
  | { readonly kind: "status"; readonly status: number; readonly retryAfter?: number }
  /** The tool runs; the connection ends before its answer. */
  | { readonly kind: "cut"; readonly takesMs: number }
  /** Another's answer comes first, then the right one. */
  | { readonly kind: "wrong-id"; readonly takesMs: number }
  /** The connection stays open and says nothing. */
  | { readonly kind: "silent" }
  /** It pings for ever. */
  | { readonly kind: "pings" };

const PING_MS = 15_000;

/** A consumer that runs no tool: its result says which event it was asked for. */
export class ConsumerInMemory {
  /** Ids in the order in which tools were run. */
  readonly ran: string[] = [];
  readonly requests: { readonly request: HttpRequest; readonly text: string }[] = [];
  /** How many requests are open, and how many were at most. */
  open = 0;
  mostOpen = 0;
  behaviour: (id: string) => Behaviour = () => ({ kind: "answer", takesMs: 10 });
  readonly #time: VirtualTime;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  async answer(request: HttpRequest): Promise<HttpResponse> {
    const text = await sentText(request);
    this.requests.push({ request, text });
    const { id } = JSON.parse(text) as { id: string };
    const behaviour = this.behaviour(id);
    if (behaviour.kind === "status") {
      const { status, retryAfter } = behaviour;
      const headers = retryAfter === undefined ? undefined : { "retry-after": String(retryAfter) };
      return responseOf(request, status, { error: "no" }, headers);
    }
    const pipe = new Pipe();
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    pipe.onClose(() => {
      this.open -= 1;
    });
    if (behaviour.kind !== "silent") this.#ping(pipe);
    if ("takesMs" in behaviour) {
      this.ran.push(id);
      this.#time.at(behaviour.takesMs, () => answerOn(pipe, id, behaviour));
    }
    return responseOf(request, 200, pipe);
  }

  #ping(pipe: Pipe): void {
    pipe.write(`ready ${this.#time.now}\n`);
    const next = (): void => {
      const cancel = this.#time.at(PING_MS, () => {
        pipe.write(`ping ${this.#time.now}\n`);
        if (pipe.isOpen) next();
      });
      pipe.onClose(cancel);
    };
    next();
  }
}

/** What the tool of an event comes to. */
export function resultOf(id: string): { readonly answers: string } {
  return { answers: id };
}

function answerOn(
  pipe: Pipe,
  id: string,
  behaviour: Extract<Behaviour, { takesMs: number }>,
): void {
  if (behaviour.kind === "cut") {
    pipe.fail("The connection was reset.");
    return;
  }
  const result = resultOf(id);
  if (behaviour.kind === "wrong-id") {
    pipe.write(`${JSON.stringify({ id: "another", result: resultOf("another") })}\n`);
  }
  const dialect = behaviour.kind === "answer" ? (behaviour.dialect ?? "V2") : "V2";
  if (dialect === "V0") {
    pipe.write(`${JSON.stringify({ type: "ready", ts: 1 })}\n`);
    pipe.write(`${JSON.stringify({ event_id: id, result, error: null })}\n`);
    pipe.write(`${JSON.stringify({ type: "end", ts: 1 })}\n`);
  } else if (dialect === "V1") {
    pipe.write(`${JSON.stringify({ type: "gcs_sync_error", error: "no bucket" })}\n`);
    pipe.write(`${JSON.stringify({ result })}\n`);
  } else {
    pipe.write(`${JSON.stringify({ id, result })}\n`);
  }
}
