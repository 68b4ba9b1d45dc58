/** How much of the processors was used lately: the rate between the last two samples of a name. */
export class CpuRate {
  readonly #last = new Map<
    string,
    { readonly atMs: number; readonly nanoseconds: number; readonly rate: number | undefined }
  >();

  /** Nanocores since the sample before; undefined for the first. Samples at one instant give one rate. */
  take(name: string, atMs: number, nanoseconds: number): number | undefined {
    const before = this.#last.get(name);
    if (before && atMs <= before.atMs) return before.rate;
    const rate =
      before && nanoseconds >= before.nanoseconds
        ? Math.round(((nanoseconds - before.nanoseconds) / (atMs - before.atMs)) * 1000)
        : undefined;
    this.#last.set(name, { atMs, nanoseconds, rate });
    return rate;
  }

  /** Forgets all but `names`. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#last.keys()) if (!names.has(name)) this.#last.delete(name);
  }
}
