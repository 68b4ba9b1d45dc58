import type { ResourceList, ResourceQuota } from '../generated/core-v1.ts';
import type { KubeObject } from '../resource.ts';
import { claimQuota } from './claims.ts';
import { countName, inScopes, type QuotaEvaluator, type QuotaReads } from './evaluator.ts';
import { addLists, pick } from './lists.ts';
import { podQuota } from './pods.ts';
import { resourceClaimQuota } from './resource-claims.ts';
import { serviceQuota } from './services.ts';

interface Countable {
  readonly group: string;
  readonly resource: string;
}

/** Resources of the core group that also count under their plain names. */
const aliases = ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'];

const objectCount = ({ group, resource }: Countable): QuotaEvaluator => {
  const names = [
    countName({ group, resource }),
    ...(group === '' && aliases.includes(resource) ? [resource] : []),
  ];
  const usage = Object.fromEntries(names.map((name) => [name, '1']));
  return {
    group,
    resource,
    charges: ({ operation, subresource }) => subresource === '' && operation === 'CREATE',
    measures: (name) => names.includes(name),
    usage: () => usage,
  };
};

/** Those that measure more than numbers, and those with a plain name. */
export const evaluators: readonly QuotaEvaluator[] = [
  podQuota,
  serviceQuota,
  claimQuota,
  resourceClaimQuota,
  ...aliases.map((resource) => objectCount({ group: '', resource })),
];

/** Reviews and bindings are not kept, and events have never counted. */
const ignored: ReadonlySet<string> = new Set([
  ...['bindings.', 'componentstatuses.', 'events.', 'events.events.k8s.io'],
  ...['tokenreviews', 'selfsubjectreviews'].map((name) => `${name}.authentication.k8s.io`),
  ...['subjectaccessreviews', 'selfsubjectaccessreviews'].map(
    (name) => `${name}.authorization.k8s.io`,
  ),
  ...['localsubjectaccessreviews', 'selfsubjectrulesreviews'].map(
    (name) => `${name}.authorization.k8s.io`,
  ),
]);

const known = new WeakMap<Countable, QuotaEvaluator | false>();

/** How objects of a resource count; undefined for those that never do. Asked by every write. */
export const evaluatorFor = (resource: Countable): QuotaEvaluator | undefined =>
  known.getOrInsertComputed(resource, findEvaluator) || undefined;

function findEvaluator({ group, resource }: Countable): QuotaEvaluator | false {
  if (ignored.has(`${resource}.${group}`)) return false;
  const own = evaluators.find((each) => each.group === group && each.resource === resource);
  return own ?? objectCount({ group, resource });
}

/** What `objects`, all of one resource in the quota's namespace, use of the names in its spec. */
export function usageOf(
  quota: Pick<ResourceQuota, 'spec'>,
  evaluator: QuotaEvaluator,
  objects: Iterable<KubeObject>,
  reads: QuotaReads,
): ResourceList {
  const names = Object.keys(quota.spec?.hard ?? {}).filter((name) =>
    evaluator.measures(name, reads),
  );
  let used: ResourceList = Object.fromEntries(names.map((name) => [name, '0']));
  if (names.length === 0) return used;
  for (const object of objects)
    if (inScopes(evaluator, quota, object))
      used = addLists(used, pick(evaluator.usage(object, reads), names));
  return used;
}
