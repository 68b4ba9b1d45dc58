import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WalkCluster } from '../testing/cluster.ts';
import { findProgram } from '../testing/machine.ts';
import { mustRun, run, Running } from '../testing/run.ts';

/** What is typed before the tab key, and what the line is then. */
const cases: readonly (readonly [typed: string, line: string])[] = [
  ['uncor', 'uncordon '],
  ['get pods bo', 'get pods boat '],
  ['exec boat -c h', 'exec boat -c hull '],
  ['logs boat h', 'logs boat hull '],
  ['get --namespace=kube-p', 'get --namespace=kube-public '],
  ['get -n=kube-p', 'get -n=kube-public '],
  ['-n kube-public get  configmaps kube-', '-n kube-public get  configmaps kube-root-ca.crt '],
  ['get pod/boat stat', 'get pod/boat statefulsets.apps/'],
  ['port-forward boat 80:8', 'port-forward boat 80:8080 '],
  ['cp kube-p', 'cp kube-public/'],
  ['apply -f fl', 'apply -f fleet.yaml '],
  ['apply --filename=fl', 'apply --filename=fleet.yaml '],
  ['create secret generic x --from-file=boa', 'create secret generic x --from-file=boat.txt '],
  ['run x ', 'run x --image '],
];

const pod = {
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'boat' } },
  spec: { containers: [{ name: 'hull', image: 'x', ports: [{ containerPort: 8080 }] }] },
};

/** Shells that show the line behind `^X`, each with a number, and wait for the next. */
const settings: Readonly<Record<string, readonly [file: string, text: string, start: string]>> = {
  bash: [
    'bashrc',
    String.raw`show() { printf 'LINE%s[%s]\n' "$((at++))" "$READLINE_LINE"; READLINE_LINE=; }
bind -x '"\C-x": show'
source <(kubectl completion bash)
at=0 PS1='READY> '
`,
    'bash --rcfile bashrc -i',
  ],
  zsh: [
    '.zshrc',
    `autoload -Uz compinit; compinit -u -D
source <(kubectl completion zsh)
show() { print -r -- "LINE$((at++))[$BUFFER]"; zle kill-buffer; zle reset-prompt }
zle -N show; bindkey '^X' show
at=0 PS1='READY> '
`,
    'zsh -i',
  ],
};

describe('completion in a shell', () => {
  let cluster: WalkCluster;
  let folder = '';
  const env = () => ({
    ...cluster.env,
    ...{ HOME: folder, ZDOTDIR: folder, TERM: 'dumb', PS1: '' },
    PATH: `${folder}:${process.env['PATH']}`,
  });
  before(async () => {
    cluster = await WalkCluster.start({ runtime: 'simulated', nodes: 1 });
    folder = join(cluster.folder, 'shell');
    mkdirSync(folder);
    symlinkSync(new URL('../../cox', import.meta.url).pathname, join(folder, 'kubectl'));
    for (const name of ['fleet.yaml', 'flat.txt', 'boat.txt'])
      writeFileSync(join(folder, name), '');
    for (const [file, text] of Object.values(settings)) writeFileSync(join(folder, file), text);
    const kubectl = [join(folder, 'kubectl'), 'create', '-f', '-'];
    await mustRun(kubectl, { env: cluster.env, input: JSON.stringify(pod) });
  });
  after(() => cluster[Symbol.asyncDispose]());

  for (const [shell, [, , start]] of Object.entries(settings)) {
    const missing = [shell, 'script'].find((name) => !findProgram(name));
    test(shell, { skip: missing ? `no ${missing} on this machine` : false }, async () => {
      await using running = new Running(['script', '-qec', start, '/dev/null'], {
        ...{ env: env(), cwd: folder },
      });
      await running.prints(/READY> /);
      for (const [at, [typed, line]] of cases.entries()) {
        running.write(`kubectl ${typed}\t\u0018`);
        const [, found] = await running.prints(new RegExp(`LINE${at}\\[(.*)\\]`));
        assert.equal(found, `kubectl ${line}`);
      }
    });
  }

  test('fish', { skip: findProgram('fish') ? false : 'no fish on this machine' }, async () => {
    await mustRun(['fish', '-c', 'kubectl completion fish > completion.fish'], {
      ...{ env: env(), cwd: folder },
    });
    for (const [typed, line] of cases) {
      const asked = ['fish', '-c', 'source completion.fish; complete -C $argv[1]', '--'];
      const { out } = await run([...asked, `kubectl ${typed}`], { env: env(), cwd: folder });
      const words = out.split('\n').map((offer) => offer.split('\t')[0]);
      assert.deepEqual(words, [line.trim().split(' ').at(-1), ''], typed);
    }
  });
});
