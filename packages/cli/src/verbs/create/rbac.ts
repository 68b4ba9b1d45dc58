import { ClusterRoleBindings, ClusterRoles, RoleBindings, Roles } from '@coxswain/api';
import type { Command } from '../../command/command.ts';
import { Exit } from '../../command/failure.ts';
import { type Flag, list, text, texts } from '../../command/flags.ts';
import type { Discovered } from '../../session/discovery.ts';
import { mapResource } from '../../session/mapper.ts';
import type { Session } from '../../session/session.ts';
import { generatorCommand, needName } from './generator.ts';

const rbacGroup = 'rbac.authorization.k8s.io';
const resourceVerbs = new Set(
  '* get delete list create update patch watch proxy deletecollection use bind escalate impersonate'.split(
    ' ',
  ),
);
const pathVerbs = new Set('* get post put delete patch head options'.split(' '));

const roles = [`roles.${rbacGroup}`, `clusterroles.${rbacGroup}`];
/** Verbs that go with few resources only. */
const specialVerbs: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: roles,
  escalate: roles,
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
};

const ruleFlags = {
  resource: list('Resource that the rule is about: pods, deployments.apps, pods/log'),
  'resource-name': texts('Name of an object that the rule is limited to'),
  verb: list('Verb that the rule allows'),
};

interface RuleFlags {
  readonly resource: readonly string[];
  readonly 'resource-name': readonly string[];
  readonly verb: readonly string[];
}

interface Asked {
  readonly resource: string;
  readonly group: string;
  readonly subresource: string;
}

const once = (words: readonly string[]): readonly string[] => [...new Set(words)];
const verbsOf = (words: readonly string[]): readonly string[] =>
  words.includes('*') ? ['*'] : once(words);

/** `deployments.apps/scale`; a lone `*` makes all others needless. */
function askedOf(words: readonly string[]): readonly Asked[] {
  if (words.includes('*')) return [{ resource: '*', group: '', subresource: '' }];
  return words.map((word) => {
    const slash = word.indexOf('/');
    const whole = slash < 0 ? word : word.slice(0, slash);
    const dot = whole.indexOf('.');
    return {
      resource: dot < 0 ? whole : whole.slice(0, dot),
      group: dot < 0 ? '' : whole.slice(dot + 1),
      subresource: slash < 0 ? '' : word.slice(slash + 1),
    };
  });
}

const served = (session: Session, { resource, group }: Asked): Promise<Discovered> =>
  mapResource(session, group ? `${resource}.${group}` : resource);

/** What the server calls it, or the words as they were given, with what is wrong with them. */
async function named(
  session: Session,
  asked: Asked,
): Promise<{ resource: string; group: string; error?: Error }> {
  if (asked.resource === '*') return asked;
  try {
    return await served(session, asked);
  } catch (error) {
    return { ...asked, error: error as Error };
  }
}

/** The mapper's refusal, which kubectl tells without `error:`. */
const unserved = ({ resource, group }: Asked): Error =>
  new Exit(
    1,
    `the server doesn't have a resource type ${JSON.stringify(resource)}${group && ` in group ${JSON.stringify(group)}`}`,
  );

/** Warns of unusual verbs, refuses resources that are none and verbs that do not go with them. */
async function checkResources(
  session: Session,
  verbs: readonly string[],
  resources: readonly Asked[],
): Promise<void> {
  for (const verb of verbs)
    if (!resourceVerbs.has(verb))
      session.warn(`Warning: '${verb}' is not a standard resource verb\n`);
  for (const asked of resources) {
    if (!asked.resource)
      throw new Error('resource must be specified if apiGroup/subresource specified');
    if (asked.resource === '*') return;
    const { resource, group, error } = await named(session, asked);
    const limits = verbs.flatMap((verb) =>
      specialVerbs[verb] ? [{ verb, only: specialVerbs[verb] }] : [],
    );
    for (const { verb, only } of limits)
      if (!only.includes(`${resource}.${group}`))
        throw new Error(`can not perform '${verb}' on '${resource}' in group '${group}'`);
    if (error && limits.length === 0) throw unserved(asked);
  }
}

