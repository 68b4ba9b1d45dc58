/** Runs a script with the code that V8 made of it in an earlier process. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

export interface Compiled {
  readonly exports: unknown;
  /** Keeps what is compiled by the end of this process for the next one, unless there was something already. */
  readonly keep: () => void;
}

const parameters = 'exports,require,module,bundleUrl';

/**
 * Runs the CommonJS file `name` beside `base`. Node's own compile cache has only what is compiled when a module is loaded; here it is
 * also all that had been called by the end of the process that kept it, which is what a first cluster needs. Where the same file serves
 * several `uses`, each has its own: what others need would only be read in vain.
 */
export function runCompiled(name: string, base: string, use = ''): Compiled {
  const path = fileURLToPath(new URL(name, base));
  const source = readFileSync(path, 'latin1'); // the bundler escapes everything else
  const module = { exports: {} };
  const run = (main: Function): void => main(module.exports, createRequire(base), module, base);
  const isOwnRealm = new Script('Object').runInThisContext() === Object;
  if (!isOwnRealm) {
    // A test runner's sandbox, whose objects must be of its own kind.
    // oxlint-disable-next-line typescript/no-implied-eval -- the bundle, in this realm
    run(new Function(...parameters.split(','), source));
    return { exports: module.exports, keep() {} };
  }
  const folder = fileURLToPath(new URL('cache', base));
  const kept = `${folder}/${name.replace('./', '')}.${use}${process.versions.v8}`;
  const cachedData = readOrNone(kept);
  const script = new Script(`(function(${parameters}){${source}\n})`, {
    filename: path,
    ...(cachedData && { cachedData }),
  });
  run(script.runInThisContext() as Function);
  let isKept = cachedData !== undefined && !script.cachedDataRejected;
  const keep = (): void => {
    if (isKept) return;
    isKept = true;
    process.once('exit', () => write(folder, kept, script.createCachedData()));
  };
  return { exports: module.exports, keep };
}

function readOrNone(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** Whole or not at all; where nothing may be written, the next process compiles again. */
function write(folder: string, path: string, data: Buffer): void {
  try {
    mkdirSync(folder, { recursive: true });
    const fresh = `${path}.${process.pid}`;
    writeFileSync(fresh, data);
    renameSync(fresh, path);
  } catch {
    // Only time is lost.
  }
}
