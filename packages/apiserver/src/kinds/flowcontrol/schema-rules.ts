import type {
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  Subject,
} from '@coxswain/api/types/flowcontrol-v1';
import {
  allInvalid,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Rules,
} from '../rules/field.ts';
import { dns1123Label, dns1123Subdomain } from '../rules/name.ts';

const verbs = [
  ...['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch'],
];
const members = {
  Group: ['group', 'Group'],
  ServiceAccount: ['serviceAccount', 'ServiceAccount'],
  User: ['user', 'User'],
} as const;
/** The order in which upstream forbids what belongs to another kind of subject. */
const others = {
  Group: ['ServiceAccount', 'User'],
  ServiceAccount: ['User', 'Group'],
  User: ['ServiceAccount', 'Group'],
} as const;

/** Upstream's rules of one entry of `spec.rules`. */
export function* policyRules(path: string, rule: PolicyRulesWithSubjects): Rules {
  const { subjects, resourceRules = [], nonResourceRules = [] } = rule;
  if (subjects.length === 0)
    yield required(`${path}.subjects`, 'subjects must contain at least one value');
  for (const [at, one] of subjects.entries()) yield* subjectRules(`${path}.subjects[${at}]`, one);
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    yield required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty');
  for (const [at, one] of resourceRules.entries())
    yield* resourceRule(`${path}.resourceRules[${at}]`, one);
  for (const [at, one] of nonResourceRules.entries())
    yield* pathRule(`${path}.nonResourceRules[${at}]`, one);
}

function* subjectRules(path: string, subject: Subject): Rules {
  const kind = subject.kind as keyof typeof members;
  if (!Object.hasOwn(members, kind)) {
    yield notSupported(`${path}.kind`, subject.kind, Object.keys(members));
    return;
  }
  const [field] = members[kind];
  if (kind === 'ServiceAccount') yield* accountRules(`${path}.${field}`, subject.serviceAccount);
  else {
    const named = kind === 'User' ? subject.user : subject.group;
    if (!named)
      yield required(`${path}.${field}`, `${field} is required when subject kind is '${kind}'`);
    else if (!named.name) yield required(`${path}.${field}.name`);
  }
  for (const other of others[kind]) {
    const [name, owner] = members[other];
    if (subject[name])
      yield forbiddenField(
        `${path}.${name}`,
        `${name} is forbidden when subject kind is not '${owner}'`,
      );
  }
}

function* accountRules(path: string, account: Subject['serviceAccount']): Rules {
  if (!account) {
    yield required(path, "serviceAccount is required when subject kind is 'ServiceAccount'");
    return;
  }
  const { name, namespace } = account;
  if (!name) yield required(`${path}.name`);
  else if (name !== '*') yield* allInvalid(`${path}.name`, name, dns1123Subdomain(name));
  if (!namespace) yield required(`${path}.namespace`, 'must specify namespace for service account');
  else yield* allInvalid(`${path}.namespace`, namespace, dns1123Label(namespace));
}

function* verbRules(path: string, given: readonly string[]): Rules {
  if (given.length === 0) yield required(path, 'verbs must contain at least one value');
  else if (given.includes('*')) yield* alone(path, given, 'verbs');
  else if (!given.every((verb) => verbs.includes(verb))) yield notSupported(path, given, verbs);
}

/** `*` says all there is to say. */
function* alone(path: string, given: readonly string[], what: string): Rules {
  if (given.length > 1 && given.includes('*'))
    yield invalidValue(path, given, `if '*' is present, must not specify other ${what}`);
}

function* resourceRule(path: string, rule: ResourcePolicyRule): Rules {
  const { apiGroups, resources, namespaces } = rule;
  yield* verbRules(`${path}.verbs`, rule.verbs ?? []);
  if (!apiGroups?.length)
    yield required(`${path}.apiGroups`, 'resource rules must supply at least one api group');
  else yield* alone(`${path}.apiGroups`, apiGroups, 'api groups');
  if (!resources?.length)
    yield required(`${path}.resources`, 'resource rules must supply at least one resource');
  else yield* alone(`${path}.resources`, resources, 'resources');
  const where = namespaces ?? [];
  if (where.length === 0 && !rule.clusterScope)
    yield required(
      `${path}.namespaces`,
      'resource rules that are not cluster scoped must supply at least one namespace',
    );
  else if (where.includes('*')) yield* alone(`${path}.namespaces`, where, 'namespaces');
  else
    for (const [at, one] of where.entries())
      for (const text of dns1123Label(one))
        yield invalidValue(
          `${path}.namespaces[${at}]`,
          one,
          `each member of this list must be '*' or a DNS-1123 label; ${text}`,
        );
}

function* pathRule(path: string, { verbs: given, nonResourceURLs }: NonResourcePolicyRule): Rules {
  const urls = nonResourceURLs ?? [];
  yield* verbRules(`${path}.verbs`, given ?? []);
  if (urls.length === 0)
    yield required(`${path}.nonResourceURLs`, 'nonResourceURLs must contain at least one value');
  else if (urls.includes('*')) yield* alone(`${path}.nonResourceURLs`, urls, 'non-resource URLs');
  else
    for (const [at, url] of urls.entries()) {
      const wrong = wrongUrl(url);
      if (wrong) yield invalidValue(`${path}.nonResourceURLs[${at}]`, url, wrong);
    }
}

function wrongUrl(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*'))
    ? 'wildcard can only do suffix matching'
    : undefined;
}

/** Conditions are told apart by their types. */
export function* conditionRules(
  conditions: readonly { readonly type?: string | undefined }[] | undefined,
): Rules {
  const seen = new Set<string>();
  for (const [at, { type = '' }] of (conditions ?? []).entries()) {
    const path = `status.conditions[${at}].type`;
    if (seen.has(type)) yield { type: 'FieldValueDuplicate', field: path, value: type, detail: '' };
    seen.add(type);
    if (!type) yield required(path);
  }
}
