/** What a schedule holds. `slot` is the schedule's own. */
export interface Scheduled {
  /** Milliseconds since the epoch. */
  dueAt: number;
  /** Breaks ties: first created, first served. */
  readonly order: number;
  /** Place in the heap; -1 outside it. */
  slot: number;
}

/**
 * Items by due time: a binary heap that knows where each item lies, so that a queue of many thousand tasks gives its
 * next one, and loses any one, in logarithmic time.
 */
export class Schedule<Item extends Scheduled> {
  readonly #heap: Item[] = [];

  /** The item that is due first. */
  get first(): Item | undefined {
    return this.#heap[0];
  }

  /** Adds an item, or moves it to its new due time. */
  put(item: Item): void {
    if (item.slot < 0) {
      item.slot = this.#heap.length;
      this.#heap.push(item);
    }
    this.#rise(item);
    this.#sink(item);
  }

  /** Takes an item out, if it is in. */
  remove(item: Item): void {
    const { slot } = item;
    if (slot < 0) return;
    item.slot = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === item) return;
    this.#place(last, slot);
    this.#rise(last);
    this.#sink(last);
  }

  #rise(item: Item): void {
    for (;;) {
      const parent = this.#heap[(item.slot - 1) >> 1];
      if (parent === undefined || !isBefore(item, parent)) return;
      this.#swap(item, parent);
    }
  }

  #sink(item: Item): void {
    for (;;) {
      const left = this.#heap[2 * item.slot + 1];
      const right = this.#heap[2 * item.slot + 2];
      const child =
        right !== undefined && left !== undefined && isBefore(right, left) ? right : left;
      if (child === undefined || !isBefore(child, item)) return;
      this.#swap(item, child);
    }
  }

  #swap(a: Item, b: Item): void {
    const { slot } = a;
    this.#place(a, b.slot);
    this.#place(b, slot);
  }

  #place(item: Item, slot: number): void {
    item.slot = slot;
    this.#heap[slot] = item;
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.dueAt === b.dueAt ? a.order < b.order : a.dueAt < b.dueAt;
}
