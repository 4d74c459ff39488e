/** The worker's waits, ended by the test. */
export class WaitsByHand {
  /** What was asked for, in order. */
  readonly seconds: number[] = [];
  #begun = Promise.withResolvers<undefined>();
  #ended = Promise.withResolvers<undefined>();

  readonly wait = async (seconds: number): Promise<void> => {
    this.seconds.push(seconds);
    this.#begun.resolve(undefined);
    await this.#ended.promise;
  };

  /** Ends the first wait, once it has begun. */
  async end(): Promise<void> {
    await this.#begun.promise;
    this.#ended.resolve(undefined);
  }
}
