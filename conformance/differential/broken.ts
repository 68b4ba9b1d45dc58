/** A good object and what breaks it: each case is one request, sent without effect. */
import { differentialNamespace } from './every-kind.ts';
import type { Request, RequestList } from './request.ts';

/** Changes of an object: values by path (`spec.containers.0.image`); `undefined` takes the field away. */
export type Changes = Readonly<Record<string, unknown>>;

/** A title and what it changes. */
export type Case = readonly [title: string, changes: Changes];

export interface Good {
  readonly apiVersion: string;
  readonly kind: string;
  /** Path segment of the resource. */
  readonly resource: string;
  readonly clusterWide?: boolean;
  /** A good object without type and name. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Default: one that is the same for all requests of the list. */
  readonly name?: string;
}

const pathOf = ({ apiVersion, resource, clusterWide }: Good): string => {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${root}${clusterWide ? '' : `/namespaces/${differentialNamespace}`}/${resource}`;
};

const objectOf = (good: Good, name: string): object => ({
  ...{ apiVersion: good.apiVersion, kind: good.kind, metadata: { name } },
  ...good.fields,
});

/** The object with its changes made. */
export function withChanges(object: object, changes: Changes): object {
  const copy = structuredClone(object) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split('.').map((step) => step.replaceAll('~', '.'));
    const last = steps.pop()!;
    let at = copy;
    for (const [index, step] of steps.entries()) {
      at[step] ??= /^\d+$/.test(steps[index + 1] ?? last) ? [] : {};
      at = at[step] as Record<string, unknown>;
    }
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

/** Creates without effect: the good object, and each of its breaks. */
export const created = (good: Good, cases: readonly Case[]): RequestList => {
  const body = objectOf(good, good.name ?? `broken-${good.resource}`);
  const path = `${pathOf(good)}?dryRun=All`;
  return {
    name: `create ${good.apiVersion} ${good.resource}`,
    requests: [
      { name: 'good', method: 'POST', path, body },
      ...cases.map(([name, changes]): Request => ({
        ...{ name, method: 'POST', path, body: withChanges(body, changes) },
      })),
    ],
  };
};

/** Creates the good object, updates it (or a part of it) without effect by each case, and deletes it. */
export const updated = (
  good: Good,
  cases: readonly Case[],
  subresource = '',
  first: readonly Request[] = [],
): RequestList => {
  const name = good.name ?? `updated-${good.resource}`;
  const body = objectOf(good, name);
  const one = `${pathOf(good)}/${name}`;
  const path = `${one}${subresource && '/'}${subresource}?dryRun=All`;
  const remove: Request = { name: 'delete', method: 'DELETE', path: `${one}?gracePeriodSeconds=0` };
  return {
    name: `update ${good.apiVersion} ${good.resource}${subresource && `/${subresource}`}`,
    requests: [
      { name: 'create', method: 'POST', path: pathOf(good), body },
      ...first,
      ...cases.map(([title, changes]): Request => ({
        ...{ name: title, method: 'PUT', path, body: withChanges(body, changes) },
      })),
      remove,
    ],
  };
};
