import { type KubeObject, Namespaces, notFound, type Resource, type Selector } from '@coxswain/api';
import type { Objects } from '../../authz/objects.ts';
import type { Versions } from '../../rest/versions.ts';
import type { Admission } from '../plugin.ts';
import type { Hook } from './hooks.ts';
import type { Seen } from './review.ts';
import { namespaceOf, ruleMatches } from './rules.ts';

/** A webhook that wants a request, and as which resource. */
export interface Invocation<H extends Hook = Hook> {
  readonly hook: H;
  readonly resource: Resource;
}

export interface Matching {
  readonly objects: Objects;
  readonly versions: Versions;
}

/** As which resource `hook` wants the request; undefined when it does not. Throws 404 for a namespace that is not there. */
export function invocationOf<H extends Hook>(
  { objects, versions }: Matching,
  hook: H,
  admission: Admission,
): Invocation<H> | undefined {
  if (!matchesObjects(hook.objects, admission)) return undefined;
  const labels = namespaceLabels(objects, hook, admission);
  if (labels !== undefined && labels !== 'missing' && !hook.namespaces.matches(labels))
    return undefined;
  const resource = resourceFor(versions, hook, admission);
  if (!resource) return undefined;
  if (labels === 'missing')
    throw notFound({ group: '', resource: 'namespaces', name: namespaceOf(admission) });
  return { hook, resource };
}

/** The request as one for `resource`. */
export function seenAs(versions: Versions, admission: Admission, resource: Resource): Seen {
  const convert = (object: KubeObject | undefined): KubeObject | undefined =>
    object && versions.convert(object, admission.resource, resource);
  return {
    ...{ admission, resource },
    object: convert(admission.object),
    before: convert(admission.before),
  };
}

/** Either the object as it was or as it will be. */
const matchesObjects = (selector: Selector, { object, before }: Admission): boolean =>
  selector.requirements.length === 0 ||
  [object, before].some((each) => each !== undefined && selector.matches(each.metadata.labels));

type Labels = NonNullable<KubeObject['metadata']['labels']>;

/** Labels of the request's namespace; undefined where they do not matter: nothing of the cluster's scope is left out. */
function namespaceLabels(
  objects: Objects,
  { namespaces }: Hook,
  admission: Admission,
): Labels | 'missing' | undefined {
  const { resource, operation, subresource, object } = admission;
  const namespace = namespaceOf(admission);
  const isNamespace = resource.resource === 'namespaces';
  if (namespaces.requirements.length === 0 || (namespace === '' && !isNamespace)) return undefined;
  if (isNamespace && subresource === '' && (operation === 'CREATE' || operation === 'UPDATE'))
    return object?.metadata.labels ?? {};
  const found = objects.get(Namespaces, namespace);
  return found ? (found.metadata.labels ?? {}) : 'missing';
}

function resourceFor(
  versions: Versions,
  { webhook: { rules = [], matchPolicy } }: Hook,
  admission: Admission,
): Resource | undefined {
  const own = admission.resource;
  if (rules.some((rule) => ruleMatches(rule, admission, own))) return own;
  if (matchPolicy === 'Exact') return undefined;
  const others = versions.equivalents(own).filter((each) => each !== own);
  for (const rule of rules) {
    const found = others.find((other) => ruleMatches(rule, admission, other));
    if (found) return found;
  }
  return undefined;
}
