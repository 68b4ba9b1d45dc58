import { ClusterRoles, forbidden, type KubeObject, notFound, type UserInfo } from '@coxswain/api';
import type { ClusterRole, PolicyRule, RoleBinding } from '@coxswain/api/types/rbac-v1';
import type { Admission, AdmissionPlugin } from '../admission/plugin.ts';
import { equal } from '../kinds/rules/equal.ts';
import { decide } from '../chain/authorize.ts';
import type { RequestInfo } from '../chain/request-info.ts';
import type { Authorizer } from './authorizer.ts';
import { compact, goList, missingFrom, ruleText } from './covers.ts';
import type { RbacIndex } from './rbac-index.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const fullAuthority: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody grants what they do not hold: a role may be written only by who holds all its rules or may `escalate`, a binding only by
 * who holds all rules of its role or may `bind`. Always on, after the plugins.
 */
export function rbacEscalation(
  index: RbacIndex,
  authorizers: readonly Authorizer[],
): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ resource, subresource, operation }) =>
      resource.group === rbacGroup &&
      !subresource &&
      (operation === 'CREATE' || operation === 'UPDATE'),
    async validate(admission, signal) {
      const { user, object, before, resource } = admission;
      if (user.groups.includes('system:masters') || onlyCollected(object!, before)) return;
      const may = async (verb: string, of: Partial<RequestInfo>): Promise<boolean> =>
        (await decide(authorizers, user, asks(verb, of), signal)).decision === 'allow';
      if (resource.resource.endsWith('bindings')) return bind(admission, index, may);
      const { namespace, name } = admission;
      if (await may('escalate', { resource: resource.resource, namespace, name })) return;
      writeRole(admission, index);
    },
  };
}

function writeRole(admission: Admission, index: RbacIndex): void {
  const role = admission.object as ClusterRole;
  confirm(admission, index, role.rules ?? []);
  const gathers = [role, admission.before as ClusterRole | undefined].some(
    (one) => (one?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0,
  );
  if (!gathers || admission.resource.resource !== ClusterRoles.resource) return;
  if (missingFrom(heldBy(admission.user, admission.namespace, index), fullAuthority).length)
    throw refuse(admission, 'must have cluster-admin privileges to use the aggregationRule');
}

async function bind(
  admission: Admission,
  index: RbacIndex,
  may: (verb: string, of: Partial<RequestInfo>) => Promise<boolean>,
): Promise<void> {
  const { roleRef } = admission.object as RoleBinding;
  const { namespace } = admission;
  const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (await may('bind', { resource, namespace, name: roleRef.name })) return;
  const rules = index.rulesOf(roleRef, namespace);
  // As upstream: told of as if the binding itself were not there.
  if ('missing' in rules) throw notFound({ ...admission.resource, name: roleRef.name });
  confirm(admission, index, rules);
}

/** Throws unless the user holds all of `rules` in the namespace of the request. */
function confirm(admission: Admission, index: RbacIndex, rules: readonly PolicyRule[]): void {
  const { user, namespace } = admission;
  const missing = missingFrom(heldBy(user, namespace, index), rules);
  if (missing.length === 0) return;
  const lines = [...new Set(compact(missing).map(ruleText))].toSorted().join('\n');
  const { errors } = index.grantsFor(user, namespace);
  const who = `user ${JSON.stringify(user.name)} (groups=${goList(user.groups)})`;
  const unresolved = errors.length ? `; resolution errors: [${errors.join(', ')}]` : '';
  throw refuse(
    admission,
    `${who} is attempting to grant RBAC permissions not currently held:\n${lines}${unresolved}`,
  );
}

const heldBy = (user: UserInfo, namespace: string, index: RbacIndex): readonly PolicyRule[] =>
  index.grantsFor(user, namespace).grants.flatMap(({ rules }) => rules);

const refuse = ({ resource, object }: Admission, why: string): Error =>
  forbidden({ ...resource, name: object!.metadata.name }, why);

/** Whether an update touches nothing but what the garbage collector needs to touch. */
function onlyCollected(object: KubeObject, before: KubeObject | undefined): boolean {
  if (!before) return false;
  const rest = ({ metadata, ...others }: KubeObject): unknown => {
    const { ownerReferences: _, finalizers: __, managedFields: ___, ...kept } = metadata;
    return { ...others, metadata: kept };
  };
  return equal(rest(object), rest(before));
}

/** A question about a verb that no request has: `escalate` on a role, `bind` to one. */
const asks = (verb: string, of: Partial<RequestInfo>): RequestInfo => ({
  ...{ isResource: true, verb, group: rbacGroup, version: '*', resource: '', subresource: '' },
  ...{ namespace: '', name: '', path: '', rest: '', labelSelector: '', fieldSelector: '' },
  ...of,
});
