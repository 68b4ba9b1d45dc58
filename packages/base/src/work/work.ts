/** Counts the jobs that left the event loop, so that `settle()` knows when all is quiet. */
export interface Work {
  /** Counts `job` as outstanding until it ends; hands it back as it is. `by` names whose it is, for `told`. */
  track<T>(job: Promise<T>, by?: string): Promise<T>;
  /** Counts one until disposed. */
  begin(by?: string): Disposable;
  readonly outstanding: number;
  /** Whose work is outstanding: `deployment (3), scheduler (1)`. */
  told(): string;
}

const unnamed = 'others';

export function countedWork(): Work {
  let outstanding = 0;
  const named = new Map<string, number>();
  const count = (by: string, change: 1 | -1): void => {
    outstanding += change;
    named.set(by, (named.get(by) ?? 0) + change);
  };
  const begin = (by = unnamed): Disposable => {
    count(by, 1);
    let open = true;
    return {
      [Symbol.dispose]() {
        if (open) count(by, -1);
        open = false;
      },
    };
  };
  return {
    track(job, by) {
      const done = begin(by);
      const end = (): void => done[Symbol.dispose]();
      job.then(end, end);
      return job;
    },
    begin,
    get outstanding() {
      return outstanding;
    },
    told: () =>
      [...named]
        .filter(([, jobs]) => jobs > 0)
        .map(([by, jobs]) => `${by} (${jobs})`)
        .join(', '),
  };
}
