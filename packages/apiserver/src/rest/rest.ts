import { methodNotSupported } from '@coxswain/api';
import type { Next, Request, Response } from '../chain/station.ts';
import type { Verb as VerbName } from '../kinds/kind.ts';
import { aboutOf, type Served } from './catalog.ts';
import { create } from './create.ts';
import { contextOf, type Engine, type Subresource, type Verb } from './engine.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { pageNotFound } from './not-found.ts';
import { patch } from './patch.ts';
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
    if (!served) return pageNotFound();
    const call = {
      engine,
      served,
      request,
      namespace: served.resource.namespaced ? info.namespace : '',
      name: info.name,
      context: contextOf(engine, request.user!),
    };
    return verbOf(engine, served, request)(call);
  };
}

function verbOf(engine: Engine, served: Served, request: Request): Verb {
  const { verb, subresource } = request.info;
  if (subresource) return subresourceVerb(engine, served, request);
  const found = verbs[verb as VerbName];
  const allowed = (served.kind.verbs ?? allVerbs).includes(verb as VerbName);
  if (!found || !allowed) return notAllowed(served, verb);
  return served.kind.unstored ? unstored(served) : found;
}

/** Kinds that are answered and never stored: bindings, and the reviews that were handed to the server. */
function unstored({ resource }: Served): Verb {
  if (resource.group === '' && resource.resource === 'bindings') return bind;
  return review;
}

function subresourceVerb(engine: Engine, served: Served, { info }: Request): Verb {
  const { subresource, verb, resource } = info;
  const found =
    engine.subresources.get(`${resource}/${subresource}`) ?? engine.subresources.get(subresource);
  if (!found || !hasSubresource(served, subresource)) return async () => pageNotFound();
  return found[verb as keyof Subresource] ?? notAllowed(served, verb);
}

const hasSubresource = ({ kind }: Served, name: string): boolean =>
  (name === 'status' && kind.status !== undefined) ||
  (name === 'scale' && kind.scale !== undefined) ||
  kind.facets?.[name] !== undefined ||
  (kind.subresources?.includes(name) === true && !isPart(name));

/** Parts of an object are served only by rules that the kind gives. */
const isPart = (name: string): boolean =>
  name === 'approval' || name === 'ephemeralcontainers' || name === 'finalize' || name === 'resize';

const notAllowed =
  (served: Served, verb: string): Verb =>
  async (): Promise<Response> => {
    throw methodNotSupported(aboutOf(served), verb);
  };
