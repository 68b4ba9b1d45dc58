import type {
  APIGroupDiscovery,
  APIGroupDiscoveryList,
  APIResourceDiscovery,
} from '@coxswain/api/types/apidiscovery-v2';
import type { Request, Response } from '../chain/station.ts';
import type { Engine } from '../rest/engine.ts';
import type { Served } from '../rest/catalog.ts';
import { clausesOf } from '../rest/negotiate.ts';
import { singularOf, verbsOf } from './documents.ts';
import { type Group, groups } from './order.ts';
import { subresourcesOf } from './subresources.ts';

const contentType = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

/** Whether the client takes all groups and resources at once, before it takes anything else. */
export function wantsAggregated({ headers }: Request): boolean {
  for (const { type, params } of clausesOf(headers.accept ?? '')) {
    const isJson = type === 'application/json' || type === '*/*' || type === 'application/*';
    if (params.get('as') === 'APIGroupDiscoveryList') {
      if (isJson && params.get('g') === 'apidiscovery.k8s.io' && params.get('v') === 'v2')
        return true;
    } else if (isJson) return false;
  }
  return false;
}

interface Document {
  readonly generation: number;
  readonly body: Uint8Array;
  readonly etag: string;
}
const documents = new WeakMap<Engine, Map<string, Promise<Document>>>();

/** `/api` or `/apis` with every resource in it; 304 to a client that has it already. */
export async function aggregatedResponse(
  engine: Engine,
  path: 'api' | 'apis',
  { headers }: Request,
): Promise<Response> {
  const { body, etag } = await documentOf(engine, path);
  const common = {
    'content-type': contentType,
    etag,
    vary: 'Accept',
    'cache-control': 'public',
  };
  const known = headers['if-none-match']?.includes(etag) === true;
  return {
    as: 'bytes',
    code: known ? 304 : 200,
    headers: common,
    body: known ? new Uint8Array() : body,
  };
}

async function documentOf(engine: Engine, path: 'api' | 'apis'): Promise<Document> {
  const byPath = documents.get(engine) ?? new Map<string, Promise<Document>>();
  documents.set(engine, byPath);
  const known = await byPath.get(path);
  if (known?.generation === engine.catalog.generation) return known;
  const made = make(engine, path);
  byPath.set(path, made);
  return made;
}

async function make(engine: Engine, path: 'api' | 'apis'): Promise<Document> {
  const { generation } = engine.catalog;
  const items = groups(engine)
    .filter(({ name }) => (name === '') === (path === 'api'))
    .map(groupOf);
  const list: APIGroupDiscoveryList = {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items,
  };
  const body = new TextEncoder().encode(`${JSON.stringify(list)}\n`);
  const digest = await crypto.subtle.digest('SHA-512', body);
  return { generation, body, etag: `"${new Uint8Array(digest).toHex().toUpperCase()}"` };
}

const groupOf = ({ name, versions }: Group): APIGroupDiscovery => ({
  metadata: name ? { name } : {},
  versions: versions.map(({ version, served }) => ({
    version,
    resources: served.map(resourceOf),
    freshness: 'Current',
  })),
});

function resourceOf(served: Served): APIResourceDiscovery {
  const { kind, resource } = served;
  const { group, version } = resource;
  // Upstream tells it of custom resources only; for its own it goes without saying.
  const own = kind.custom ? { group, version } : { group: '', version: '' };
  const subresources = subresourcesOf(served).map((facts) => ({
    subresource: facts.name,
    responseKind: facts.kind?.group
      ? { group: facts.kind.group, version: facts.kind.version, kind: facts.kind.kind }
      : { ...own, kind: facts.kind?.kind ?? resource.kind },
    verbs: facts.verbs,
  }));
  return {
    resource: resource.resource,
    responseKind: { ...own, kind: resource.kind },
    scope: resource.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singularOf(served),
    verbs: verbsOf(kind),
    ...(kind.shortNames && { shortNames: kind.shortNames }),
    ...(kind.categories && { categories: kind.categories }),
    ...(subresources.length > 0 && { subresources }),
  };
}
