import { badRequest } from '@coxswain/api';
import type { RequestInfo } from './request-info.ts';

const verbOfMethod: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const withSelectors = new Set(['list', 'watch', 'deletecollection']);

const nonResource = (method: string, path: string): RequestInfo => ({
  isResource: false,
  verb: method.toLowerCase(),
  group: '',
  version: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  path,
  rest: '',
  labelSelector: '',
  fieldSelector: '',
});

/** What `method` on `path` asks for, as upstream's RequestInfoFactory reads it. */
export function parseRequestInfo(
  method: string,
  path: string,
  query: URLSearchParams,
): RequestInfo {
  const parts = segments(path);
  const grouped = parts[0] === 'apis';
  if ((!grouped && parts[0] !== 'api') || parts.length < (grouped ? 4 : 3))
    return nonResource(method, path);
  const group = grouped ? parts[1]! : '';
  const version = parts[grouped ? 2 : 1]!;
  let at = grouped ? 3 : 2;
  let verb = verbOfMethod[method] ?? '';
  const verbInPath = parts[at] === 'watch' || parts[at] === 'proxy';
  if (verbInPath) {
    if (parts.length < at + 2)
      throw badRequest(`unable to determine kind and namespace from url, ${path}`);
    verb = parts[at]!;
    at++;
  }
  let namespace = '';
  if (parts[at] === 'namespaces' && parts.length > at + 1) {
    namespace = parts[at + 1]!;
    // `/namespaces/{name}/status` and `/finalize` are subresources of the namespace itself.
    const third = parts[at + 2];
    if (third !== undefined && third !== 'status' && third !== 'finalize') at += 2;
  }
  const resource = parts[at] ?? '';
  let name = parts[at + 1] ?? '';
  const subresource = verb === 'proxy' ? '' : (parts[at + 2] ?? '');
  if (name === '' && verb === 'get') {
    verb = wantsWatch(query) ? 'watch' : 'list';
    name = nameInSelector(query.get('fieldSelector') ?? '');
  }
  if (name === '' && verb === 'delete') verb = 'deletecollection';
  const selects = !verbInPath && withSelectors.has(verb);
  return {
    isResource: true,
    verb,
    group,
    version,
    resource,
    subresource,
    namespace,
    name,
    path,
    rest: subresource === 'proxy' ? restAfter(path, 'proxy') : '',
    labelSelector: selects ? (query.get('labelSelector') ?? '') : '',
    fieldSelector: selects ? (query.get('fieldSelector') ?? '') : '',
  };
}

let cut: { readonly path: string; readonly parts: readonly string[] } = { path: '', parts: [] };

/** The segments of `path` without leading and trailing slashes. Several stations ask for those of one request. */
export function segments(path: string): readonly string[] {
  if (cut.path !== path) cut = { path, parts: partsOf(path) };
  return cut.parts;
}

function partsOf(path: string): readonly string[] {
  let from = 0;
  let to = path.length;
  while (from < to && path.charCodeAt(from) === 47) from++;
  while (to > from && path.charCodeAt(to - 1) === 47) to--;
  return from === to ? [] : path.slice(from, to).split('/');
}

function wantsWatch(query: URLSearchParams): boolean {
  const watch = query.get('watch');
  return watch !== null && watch.toLowerCase() !== 'false' && watch !== '0';
}

/** The one name that a field selector allows, as `kubectl get -w NAME` sends it. */
function nameInSelector(selector: string): string {
  if (selector === '') return '';
  const name = /(?:^|,)metadata\.name==?([^,=]*)/.exec(selector)?.[1] ?? '';
  return name === '.' || name === '..' || /[/%]/.test(name) ? '' : name;
}

function restAfter(path: string, segment: string): string {
  const at = path.indexOf(`/${segment}`);
  return path.slice(at + segment.length + 1);
}
