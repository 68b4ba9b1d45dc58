import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WalkCluster } from '../testing/cluster.ts';
import { findProgram } from '../testing/machine.ts';
import { mustRun, run, Running } from '../testing/run.ts';

/** What is typed before the tab key, and what the line is then. */
const cases: readonly (readonly [typed: string, line: string])[] = [
  ['kubectl uncor', 'kubectl uncordon '],
  ['kubectl get pods bo', 'kubectl get pods boat '],
  ['kubectl exec boat -c h', 'kubectl exec boat -c hull '],
  ['kubectl logs boat h', 'kubectl logs boat hull '],
  ['kubectl get --namespace=kube-p', 'kubectl get --namespace=kube-public '],
  ['kubectl get -n=kube-p', 'kubectl get -n=kube-public '],
  [
    'kubectl -n kube-public get  configmaps kube-',
    'kubectl -n kube-public get  configmaps kube-root-ca.crt ',
  ],
  ['kubectl get pod/boat stat', 'kubectl get pod/boat statefulsets.apps/'],
  ['kubectl port-forward boat 80:8', 'kubectl port-forward boat 80:8080 '],
  ['kubectl cp kube-p', 'kubectl cp kube-public/'],
  ['kubectl apply -f fl', 'kubectl apply -f fleet.yaml '],
  ['kubectl apply --filename=fl', 'kubectl apply --filename=fleet.yaml '],
  [
    'kubectl create secret generic x --from-file=boa',
    'kubectl create secret generic x --from-file=boat.txt ',
  ],
  ['kubectl run x ', 'kubectl run x --image '],
  ['cox clo', 'cox clock '],
  ['cox clock fr', 'cox clock freeze '],
  ['cox status --na', 'cox status --name '],
  ['cox why pod/bo', 'cox why pod/boat '],
  ['cox uncor', 'cox uncordon '],
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
source <(cox completion bash)
at=0 PS1='READY> '
`,
    'bash --rcfile bashrc -i',
  ],
  zsh: [
    '.zshrc',
    `autoload -Uz compinit; compinit -u -D
source <(kubectl completion zsh)
source <(cox completion zsh)
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
    for (const name of ['kubectl', 'cox'])
      symlinkSync(new URL('../../cox', import.meta.url).pathname, join(folder, name));
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
        running.write(`${typed}\t\u0018`);
        const [, found] = await running.prints(new RegExp(`LINE${at}\\[(.*)\\]`));
        assert.equal(found, line);
      }
    });
  }

  test('fish', { skip: findProgram('fish') ? false : 'no fish on this machine' }, async () => {
    const both = 'begin; kubectl completion fish; cox completion fish; end > completion.fish';
    await mustRun(['fish', '-c', both], { env: env(), cwd: folder });
    for (const [typed, line] of cases) {
      const asked = ['fish', '-c', 'source completion.fish; complete -C $argv[1]', '--'];
      const { out } = await run([...asked, typed], { env: env(), cwd: folder });
      const words = out.split('\n').map((offer) => offer.split('\t')[0]);
      assert.deepEqual(words, [line.trim().split(' ').at(-1), ''], typed);
    }
  });
});
