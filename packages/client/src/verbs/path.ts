import type { Resource } from '@coxswain/api';

/** What a path names beside the resource. */
export interface PathParts {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
}

/** `/apis/apps/v1/namespaces/default/deployments/web/scale`; names are escaped. */
export function pathOf(resource: Resource, { namespace, name, subresource }: PathParts): string {
  const root = resource.group
    ? `/apis/${resource.group}/${resource.version}`
    : `/api/${resource.version}`;
  const within =
    resource.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const one = name ? `/${encodeURIComponent(name)}` : '';
  const part = subresource ? `/${subresource}` : '';
  return `${root}${within}/${resource.resource}${one}${part}`;
}

/** The query without what is undefined; booleans and numbers as text. */
export function queryOf(
  parameters: Readonly<Record<string, string | number | boolean | undefined>>,
): Readonly<Record<string, string>> {
  const query: Record<string, string> = {};
  for (const name in parameters) {
    const value = parameters[name];
    if (value !== undefined && value !== '' && value !== false) query[name] = String(value);
  }
  return query;
}
