import { notFound } from '@coxswain/api';
import { segments } from '../chain/parse-request-info.ts';
import type { Next, Request, Response } from '../chain/station.ts';
import type { Verb as VerbName } from '../kinds/kind.ts';
import { aboutOf, type Served } from './catalog.ts';
import { create } from './create.ts';
import { componentStatus } from './component-status.ts';
import { contextOf, type Engine, type Subresource, type Verb } from './engine.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { methodNotAllowed, noSuchResource, pageNotFound } from './not-found.ts';
import { assertRouted } from './negotiate.ts';
import { patch, patchTypeOf } from './patch.ts';
import { review } from './review.ts';
import { bind } from './subresources/binding.ts';
import { remove } from './remove.ts';
import { removeCollection } from './remove-collection.ts';
import { update } from './update.ts';
import { watch } from './watch.ts';

const verbs: Readonly<Record<VerbName, Verb>> = {
  get,
  list,
  watch,
  create,
  update,
  patch,
  delete: remove,
  deletecollection: removeCollection,
};

/** All eight, in the order of discovery. */
export const allVerbs: readonly VerbName[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];

/** The end of the chain: finds the resource and the verb that a request names, and answers. */
export function rest(engine: Engine): Next {
  return async (request) => {
    const { info } = request;
    const served = engine.catalog.get(info.group, info.version, info.resource);
    if (!served || !isPlaced(served, request)) return nothingAt(engine, info.path);
    if (!takesMethod(served, request)) throw methodNotAllowed();
    if (!served.kind.custom) assertRouted(request);
    const call = {
      engine,
      served,
      request,
      namespace: served.resource.namespaced ? info.namespace : '',
      name: info.name,
      context: contextOf(engine, request.user!),
    };
    const verb = verbOf(engine, served, request);
    if (served.kind.deprecated) {
      if (request.info.verb === 'patch') patchTypeOf(call); // refused before anything is said
      request.warn(served.kind.deprecated);
    }
    return verb(call);
  };
}

/** Upstream answers in JSON below the groups that it knows itself, and as a web server does elsewhere. */
function nothingAt({ catalog }: Engine, path: string): Response {
  const [root, first = ''] = segments(path);
  const known =
    root === 'api' ||
    (root === 'apis' &&
      catalog.all().some(({ resource, kind }) => resource.group === first && !kind.custom));
  if (known) throw noSuchResource();
  return pageNotFound();
}

function verbOf(engine: Engine, served: Served, request: Request): Verb {
  const { verb, subresource } = request.info;
  if (subresource) return subresourceVerb(engine, served, request);
  const found = verbs[verb as VerbName];
  const allowed = (served.kind.verbs ?? allVerbs).includes(verb as VerbName);
  if (!found || !allowed) throw methodNotAllowed();
  return served.kind.unstored ? unstored(served) : found;
}

/** Kinds that are answered and never stored: bindings, component statuses, and the reviews that were handed to the server. */
function unstored({ resource }: Served): Verb {
  if (resource.group === '' && resource.resource === 'bindings') return bind;
  if (resource.group === '' && resource.resource === 'componentstatuses') return componentStatus;
  return review;
}

function subresourceVerb(engine: Engine, served: Served, { info }: Request): Verb {
  const { subresource, verb, resource } = info;
  const found =
    engine.subresources.get(`${resource}/${subresource}`) ?? engine.subresources.get(subresource);
  if (!found || !hasSubresource(served, subresource)) {
    if (served.kind.custom) throw notFound(aboutOf(served, info.name));
    throw noSuchResource();
  }
  const answers = found[verb as keyof Subresource];
  if (!answers) throw methodNotAllowed();
  return answers;
}

const hasSubresource = ({ kind }: Served, name: string): boolean =>
  (name === 'status' && kind.status !== undefined) ||
  (name === 'scale' && kind.scale !== undefined) ||
  kind.facets?.[name] !== undefined ||
  (kind.subresources?.includes(name) === true && !isPart(name));

/** Parts of an object are served only by rules that the kind gives. */
const isPart = (name: string): boolean =>
  name === 'approval' || name === 'ephemeralcontainers' || name === 'finalize' || name === 'resize';

/** Whether the path is one that the resource has: in a namespace or not, and nothing behind its last part. */
function isPlaced({ kind, resource }: Served, { info }: Request): boolean {
  const isOfNamespace = resource.group === '' && resource.resource === 'namespaces';
  const isInside = info.namespace !== '' && !isOfNamespace;
  const parts = segments(info.path);
  const start = info.group ? 3 : 2;
  const isOldWatch = parts[start] === 'watch';
  const behind = parts.length - start - 1 - (isOldWatch ? 1 : 0) - (isInside ? 2 : 0);
  if (isInside && !resource.namespaced) return false;
  if (kind.custom && resource.namespaced && !isInside)
    return behind === 0 && (info.verb === 'list' || info.verb === 'watch');
  return behind === 0 || (behind <= 2 && isInside === resource.namespaced);
}

/** Whether the path's form has the method: collections take POST, objects PUT and PATCH, and nothing takes HEAD. */
function takesMethod({ resource }: Served, { method, info }: Request): boolean {
  if (info.subresource) return method !== 'HEAD';
  // What is in namespaces is made and removed in one of them.
  if (resource.namespaced && info.namespace === '' && method !== 'GET') return false;
  if (method === 'POST') return info.name === '';
  if (method === 'PUT' || method === 'PATCH') return info.name !== '';
  return method === 'GET' || method === 'DELETE';
}
