import { ruleAllows } from '@coxswain/apiserver/authz';
import { ClusterRoleBindings, ClusterRoles, RoleBindings, Roles } from '@coxswain/api';
import type { SubjectAccessReview } from '@coxswain/api/types/authorization-v1';
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '@coxswain/api/types/rbac-v1';
import { type Cause, causeOf, type Evidence, type Facts, refOf, stepOf } from './cause.ts';
import type { Look } from './look.ts';

/** A request that somebody might make. */
export interface CanQuestion {
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  readonly namespace: string;
}

/** Who may or may not, by which rule, and what is nearest where none does. */
export interface CanAnswer {
  readonly allowed: boolean;
  readonly causes: readonly Cause[];
}

type Binding = RoleBinding | ClusterRoleBinding;

interface Grant {
  readonly binding: Binding;
  readonly role: Role | ClusterRole;
  readonly rules: readonly PolicyRule[];
}

const accountPrefix = 'system:serviceaccount:';

/** Groups that everybody of that name is in. */
export function groupsOf(user: string, more: readonly string[]): readonly string[] {
  if (user === 'system:anonymous') return ['system:unauthenticated', ...more];
  const own = user.startsWith(accountPrefix)
    ? ['system:serviceaccounts', `system:serviceaccounts:${user.split(':')[2]}`]
    : [];
  return [...own, 'system:authenticated', ...more];
}

/** Asks the server's authorizers, and looks for the rule by which they would say so. */
export async function whyCan(question: CanQuestion, look: Look): Promise<CanAnswer> {
  const { allowed, reason } = await verdictOf(question, look);
  const grants = await grantsTo(question, look);
  const facts = factsOf(question);
  const about = { kind: 'User', name: question.user };
  const info = infoOf(question);
  const inScope = grants.filter(({ binding }) => appliesIn(binding, question.namespace));
  const hits = inScope.flatMap((grant) =>
    grant.rules.filter((rule) => ruleAllows(rule, info)).map((rule) => ({ grant, rule })),
  );
  if (allowed) {
    const causes = hits.map(({ grant, rule }) => granted('allowed-by', question, grant, rule));
    if (causes.length > 0) return { allowed, causes };
    const isMaster = question.groups.includes('system:masters');
    return {
      allowed,
      causes: [
        causeOf(isMaster ? 'allowed-as-master' : 'allowed-otherwise', about, {
          facts: { ...facts, reason },
        }),
      ],
    };
  }
  const because = [...nearest(question, grants), ...(await rolesThatWould(question, look))];
  const evidence: readonly Evidence[] = reason
    ? [{ from: 'status', at: 'subjectaccessreview', text: reason }]
    : [];
  return { allowed, causes: [causeOf('not-allowed', about, { facts, evidence, because })] };
}

const factsOf = ({
  user,
  verb,
  resource,
  subresource,
  group,
  name,
  namespace,
}: CanQuestion): Facts => ({
  user,
  verb,
  resource: `${resource}${subresource ? `/${subresource}` : ''}${group ? `.${group}` : ''}${name ? ` "${name}"` : ''}`,
  namespace,
});

const infoOf = ({
  verb,
  group,
  resource,
  subresource,
  name,
  namespace,
}: CanQuestion): Parameters<typeof ruleAllows>[1] => ({
  ...{ isResource: true, verb, group, version: '', resource, subresource, namespace, name },
  ...{ path: '', rest: '', labelSelector: '', fieldSelector: '' },
});

async function verdictOf(
  question: CanQuestion,
  look: Look,
): Promise<{ readonly allowed: boolean; readonly reason: string }> {
  const { user, groups, ...resourceAttributes } = question;
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    spec: { user, groups, resourceAttributes },
  };
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const { status } = (await look.raw({ method: 'POST', path, body })) as SubjectAccessReview;
  return { allowed: status?.allowed ?? false, reason: status?.reason ?? '' };
}

/** Everything that names the user or a group of theirs, in every namespace. */
async function grantsTo({ user, groups }: CanQuestion, look: Look): Promise<readonly Grant[]> {
  const bindings: readonly Binding[] = [
    ...(await look.list(ClusterRoleBindings)),
    ...(await look.list(RoleBindings)),
  ];
  const mine = bindings.filter(({ subjects, metadata }) =>
    (subjects ?? []).some((subject) => isMeant(subject, metadata.namespace, user, groups)),
  );
  const grants = await Promise.all(
    mine.map(async (binding): Promise<Grant[]> => {
      const { kind, name } = binding.roleRef;
      const role =
        kind === 'ClusterRole'
          ? await look.get(ClusterRoles, name)
          : await look.get(Roles, name, binding.metadata.namespace);
      return role ? [{ binding, role, rules: role.rules ?? [] }] : [];
    }),
  );
  return grants.flat();
}

