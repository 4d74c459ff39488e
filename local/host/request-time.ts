/**
 * How long a request may take. Its signal is aborted when the time is up, or when the sender goes away. It is made by
 * hand: Node's HTTP client never lets go of `AbortSignal.any([AbortSignal.timeout(…), …])` before that time (seen in
 * 24.21), so that every request of an hour would stay for one.
 */
export class RequestTime {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #sender: AbortSignal | undefined;
  #isUp = false;

  constructor(seconds: number, sender: AbortSignal | undefined) {
    this.#sender = sender;
    this.#timer = setTimeout(() => {
      this.#isUp = true;
      this.#controller.abort(new Error(`nothing within ${seconds} s`));
    }, seconds * 1000).unref();
    sender?.addEventListener("abort", this.#leave, { once: true });
    if (sender?.aborted === true) this.#leave();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the time that ended the request. */
  get isUp(): boolean {
    return this.#isUp;
  }

  /** The request is over: nothing is aborted any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#sender?.removeEventListener("abort", this.#leave);
  }

  readonly #leave = (): void => this.#controller.abort(this.#sender?.reason);
}
