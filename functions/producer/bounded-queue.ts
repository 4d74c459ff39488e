/** A queue that makes whoever adds to it wait while it is full. */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #max: number;
  #isClosed = false;
  #changed = Promise.withResolvers<undefined>();

  constructor(max: number) {
    this.#max = max;
  }

  get items(): readonly T[] {
    return this.#items;
  }

  /** Resolves once there was room; false where the queue was closed before. */
  async add(item: T): Promise<boolean> {
    while (this.#items.length >= this.#max && !this.#isClosed) await this.#changed.promise;
    if (this.#isClosed) return false;
    this.#items.push(item);
    this.#notify();
    return true;
  }

  /** The first item, left where it is; undefined once the queue is closed, whatever is in it. */
  async first(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#isClosed) await this.#changed.promise;
    return this.#isClosed ? undefined : this.#items[0];
  }

  removeFirst(): void {
    this.#items.shift();
    this.#notify();
  }

  close(): void {
    this.#isClosed = true;
    this.#notify();
  }

  #notify(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers();
    resolve(undefined);
  }
}
