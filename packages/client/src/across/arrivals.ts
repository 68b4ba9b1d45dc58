/** What arrives by and by, handed out in the batches that have gathered since the last; for one reader. */
export class Arrivals<T> implements AsyncIterable<readonly T[]> {
  #gathered: T[] = [];
  #wake = Promise.withResolvers<void>();
  #ended: { readonly error?: Error } | undefined;

  add(items: readonly T[]): void {
    for (const item of items) this.#gathered.push(item);
    this.#wake.resolve();
  }

  /** No more will come; the reader gets what has gathered, then the error if there is one. */
  end(error?: Error): void {
    this.#ended ??= error ? { error } : {};
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly T[], void> {
    for (;;) {
      await this.#wake.promise;
      const batch = this.#gathered;
      this.#gathered = [];
      if (batch.length > 0) yield batch;
      else if (this.#ended?.error) throw this.#ended.error;
      else if (this.#ended) return;
      if (!this.#ended && this.#gathered.length === 0) this.#wake = Promise.withResolvers();
    }
  }
}
