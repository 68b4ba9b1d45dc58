/**
 * Writes `dist/`: the command `cox` as a few bundled files that start fast. Worker threads (`*.worker.ts`) become
 * files of their own beside it. A first run fills the compile cache.
 */
import {
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import * as yaml from 'yaml';
import { build, type BuildOptions, type Plugin, transform } from 'esbuild';
import { directImports } from './direct-imports.ts';
import { readProse } from './prose.ts';

const root = new URL('..', import.meta.url).pathname;
const workers = globSync('packages/*/src/**/*.worker.ts', { cwd: root });
/** Two terminals may bundle at once: each in a folder of its own. */
const out = join(root, `dist.${process.pid}`);
const dist = join(root, 'dist');
const startedAt = new Date();
/** Long enough for every program that may still run from an older bundle. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

const direct = directImports(root);

/**
 * Files import from where things are defined. A worker is named by the URL of its source; in the bundle that file has another
 * ending and stands beside all others.
 */
const sources: Plugin = {
  name: 'sources',
  setup(bundler) {
    bundler.onLoad({ filter: /packages\/.*\.ts$/ }, ({ path }) => {
      const text = direct(readFileSync(path, 'utf8'), path);
      return {
        contents: text.replaceAll(/'[^']*?([\w-]+\.worker)\.ts'/g, "'./$1.mjs'"),
        loader: 'ts',
      };
    });
  },
};

/** Modules of Node that only name things: importing one looks at all that it has, and so loads much that nobody asks for. */
const naming = [
  ...[
    'child_process',
    'crypto',
    'dgram',
    'dns',
    'fs',
    'fs/promises',
    'http',
    'http2',
    'https',
    'net',
  ],
  ...['os', 'path', 'readline', 'tls', 'tty', 'url', 'util', 'worker_threads', 'zlib'],
];

/** A module with these names, which is loaded by `load` when one of them is asked for. */
const late = (load: string, names: readonly string[]): string =>
  `let it; const load = () => (it ??= ${load});
  module.exports = { ${names.map((name) => `get ${name}() { return load().${name}; }`).join(',\n')} };`;

/** Our sources, to see what they import. */
const texts = globSync('packages/*/src/**/*.ts', { cwd: root }).map((path) =>
  readFileSync(join(root, path), 'utf8'),
);

/** What our sources import of a module of Node: each file that imports it gets a copy of these names. All, where one imports it whole. */
function namesForUs(module: string): readonly string[] {
  const lists = texts.flatMap((text) =>
    [...text.matchAll(/^import (\{[^}]*\}|[\w* ]+) from '(node:[^']+)';/gm)].flatMap(
      ([, list, from]) => (from === module && !list!.startsWith('type ') ? [list!] : []),
    ),
  );
  if (!lists.every((list) => list.startsWith('{')))
    return Object.keys(process.getBuiltinModule(module)!);
  const names = lists
    .flatMap((list) => list.slice(1, -1).split(','))
    .map((each) => each.trim().replace(/ as .*/, ''));
  return [...new Set(names)].filter((name) => name !== '' && !name.startsWith('type '));
}

/** Each is loaded when something of it is used; imported, it would be with the file that names it. */
const lateModules: Plugin = {
  name: 'late modules',
  setup(bundler) {
    const filter = new RegExp(`^(node:)?(${naming.join('|')})$`);
    bundler.onResolve({ filter }, ({ path, importer }) => ({
      path,
      namespace: /\/packages\/.*\.ts$/.test(importer) ? 'late for us' : 'late',
    }));
    bundler.onLoad({ filter: /./, namespace: 'late' }, ({ path }) => ({
      contents: late(
        `process.getBuiltinModule('${path}')`,
        Object.keys(process.getBuiltinModule(path)!),
      ),
    }));
    bundler.onLoad({ filter: /./, namespace: 'late for us' }, ({ path }) => ({
      contents: late(`process.getBuiltinModule('${path}')`, namesForUs(path)),
    }));
    bundler.onResolve({ filter: /^yaml$/ }, ({ path, namespace }) =>
      namespace === 'late yaml' ? undefined : { path, namespace: 'late yaml' },
    );
    bundler.onLoad({ filter: /./, namespace: 'late yaml' }, () => ({
      contents: late(
        `require('yaml')`,
        Object.keys(yaml).filter((name) => !name.includes('.')), // what importing CommonJS adds
      ),
      resolveDir: root,
    }));
  },
};

