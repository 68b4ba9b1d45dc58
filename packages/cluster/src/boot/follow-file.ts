import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '@coxswain/base';

/** Editors write a file in several steps. */
const settleMs = 500;

/** Tells of changes of a file, also when it is replaced as a Secret's files are, until disposed. */
export function followFile(path: string, clock: Clock, changed: () => void): Disposable {
  let timer: Disposable | undefined;
  // Its folder: a file that is replaced is another file.
  const watcher = watch(dirname(path), (_, name) => {
    if (name !== basename(path) && name !== '..data') return;
    timer?.[Symbol.dispose]();
    timer = clock.after(settleMs, changed);
  });
  watcher.unref();
  return {
    [Symbol.dispose]() {
      timer?.[Symbol.dispose]();
      watcher.close();
    },
  };
}
