import {
  badRequest,
  exactField,
  type FieldSelector,
  FieldSelectorError,
  type KubeObject,
  matchesFields,
  parseFieldSelector,
  parseSelector,
  type Selector,
  SelectorError,
} from '@coxswain/api';
import type { Served } from './catalog.ts';

/** What a list or a watch picks out. */
export interface Selection {
  /** Undefined: everything in scope. */
  readonly matches: ((object: KubeObject) => boolean) | undefined;
  /** The one name that is wanted; '' for any. */
  readonly name: string;
  /** The one namespace that a field selector wants; '' for any. */
  readonly namespace: string;
  /** The one value of an indexed field. */
  readonly field: readonly [name: string, value: string] | undefined;
}

/** Reads labelSelector and fieldSelector. Throws 400 with upstream's words. */
export function selectionOf(served: Served, query: URLSearchParams, name = ''): Selection {
  const labels = parsed(() => parseSelector(query.get('labelSelector') ?? ''));
  const fields = parsed(() => parseFieldSelector(query.get('fieldSelector') ?? ''));
  for (const { field } of fields) checkField(served, field);
  const wanted = exactField(fields, 'metadata.name') ?? '';
  if (name && fields.length > 0 && wanted !== name)
    throw badRequest("fieldSelector metadata.name doesn't match requested name");
  const namespace = exactField(fields, 'metadata.namespace') ?? '';
  const indexed = fields.find(({ field, equal }) => equal && served.cache?.isIndexed(field));
  return {
    matches: matcher(served, labels, fields),
    name: name || wanted,
    namespace,
    field: indexed && [indexed.field, indexed.value],
  };
}

function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SelectorError || error instanceof FieldSelectorError)) throw error;
    throw badRequest(error.message);
  }
}

/** Some name the kind. */
function unselectable({ group, version, kind }: Served['resource'], field: string): string {
  if (kind === 'Job' && group === 'batch')
    return `field label ${JSON.stringify(field)} not supported for Job`;
  const about = group === 'resource.k8s.io' ? ` for ${group}/${version}, Kind=${kind}` : '';
  return `field label not supported${about}: ${field}`;
}

function checkField({ kind, resource }: Served, field: string): void {
  const isScoped = resource.namespaced || !kind.selectableFields;
  if (field === 'metadata.name' || (field === 'metadata.namespace' && isScoped)) return;
  if (kind.selectableFields && field in kind.selectableFields) return;
  throw badRequest(
    kind.selectableFields
      ? unselectable(resource, field)
      : `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

function matcher(
  { kind, read }: Served,
  labels: Selector,
  fields: FieldSelector,
): Selection['matches'] {
  const wantsLabels = labels.requirements.length > 0;
  // The scope has seen to names already, but another term may forbid them.
  if (!wantsLabels && fields.length === 0) return undefined;
  return (stored) => {
    const { metadata } = stored;
    if (wantsLabels && !labels.matches(metadata.labels)) return false;
    return matchesFields(fields, (field) => {
      if (field === 'metadata.name') return metadata.name;
      if (field === 'metadata.namespace') return metadata.namespace ?? '';
      return kind.selectableFields?.[field]?.(read(stored));
    });
  };
}
