/** Items that one side makes ready ahead of the other, in order; what the maker throws, the taker throws. */
export class BatchQueue<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #ended = false;
  #error: { cause: unknown } | undefined;
  #wake: (() => void)[] = [];

  /** @param capacity items that wait at most; the maker waits beyond it */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Adds an item, and waits until there is room for another. Gives whether more are wanted. */
  async push(item: T): Promise<boolean> {
    this.#items.push(item);
    this.#signal();
    while (this.#items.length >= this.#capacity && !this.#ended) await this.#change();
    return !this.#ended;
  }

  /** No more items come; an error is thrown where the next item would be. */
  end(error?: { cause: unknown }): void {
    this.#ended = true;
    this.#error ??= error;
    this.#signal();
  }

  /** The next item, when it comes; `undefined` at the end. */
  async shift(): Promise<T | undefined> {
    while (this.#items.length === 0 && !this.#ended) await this.#change();
    return this.#take();
  }

  /** The next item if it is there within `ms` milliseconds and `wanted`; it stays otherwise. */
  async shiftReady(ms: number, wanted: (item: T) => boolean): Promise<T | undefined> {
    if (this.#items.length === 0 && !this.#ended) await this.#changeWithin(ms);
    const [first] = this.#items;
    return first !== undefined && wanted(first) ? this.#take() : undefined;
  }

  #take(): T | undefined {
    const item = this.#items.shift();
    this.#signal();
    if (item === undefined && this.#error) throw this.#error.cause;
    return item;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  async #changeWithin(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const passed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#change(), passed]);
    clearTimeout(timer);
  }

  #signal(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
