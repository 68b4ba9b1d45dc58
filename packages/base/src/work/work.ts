/** Counts the jobs that left the event loop, so that `settle()` knows when all is quiet. */
export interface Work {
  /** Counts `job` as outstanding until it ends; hands it back as it is. */
  track<T>(job: Promise<T>): Promise<T>;
  /** Counts one until disposed. */
  begin(): Disposable;
  readonly outstanding: number;
}

export function countedWork(): Work {
  let outstanding = 0;
  const begin = (): Disposable => {
    outstanding++;
    let open = true;
    return {
      [Symbol.dispose]() {
        if (open) outstanding--;
        open = false;
      },
    };
  };
  return {
    track(job) {
      const done = begin();
      const end = (): void => done[Symbol.dispose]();
      job.then(end, end);
      return job;
    },
    begin,
    get outstanding() {
      return outstanding;
    },
  };
}