/** One rule a group, in the order of the groups' names. */
async function rulesOf(
  session: Session,
  verbs: readonly string[],
  resources: readonly Asked[],
  resourceNames: readonly string[],
): Promise<readonly object[]> {
  const byGroup = new Map<string, string[]>();
  for (const asked of resources) {
    const { resource, group } = await named(session, asked);
    const name = asked.subresource ? `${resource}/${asked.subresource}` : resource;
    const names = byGroup.get(group) ?? [];
    byGroup.set(group, names.includes(name) ? names : [...names, name]);
  }
  return [...byGroup]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, names]) => ({ verbs, apiGroups: [group], resources: names, resourceNames }));
}

/** `kubectl create role`. */
export const role: Command = generatorCommand({
  name: 'role',
  usage:
    'role NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]',
  summary: 'Create a role: what may be done with which resources of a namespace',
  examples: `  create role reader --verb=get,list,watch --resource=pods,deployments.apps
  create role scaler --verb=update --resource=deployments.apps/scale --resource-name=web`,
  flags: ruleFlags,
  resource: Roles,
  check({ name, flags }) {
    needName({ name });
    if (flags.verb.length === 0) throw new Error('at least one verb must be specified');
  },
  async draft({ name, flags }, session) {
    const [verbs, resources] = [verbsOf(flags.verb), askedOf(flags.resource)];
    if (resources.length === 0) {
      await checkResources(session, verbs, []);
      throw new Error('at least one resource must be specified');
    }
    await checkResources(session, verbs, resources);
    const rules = await rulesOf(session, verbs, resources, once(flags['resource-name']));
    return { metadata: { name }, rules };
  },
});

/** Pairs of KEY=VALUE, with commas between them. */
const pairsFlag = (help: string): Flag<Readonly<Record<string, string>>> => ({
  ...{ type: 'mapStringString', value: {}, help },
  read: (given, before) => ({
    ...before,
    ...Object.fromEntries(
      given
        .split(',')
        .filter((pair) => pair !== '')
        .map((pair) => {
          const equals = pair.indexOf('=');
          if (equals < 0) throw new Error('malformed pair, expect string=string');
          return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
        }),
    ),
  }),
});

const isAggregated = (rule: Readonly<Record<string, string>>): boolean =>
  Object.keys(rule).length > 0;

/** `kubectl create clusterrole`. */
export const clusterRole: Command = generatorCommand({
  name: 'clusterrole',
  usage:
    'clusterrole NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]',
  summary: 'Create a cluster role: what may be done with resources anywhere, or with paths',
  examples: `  create clusterrole nodes --verb=get,list --resource=nodes
  create clusterrole probe --verb=get --non-resource-url=/healthz,/readyz/*
  create clusterrole all --aggregation-rule=role=part`,
  flags: {
    ...ruleFlags,
    'aggregation-rule': pairsFlag('Labels of the cluster roles that this one is made of'),
    'non-resource-url': list('Path that the rule is about; * may end it'),
  },
  resource: ClusterRoles,
  check({ name, flags }) {
    needName({ name });
    const paths = flags['non-resource-url'];
    if (isAggregated(flags['aggregation-rule'])) {
      const { resource, verb } = flags as RuleFlags;
      if ([paths, verb, resource, flags['resource-name']].some(({ length }) => length > 0))
        throw new Error(
          'aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames',
        );
      return;
    }
    if (flags.verb.length === 0) throw new Error('at least one verb must be specified');
    if (flags.resource.length === 0 && paths.length === 0)
      throw new Error('one of resource or nonResourceURL must be specified');
  },
  async draft({ name, flags }, session) {
    const matchLabels = flags['aggregation-rule'];
    if (isAggregated(matchLabels))
      return {
        metadata: { name },
        rules: null,
        aggregationRule: { clusterRoleSelectors: [{ matchLabels }] },
      };
    const [verbs, resources] = [verbsOf(flags.verb), askedOf(flags.resource)];
    const paths = once(flags['non-resource-url']);
    if (resources.length > 0) await checkResources(session, verbs, resources);
    if (paths.length > 0) checkPaths(verbs, paths);
    const rules = await rulesOf(session, verbs, resources, once(flags['resource-name']));
    return {
      metadata: { name },
      rules: [...rules, ...(paths.length > 0 ? [{ verbs, nonResourceURLs: paths }] : [])],
    };
  },
});

