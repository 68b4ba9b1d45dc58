/** The house rules that a machine can check: edges between packages, homes of node:* and of time, sizes, names. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  api: ['base'],
  storage: ['base'],
  cel: ['base', 'api'],
  apiserver: ['base', 'api', 'storage', 'cel'],
  client: ['base', 'api'],
  control: ['base', 'api', 'client'],
  controllers: ['base', 'api', 'client', 'control'],
  scheduler: ['base', 'api', 'client', 'cel'],
  kubelet: ['base', 'api', 'client'],
  network: ['base', 'api', 'client'],
  cli: ['base', 'api', 'client'],
  why: ['base', 'api', 'apiserver', 'client', 'control', 'scheduler'],
  cluster: [
    ...['base', 'api', 'storage', 'cel', 'apiserver', 'client', 'control', 'controllers'],
    ...['scheduler', 'kubelet', 'network', 'cli', 'why'],
  ],
  simulation: [
    ...['base', 'api', 'storage', 'apiserver', 'client', 'control', 'controllers'],
    ...['scheduler', 'kubelet', 'cluster'],
  ],
};

/** Where `node:*` may be imported; `node:` imports elsewhere would keep a control plane out of the browser. */
const nodeHomes =
  /^simulation\b|^packages\/(storage\/src\/(sqlite|etcd)|apiserver\/src\/(listen|certificates|encryption)|client\/src\/http|kubelet\/src\/(?!simulated|fleet)|network|cli|cluster|base\/src\/wire)\b/;

/** The one home of each banned call. */
const banned: readonly (readonly [call: RegExp, home: RegExp, instead: string])[] = [
  [/\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/, /base\/src\/clock\//, 'world.clock.now()'],
  [/(?<![.\w])set(Timeout|Interval)\(/, /base\/src\/clock\//, 'world.clock.after() or sleep()'],
  [/\bMath\.random\(|\brandomUUID\(/, /base\/src\/random\//, 'world.random'],
  [/\bprocess\.exit\(/, /cluster\/src\/run-kubectl\.ts$/, 'process.exitCode, or an error to main'],
];

const isGenerated = (path: string): boolean => path.includes('/generated/');
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.includes('/testing/');
const sources = ['packages/*/src/**/*.ts', 'simulation/**/*.ts']
  .flatMap((pattern) => globSync(pattern))
  .filter((path) => !isGenerated(path));
const packageOf = (path: string): string => path.replace(/^packages\//, '').split('/')[0]!;
const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '');

for (const path of sources) {
  const text = readFileSync(path, 'utf8');
  const code = withoutComments(text);
  test(`edges: ${path}`, () => {
    const imported = [...code.matchAll(/from '@coxswain\/([a-z]+)/g)].map(([, name]) => name!);
    const allowed = [packageOf(path), ...mayImport[packageOf(path)]!];
    const wrong = imported.filter(
      (name) => !allowed.includes(name) && !(isTest(path) && name === 'cluster'),
    );
    assert.deepEqual(wrong, []);
    assert.ok(
      isTest(path) || nodeHomes.test(path) || !/from 'node:/.test(code),
      'node:* has no home here',
    );
  });
  test(`tidy: ${path}`, () => {
    const limit = isTest(path) ? 800 : 400;
    assert.ok(
      text.split('\n').length <= limit + 1,
      `over ${limit} lines: split it along its seams`,
    );
    assert.ok(!/FIXME|XXX|TODO/.test(text), 'finish it, or leave it out cleanly');
    assert.doesNotMatch(
      path,
      /\/(utils?|helpers?|common|misc)\b/,
      'name the file after what it holds',
    );
    assert.match(path, /^[a-z0-9./-]+$/, 'files are kebab-case');
    if (isTest(path)) return;
    for (const [call, home, instead] of banned)
      assert.ok(
        home.test(path) || !call.test(code),
        `${call.source} is banned here: use ${instead}`,
      );
  });
}

for (const path of globSync('packages/*/package.json'))
  test(`manifest: ${path}`, () => {
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as {
      name: string;
      dependencies?: Record<string, string>;
    };
    const name = manifest.name.replace('@coxswain/', '');
    const ours = Object.keys(manifest.dependencies ?? {}).filter((dep) =>
      dep.startsWith('@coxswain/'),
    );
    const wrong = ours.filter((dep) => !mayImport[name]!.includes(dep.replace('@coxswain/', '')));
    assert.deepEqual(wrong, []);
  });

for (const path of [...globSync('packages/*/README.md'), 'simulation/README.md'])
  test(`readme: ${path}`, () => assert.ok(readFileSync(path, 'utf8').split('\n').length <= 41));
