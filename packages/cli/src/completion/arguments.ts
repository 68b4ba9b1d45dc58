/** What stands behind a command: objects of any kind, of some kinds, of one kind, or entries of the kubeconfig. */
export type Wanted =
  | { readonly of: 'objects'; readonly types?: readonly string[]; readonly once?: true }
  | { readonly of: 'names'; readonly type: string }
  | { readonly of: 'pods' }
  | { readonly of: 'contexts' | 'clusters' | 'users' | 'types' }
  | { readonly of: 'words'; readonly words: readonly string[] };

const any: Wanted = { of: 'objects' };
const pods: Wanted = { of: 'pods' };
const nodes: Wanted = { of: 'names', type: 'node' };
const rolled = ['deployment', 'daemonset', 'statefulset'];
const sized = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];

/** What a command's arguments are, by its words. */
export const argumentsOf: Readonly<Record<string, Wanted>> = {
  ...{ get: any, describe: any, delete: any, edit: any, patch: any, label: any, annotate: any },
  ...{ debug: any, wait: any, 'apply edit-last-applied': any, 'apply view-last-applied': any },
  ...{ exec: pods, attach: pods, logs: pods, 'port-forward': pods },
  ...{ cordon: nodes, uncordon: nodes, drain: nodes, 'top node': nodes },
  cp: { of: 'names', type: 'pod' },
  'top pod': { of: 'names', type: 'pod' },
  'create token': { of: 'names', type: 'serviceaccount' },
  'certificate approve': { of: 'names', type: 'csr' },
  'certificate deny': { of: 'names', type: 'csr' },
  taint: { of: 'objects', types: ['node'] },
  scale: { of: 'objects', types: sized },
  autoscale: { of: 'objects', types: sized },
  expose: {
    of: 'objects',
    types: ['deployment', 'pod', 'replicaset', 'replicationcontroller', 'service'],
  },
  ...Object.fromEntries(
    ['history', 'pause', 'restart', 'resume', 'undo'].map((verb) => [
      `rollout ${verb}`,
      { of: 'objects', types: rolled } satisfies Wanted,
    ]),
  ),
  'rollout status': { of: 'objects', types: rolled, once: true },
  ...Object.fromEntries(
    ['env', 'image', 'resources', 'serviceaccount'].map((verb) => [
      `set ${verb}`,
      {
        of: 'objects',
        types: [...rolled, 'cronjob', 'pod', 'replicaset'],
        once: true,
      } satisfies Wanted,
    ]),
  ),
  explain: { of: 'types' },
  'config use-context': { of: 'contexts' },
  'config rename-context': { of: 'contexts' },
  'config delete-context': { of: 'contexts' },
  'config get-contexts': { of: 'contexts' },
  'config set-context': { of: 'contexts' },
  'config delete-cluster': { of: 'clusters' },
  'config delete-user': { of: 'users' },
  completion: { of: 'words', words: ['bash', 'zsh', 'fish', 'powershell'] },
};