function isMeant(
  subject: Subject,
  scope: string | undefined,
  user: string,
  groups: readonly string[],
): boolean {
  if (subject.kind === 'User') return subject.name === user;
  if (subject.kind === 'Group') return groups.includes(subject.name);
  return `${accountPrefix}${subject.namespace || (scope ?? '')}:${subject.name}` === user;
}

const appliesIn = ({ metadata }: Binding, namespace: string): boolean =>
  metadata.namespace === undefined || metadata.namespace === namespace;

const kindOf = ({ metadata }: Binding): string =>
  metadata.namespace ? 'RoleBinding' : 'ClusterRoleBinding';

const ruleText = ({ verbs, apiGroups = [], resources = [], resourceNames }: PolicyRule): string =>
  [
    `${verbs.join(', ')} on ${resources.join(', ') || '-'}`,
    ...(apiGroups.some(Boolean)
      ? [`of ${apiGroups.map((each) => each || 'core').join(', ')}`]
      : []),
    ...(resourceNames?.length ? [`named ${resourceNames.join(', ')}`] : []),
  ].join(' ');

const granted = (
  name: Cause['cause'],
  question: CanQuestion,
  { binding, role }: Grant,
  rule: PolicyRule,
  more: Facts = {},
): Cause =>
  causeOf(name, refOf(kindOf(binding), binding), {
    facts: {
      ...factsOf(question),
      ...{
        bindingKind: kindOf(binding),
        binding: binding.metadata.name,
        place: binding.metadata.namespace ?? '',
      },
      ...{ roleKind: binding.roleRef.kind, role: role.metadata.name },
      ...more,
    },
    evidence: [
      {
        from: 'rule',
        at: `${binding.roleRef.kind.toLowerCase()}/${role.metadata.name}`,
        text: ruleText(rule),
      },
    ],
  });

/** Rules that miss by one thing: another verb, another namespace, other names. */
function nearest(question: CanQuestion, grants: readonly Grant[]): readonly Cause[] {
  const info = infoOf(question);
  const causes: Cause[] = [];
  for (const grant of grants)
    for (const rule of grant.rules) {
      const isHere = appliesIn(grant.binding, question.namespace);
      const anyVerb = { ...rule, verbs: ['*'] };
      const anyName = { ...rule, resourceNames: [] };
      if (!isHere && ruleAllows(rule, info))
        causes.push(granted('allowed-elsewhere', question, grant, rule));
      else if (isHere && ruleAllows(anyName, info))
        causes.push(
          granted('allowed-for-names', question, grant, rule, {
            names: (rule.resourceNames ?? []).join(', '),
          }),
        );
      else if (isHere && ruleAllows(anyVerb, info))
        causes.push(
          granted('allowed-other-verbs', question, grant, rule, { verbs: rule.verbs.join(', ') }),
        );
    }
  return causes.slice(0, nearestMax);
}

const nearestMax = 4;

/** Roles that are there and would allow it: the narrowest first, and how to give one. */
async function rolesThatWould(question: CanQuestion, look: Look): Promise<readonly Cause[]> {
  const info = infoOf(question);
  const { namespace, user } = question;
  const all: readonly (Role | ClusterRole)[] = [
    ...(namespace ? await look.list(Roles, { namespace }) : []),
    ...(await look.list(ClusterRoles)),
  ];
  const would = all
    .filter(
      ({ metadata, rules }) =>
        !metadata.name.startsWith('system:') && rules?.some((rule) => ruleAllows(rule, info)),
    )
    .toSorted((a, b) => sizeOf(a) - sizeOf(b));
  const [role] = would;
  if (!role) return [];
  const kind = role.metadata.namespace ? 'Role' : 'ClusterRole';
  const others = would
    .slice(1, 4)
    .map(({ metadata }) => metadata.name)
    .join(', ');
  const [, , space = '', account = ''] = user.split(':');
  const subject = user.startsWith(accountPrefix)
    ? `--serviceaccount=${space}:${account}`
    : `--user=${user}`;
  const name = `${(account || user).replaceAll(/[^a-z0-9.-]+/gi, '-').toLowerCase()}-${role.metadata.name}`;
  const command = namespace
    ? `kubectl create rolebinding ${name} --${kind.toLowerCase()}=${role.metadata.name} ${subject} -n ${namespace}`
    : `kubectl create clusterrolebinding ${name} --clusterrole=${role.metadata.name} ${subject}`;
  return [
    causeOf('role-would-allow', refOf(kind, role), {
      facts: { roleKind: kind, role: role.metadata.name, others },
      steps: [stepOf('bind-role', { role: role.metadata.name }, command)],
    }),
  ];
}

/** How much a role allows, roughly: with `*` more than any list. */
const sizeOf = ({ rules = [] }: Role | ClusterRole): number =>
  rules.reduce((sum, { verbs, resources = [], apiGroups = [] }) => {
    const isAll = [...verbs, ...resources, ...apiGroups].includes('*');
    return sum + (isAll ? 10_000 : verbs.length * Math.max(1, resources.length));
  }, 0);
