/** What stands behind a command or a flag. */
export type Wanted =
  | { readonly of: 'objects'; readonly types?: readonly string[]; readonly once?: true }
  | { readonly of: 'names'; readonly type: string }
  /** Pods and what stands for some; then the containers or ports of the one that was named. */
  | { readonly of: 'pods'; readonly behind?: 'containers' | 'ports' }
  | { readonly of: 'copies' }
  | { readonly of: 'containers' | 'contexts' | 'clusters' | 'users' | 'types' }
  | { readonly of: 'words'; readonly words: readonly string[] };

const words = (text: string): Wanted => ({ of: 'words', words: text.split(' ') });
const containers: Wanted = { of: 'containers' };
const any: Wanted = { of: 'objects' };
const node: Wanted = { of: 'names', type: 'node' };
const pod: Wanted = { of: 'names', type: 'pod' };
const request: Wanted = { of: 'names', type: 'csr' };
const context: Wanted = { of: 'contexts' };
const objects = (types: string, more: { readonly once?: true } = {}): Wanted => ({
  ...{ of: 'objects', types: types.split(' ') },
  ...more,
});
const rolled = 'deployment daemonset statefulset';
const sized = 'deployment replicaset replicationcontroller statefulset';
const withPods = objects(
  'daemonsets deployments pods cronjobs replicasets replicationcontrollers statefulsets',
  { once: true },
);

/** What a command's arguments are, by its words. */
export const argumentsOf: Readonly<Record<string, Wanted>> = {
  ...{ get: any, describe: any, delete: any, edit: any, patch: any, label: any, annotate: any },
  ...{ debug: any, wait: any, 'apply edit-last-applied': any, 'apply view-last-applied': any },
  ...{ exec: { of: 'pods' }, attach: { of: 'pods' }, cp: { of: 'copies' } },
  ...{
    logs: { of: 'pods', behind: 'containers' },
    'port-forward': { of: 'pods', behind: 'ports' },
  },
  ...{ cordon: node, uncordon: node, drain: node, 'top node': node, 'top pod': pod },
  'create token': { of: 'names', type: 'serviceaccount' },
  ...{ 'certificate approve': request, 'certificate deny': request },
  ...{ taint: objects('node'), scale: objects(sized), autoscale: objects(sized) },
  expose: objects('pod service replicationcontroller deployment replicaset'),
  ...{ 'rollout history': objects(rolled), 'rollout restart': objects(rolled) },
  ...{ 'rollout undo': objects(rolled), 'rollout status': objects(rolled, { once: true }) },
  ...{ 'rollout pause': objects('deployment'), 'rollout resume': objects('deployment') },
  ...{ 'set env': withPods, 'set image': withPods, 'set resources': withPods },
  ...{ 'set serviceaccount': withPods, explain: { of: 'types' } },
  ...{ 'config use-context': context, 'config rename-context': context },
  ...{ 'config delete-context': context, 'config set-context': context },
  ...{ 'config get-contexts': context, 'config delete-cluster': { of: 'clusters' } },
  'config delete-user': { of: 'users' },
  completion: words('bash zsh fish powershell'),
};

/** What flags of all commands take as their value, by their names. */
export const valuesOf: Readonly<Record<string, Wanted>> = {
  namespace: { of: 'names', type: 'namespace' },
  clusterrole: { of: 'names', type: 'clusterrole' },
  ...{ 'dry-run': words('none client server'), cascade: words('background orphan foreground') },
  subresource: words('status scale resize'),
};

/** What flags take that mean something else, or nothing, with other commands. */
export const valuesOfGlobal: Readonly<Record<string, Wanted>> = {
  ...{ context, cluster: { of: 'clusters' }, user: { of: 'users' } },
};

/** What flags of one command take. */
export const valuesByCommand: Readonly<Record<string, Readonly<Record<string, Wanted>>>> = {
  ...{ exec: { container: containers }, attach: { container: containers } },
  ...{ logs: { container: containers }, cp: { container: containers } },
  debug: { target: containers },
};
