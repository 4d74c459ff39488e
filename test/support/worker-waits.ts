/** The worker's waits, ended by the test. */
export class WaitsByHand {
  /** What was asked for, in order. */
  readonly seconds: number[] = [];
  #begun = Promise.withResolvers<undefined>();
  #ended = Promise.withResolvers<undefined>();

  readonly wait = async (seconds: number, signal?: AbortSignal): Promise<void> => {
    this.seconds.push(seconds);
    this.#begun.resolve(undefined);
    const aborted = Promise.withResolvers<never>();
    signal?.addEventListener("abort", () => aborted.reject(new Error("aborted")));
    await Promise.race([this.#ended.promise, aborted.promise]);
  };

  /** Resolves once the first wait has begun. */
  async begun(): Promise<void> {
    await this.#begun.promise;
  }

  /** Ends all waits, once the first has begun. */
  async end(): Promise<void> {
    await this.#begun.promise;
    this.#ended.resolve(undefined);
  }
}
