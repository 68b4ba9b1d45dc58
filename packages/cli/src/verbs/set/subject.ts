import { isDeepStrictEqual } from 'node:util';
import { type Command, command, type Words } from '../../command/command.ts';
import { selectorFlag } from '../../command/shared-flags.ts';
import { dryRunOf } from '../../command/write-flags.ts';
import { changesOf } from '../../objects/change.ts';
import type { Info } from '../../objects/info.ts';
import type { Session } from '../../session/session.ts';
import { principals, subjectFlags } from '../create/rbac.ts';
import { carryOut, changeFlags, checkLocal, chosen, localResources } from './changing.ts';

const flags = { ...changeFlags, ...subjectFlags, selector: selectorFlag };

type Options = ReturnType<typeof complete>;

function complete({ flags: given, args }: Words<typeof flags>) {
  dryRunOf(given['dry-run']);
  if (given.local && args.length > 0) throw new Error(localResources);
  return { ...given, args };
}

/** `kubectl set subject`. */
export const subject: Command = command({
  name: 'subject',
  usage:
    'subject (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]',
  summary: 'Add users, groups and service accounts to bindings of roles',
  examples: `  set subject rolebinding admins --user=ann --group=ops
  set subject clusterrolebinding root --serviceaccount=shop:bot`,
  flags,
  complete,
  run,
});

interface Binding {
  subjects?: readonly object[];
}

async function run(options: Options, session: Session): Promise<void> {
  const infos = await chosen(session, options, options.args);
  check(options, infos);
  const { name } = session.namespace();
  const added = [
    ...principals({ user: sorted(options.user), group: sorted(options.group) }),
    ...sorted(options.serviceaccount).map((account) => {
      const [namespace, of = ''] = account.split(':');
      return { kind: 'ServiceAccount', name: of, namespace: namespace || name };
    }),
  ];
  const changes = changesOf(infos, (binding: Binding, { resource }) => {
    if (resource.kind !== 'RoleBinding' && resource.kind !== 'ClusterRoleBinding')
      throw new Error('setting subjects is only supported for RoleBinding/ClusterRoleBinding');
    const present = binding.subjects ?? [];
    const missing = added.filter((one) => !present.some((other) => isDeepStrictEqual(other, one)));
    if (missing.length === 0) return false;
    binding.subjects = [...present, ...missing];
    return undefined;
  });
  await carryOut(session, options, changes, {
    operation: 'subjects updated',
    failure: 'failed to patch subjects to rolebinding: ',
  });
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();

function check(options: Options, infos: readonly Info[]): void {
  const { all, selector, user, group, serviceaccount } = options;
  checkLocal(options);
  if (all && selector) throw new Error('cannot set --all and --selector at the same time');
  if (user.length + group.length + serviceaccount.length === 0)
    throw new Error('you must specify at least one value of user, group or serviceaccount');
  for (const account of serviceaccount) {
    const [namespace, name, more] = account.split(':');
    if (!name || more !== undefined) throw new Error('serviceaccount must be <namespace>:<name>');
    if (!namespace && infos.some(({ resource }) => resource.kind === 'ClusterRoleBinding'))
      throw new Error('serviceaccount must be <namespace>:<name>, namespace must be specified');
  }
}
