import { type Command, command, type CommandEntry } from '../../command/command.ts';

/** Loads a command of one of the files here. */
const from =
  <K extends string>(file: () => Promise<Readonly<Record<K, Command>>>, name: K) =>
  async (): Promise<Command> =>
    (await file())[name];

const look = () => import('./look.ts');
const names = () => import('./names.ts');
const properties = () => import('./properties.ts');

const commands: readonly CommandEntry[] = [
  {
    name: 'current-context',
    summary: 'Say which context is the current one',
    load: from(look, 'currentContext'),
  },
  {
    name: 'delete-cluster',
    summary: 'Take a cluster out of the kubeconfig',
    load: from(names, 'deleteCluster'),
  },
  {
    name: 'delete-context',
    summary: 'Take a context out of the kubeconfig',
    load: from(names, 'deleteContext'),
  },
  {
    name: 'delete-user',
    summary: 'Take a user out of the kubeconfig',
    load: from(names, 'deleteUser'),
  },
  {
    name: 'get-clusters',
    summary: 'List the clusters of the kubeconfig',
    load: from(look, 'getClusters'),
  },
  { name: 'get-contexts', summary: 'List one or many contexts', load: from(look, 'getContexts') },
  { name: 'get-users', summary: 'List the users of the kubeconfig', load: from(look, 'getUsers') },
  {
    name: 'rename-context',
    summary: 'Give a context another name',
    load: from(names, 'renameContext'),
  },
  { name: 'set', summary: 'Set one value of the kubeconfig', load: from(properties, 'set') },
  {
    name: 'set-cluster',
    summary: 'Make or change a cluster of the kubeconfig',
    load: async () => (await import('./set-cluster.ts')).setCluster,
  },
  {
    name: 'set-context',
    summary: 'Make or change a context of the kubeconfig',
    load: async () => (await import('./set-context.ts')).setContext,
  },
  {
    name: 'set-credentials',
    summary: 'Make or change a user of the kubeconfig',
    load: async () => (await import('./set-credentials.ts')).setCredentials,
  },
  { name: 'unset', summary: 'Clear one value of the kubeconfig', load: from(properties, 'unset') },
  {
    name: 'use-context',
    aliases: ['use'],
    summary: 'Choose the current context',
    load: from(names, 'useContext'),
  },
  {
    name: 'view',
    summary: 'Show the kubeconfig, of all its files together or of one',
    load: async () => (await import('./view.ts')).view,
  },
];

/** `kubectl config`. */
export const config: Command = command({
  name: 'config',
  usage: 'config SUBCOMMAND',
  summary: 'Look at kubeconfig files and change them',
  details:
    'With --kubeconfig it is that file alone. Otherwise it is the files that $KUBECONFIG names, merged: an entry is changed in the file\n it is from, and a new one goes to the first file that exists. Without either it is ~/.kube/config.',
  flags: {},
  commands,
});