function checkPaths(verbs: readonly string[], paths: readonly string[]): void {
  const wrong = verbs.find((verb) => !pathVerbs.has(verb));
  if (wrong !== undefined) throw new Error(`invalid verb: '${wrong}' for nonResourceURL`);
  for (const path of paths) {
    if (path === '*') continue;
    if (!path.startsWith('/')) throw new Error('nonResourceURL should start with /');
    if (path.slice(0, -1).includes('*'))
      throw new Error("nonResourceURL only supports wildcard matches when '*' is at the end");
  }
}

/** `--user`, `--group`, `--serviceaccount`. */
export const subjectFlags: { readonly [K in keyof Subjects]: Flag<readonly string[]> } = {
  group: texts('Group to bind'),
  serviceaccount: texts('Service account to bind, as NAMESPACE:NAME'),
  user: texts('User to bind'),
};

interface Subjects {
  readonly group: readonly string[];
  readonly serviceaccount: readonly string[];
  readonly user: readonly string[];
}

/** Users and groups as subjects of a binding. */
export const principals = ({ user, group }: Omit<Subjects, 'serviceaccount'>): readonly object[] =>
  Object.entries({ User: user, Group: group }).flatMap(([kind, names]) =>
    names.map((name) => ({ kind, apiGroup: rbacGroup, name })),
  );

const subjectsOf = (flags: Subjects): readonly object[] => [
  ...principals(flags),
  ...flags.serviceaccount.map((account) => {
    const [namespace, name, more] = account.split(':');
    if (!namespace || !name || more !== undefined)
      throw new Error('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', namespace, name };
  }),
];

const bindingUsage =
  '[--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]';

/** `kubectl create rolebinding`. */
export const roleBinding: Command = generatorCommand({
  name: 'rolebinding',
  usage: `rolebinding NAME --clusterrole=NAME|--role=NAME ${bindingUsage}`,
  summary: 'Give a role, or a cluster role within a namespace, to users, groups and accounts',
  examples: `  create rolebinding admins --clusterrole=admin --user=ann --group=ops
  create rolebinding bot --role=reader --serviceaccount=shop:bot`,
  flags: {
    ...subjectFlags,
    clusterrole: text('', 'Cluster role to give'),
    role: text('', 'Role to give'),
  },
  resource: RoleBindings,
  failure: 'failed to create rolebinding: ',
  check({ name, flags }) {
    needName({ name });
    if ((flags.clusterrole === '') === (flags.role === ''))
      throw new Error('exactly one of clusterrole or role must be specified');
  },
  draft: ({ name, flags }) => ({
    metadata: { name },
    roleRef: {
      apiGroup: rbacGroup,
      kind: flags.role ? 'Role' : 'ClusterRole',
      name: flags.role || flags.clusterrole,
    },
    subjects: subjectsOf(flags),
  }),
});

/** `kubectl create clusterrolebinding`. */
export const clusterRoleBinding: Command = generatorCommand({
  name: 'clusterrolebinding',
  usage: `clusterrolebinding NAME --clusterrole=NAME ${bindingUsage}`,
  summary: 'Give a cluster role everywhere to users, groups and accounts',
  examples: `  create clusterrolebinding root --clusterrole=cluster-admin --user=ann`,
  flags: {
    ...subjectFlags,
    clusterrole: text('', 'Cluster role to give', { isRequired: true }),
  },
  resource: ClusterRoleBindings,
  failure: 'failed to create clusterrolebinding: ',
  draft: ({ name, flags }) => ({
    metadata: { name },
    roleRef: { apiGroup: rbacGroup, kind: 'ClusterRole', name: flags.clusterrole },
    subjects: subjectsOf(flags),
  }),
});
