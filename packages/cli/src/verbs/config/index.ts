import { type Command, command, entryOf } from '../../command/command.ts';
import { currentContext, getClusters, getContexts, getUsers } from './look.ts';
import { deleteCluster, deleteContext, deleteUser, renameContext, useContext } from './names.ts';
import { set, unset } from './properties.ts';
import { setCluster } from './set-cluster.ts';
import { setContext } from './set-context.ts';
import { setCredentials } from './set-credentials.ts';
import { view } from './view.ts';

/** `kubectl config`. */
export const config: Command = command({
  name: 'config',
  usage: 'config SUBCOMMAND',
  summary: 'Look at kubeconfig files and change them',
  details:
    'With --kubeconfig it is that file alone. Otherwise it is the files that $KUBECONFIG names, merged: an entry is changed in the file\n it is from, and a new one goes to the first file that exists. Without either it is ~/.kube/config.',
  flags: {},
  commands: [
    ...[currentContext, deleteCluster, deleteContext, deleteUser, getClusters, getContexts],
    ...[getUsers, renameContext, set, setCluster, setContext, setCredentials, unset, useContext],
    view,
  ].map(entryOf),
});