/** What types and fields are for is said by a package that is installed; the sources have none of it. */
const installedProse: Plugin = {
  name: 'prose of types',
  setup(bundler) {
    bundler.onLoad({ filter: /openapi\/prose\.ts$/ }, () => ({
      contents: `export const prose = ${JSON.stringify(readProse(root))};`,
      loader: 'ts',
    }));
  },
};

rmSync(out, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  plugins: [installedProse, sources, lateModules],
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;
/** What is imported, and what runs the lines of kubectl: a script each, whose compiled code can be kept (see `compiled.ts`). */
const script = async (file: string, name: string): Promise<string> => {
  const { metafile } = await build({
    ...common,
    entryPoints: [{ in: `packages/cluster/src/${file}`, out: name }],
    entryNames: '[name]-[hash]',
    outdir: out,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    minifyIdentifiers: true,
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': 'bundleUrl' },
    metafile: true,
  });
  return JSON.stringify(`./${basename(Object.keys(metafile.outputs)[0]!)}`);
};

/** The same of functions, one a chunk: code of those that a line does not reach is not kept for it. */
const chunkedScript = async (file: string, name: string): Promise<string> => {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [{ in: `packages/cluster/src/${file}`, out: name }],
    outdir: out,
    format: 'esm',
    splitting: true,
    minifyIdentifiers: true,
    define: { 'import.meta.url': 'bundleUrl' },
    write: false,
  });
  const chunks = await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code } = await transform(text, {
        ...{ format: 'cjs', platform: 'node', target: common.target, minify: true },
        supported: { 'dynamic-import': false },
      });
      return `"./${basename(path)}"(module,exports,require){${code}}`;
    }),
  );
  const text = `const chunks={${chunks.join(',\n')}},loaded={},load=(name)=>{
if(!chunks[name])return require(name);
if(loaded[name])return loaded[name].exports;
const module=loaded[name]={exports:{}};chunks[name](module,module.exports,load);return module.exports};
module.exports=load("./${name}.js");`;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
  writeFileSync(join(out, `${name}-${hash}.cjs`), text);
  return JSON.stringify(`./${name}-${hash}.cjs`);
};
const bundledAs = await script('index.ts', 'coxswain');
const kubectlAs = await chunkedScript('run-kubectl.ts', 'kubectl');
await build({
  ...common,
  entryPoints: [
    { in: 'packages/cluster/src/main.ts', out: 'main' },
    { in: 'packages/cluster/src/library.ts', out: 'coxswain' },
    ...workers.map((path) => ({ in: path, out: basename(path, '.ts') })),
  ],
  outdir: out,
  outExtension: { '.js': '.mjs' },
  splitting: true,
  format: 'esm',
  define: { bundledAs },
  // Libraries in CommonJS ask for node's modules by require.
  banner: {
    js: "let $require; const require = (id) => ($require ??= process.getBuiltinModule('module').createRequire(import.meta.url))(id);",
  },
});
// The first file is whole: what it loads beside itself is for lines that take longer.
await build({
  ...common,
  entryPoints: [{ in: 'packages/cluster/src/start.ts', out: 'cox' }],
  outdir: out,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  external: ['./main.mjs'],
  define: { kubectlAs, mainAs: `'./main.mjs'` },
});
// As old as the sources it was made of: one that changed meanwhile is newer.
utimesSync(join(out, 'cox.mjs'), startedAt, startedAt);
moveInto(dist, out);

/**
 * File by file, the entry last. Chunks are named after their content, so those of older bundles stay
 * for running programs that have yet to load them; they go a week later.
 */
function moveInto(folder: string, fresh: string): void {
  mkdirSync(folder, { recursive: true });
  const files = globSync('*.{mjs,cjs}', { cwd: fresh });
  const entries = ['coxswain.mjs', 'cox.mjs'];
  const entryLast = [...files.filter((file) => !entries.includes(file)), ...entries];
  for (const file of entryLast) renameSync(join(fresh, file), join(folder, file));
  rmSync(fresh, { recursive: true });
  const old = startedAt.getTime() - keptMs;
  for (const file of globSync(['*.{mjs,cjs}', 'cache/{coxswain,kubectl}-*'], { cwd: folder }))
    if (!files.includes(file) && statSync(join(folder, file)).mtimeMs < old)
      rmSync(join(folder, file), { force: true });
}
