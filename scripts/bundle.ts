/**
 * Writes `dist/`: the command `cox` as a few bundled files that start fast. Worker threads (`*.worker.ts`) become
 * files of their own beside it. A first run fills the compile cache.
 */
import { existsSync, globSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const workers = globSync('packages/*/src/**/*.worker.ts', { cwd: root });
/** Two terminals may bundle at once: each in a folder of its own, the last one stays. */
const out = join(root, `dist.${process.pid}`);
const dist = join(root, 'dist');
const startedAt = new Date();

/** A worker is named by the URL of its source; in the bundle that file has another ending and stands beside all others. */
const workerNames: Plugin = {
  name: 'worker names',
  setup(bundler) {
    bundler.onLoad({ filter: /packages\/.*\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('.worker.ts')) return undefined;
      return {
        contents: text.replaceAll(/'[^']*?([\w-]+\.worker)\.ts'/g, "'./$1.mjs'"),
        loader: 'ts',
      };
    });
  },
};

rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [
    { in: 'packages/cluster/src/main.ts', out: 'main' },
    { in: 'packages/cluster/src/start.ts', out: 'cox' },
    ...workers.map((path) => ({ in: path, out: basename(path, '.ts') })),
  ],
  outdir: out,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [workerNames],
  legalComments: 'none',
  logLevel: 'warning',
  // Libraries in CommonJS ask for node's modules by require.
  banner: {
    js: "import { createRequire as $require } from 'node:module'; const require = $require(import.meta.url);",
  },
});
// As old as the sources it was made of: one that changed meanwhile is newer.
utimesSync(join(out, 'cox.mjs'), startedAt, startedAt);
if (isSame(out, dist)) {
  utimesSync(join(dist, 'cox.mjs'), startedAt, startedAt);
  rmSync(out, { recursive: true, force: true });
} else replace(dist, out);

/** Whether another terminal has just made the same bundle: programs run from it, so it stays. */
function isSame(one: string, other: string): boolean {
  const files = globSync('**/*.mjs', { cwd: one });
  return files.every(
    (file) =>
      existsSync(join(other, file)) &&
      readFileSync(join(one, file)).equals(readFileSync(join(other, file))),
  );
}

/** The old folder goes aside first: removed in its place it would be half there for a while. */
function replace(folder: string, fresh: string): void {
  const aside = `${fresh}.old`;
  for (;;)
    try {
      if (existsSync(folder)) renameSync(folder, aside);
      renameSync(fresh, folder);
      break;
    } catch (error) {
      // Another terminal has put its folder there, or taken ours away, between two of our steps.
      if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes((error as NodeJS.ErrnoException).code!))
        throw error;
      rmSync(aside, { recursive: true, force: true });
    }
  rmSync(aside, { recursive: true, force: true });
}
