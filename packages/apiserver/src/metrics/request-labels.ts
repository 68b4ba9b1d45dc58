import type { Request } from '../chain/station.ts';

const connects = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);
const methods = new Set(['DELETE', 'GET', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** `resource`, `namespace` or `cluster`: how much a request is about; empty outside the API. */
export function scopeOf({ info }: Request): string {
  if (info.name !== '' || info.verb === 'create') return 'resource';
  if (info.namespace !== '') return 'namespace';
  return info.isResource ? 'cluster' : '';
}

/** The verb as the metrics name it. */
export function verbOf(request: Request, scope: string): string {
  const { info, method } = request;
  if (info.isResource && connects.has(info.subresource)) return 'CONNECT';
  if (info.verb === 'watch') return 'WATCH';
  if (method === 'GET' || method === 'HEAD')
    return scope !== 'resource' && scope !== '' ? 'LIST' : 'GET';
  if (method === 'PATCH' && patchTypeOf(request) === 'application/apply-patch+yaml') return 'APPLY';
  return methods.has(method) ? method : 'other';
}

const patchTypeOf = ({ body, headers }: Request): string | undefined =>
  body.from === 'memory' ? body.patchType : headers['content-type'];

/** What `dryRun` says: empty, `All`, or `invalid`. */
export function dryRunOf({ query }: Request): string {
  const given = query.size === 0 ? [] : query.getAll('dryRun');
  if (given.length === 0) return '';
  return given.every((one) => one === 'All') ? 'All' : 'invalid';
}

/** Paths outside the API that are counted; others would be as many as callers think of. */
const counted =
  /^\/(api|apis|version|metrics(\/slis)?|openapi\/v[23]|statusz|flagz|(healthz|livez|readyz)(\/.*)?|debug\/.*)$/;

/** What names a request in the metrics of requests; undefined when it is not counted. */
export interface RequestLabels {
  readonly verb: string;
  readonly dryRun: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly scope: string;
  readonly component: string;
}

export function labelsOf(request: Request): RequestLabels | undefined {
  const { info, path } = request;
  const scope = scopeOf(request);
  const verb = verbOf(request, scope);
  const dryRun = dryRunOf(request);
  if (info.isResource) {
    const { group, version, resource, subresource } = info;
    return { verb, dryRun, scope, group, version, resource, subresource, component: 'apiserver' };
  }
  if (!counted.test(path)) return undefined;
  const outside = { group: '', version: '', resource: '', component: '' };
  return { verb, dryRun, scope, ...outside, subresource: path };
}
