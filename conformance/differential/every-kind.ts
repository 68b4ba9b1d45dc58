/** For every resource that upstream serves: the whole life of its smallest object, and the usual mistakes. */
import { minimalObjects } from '../../packages/apiserver/src/testing/minimal-objects.ts';
import type { Request, RequestList } from './request.ts';
import type { Sender } from './sender.ts';

/** As discovery tells of it. */
export interface Served {
  readonly group: string;
  readonly version: string;
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
}

interface ListedResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

/** All resources of a server, by its own discovery. */
export async function servedResources(sender: Sender): Promise<readonly Served[]> {
  const groups = (await sender.send({ name: 'groups', method: 'GET', path: '/apis' })).body as {
    groups: { versions: { groupVersion: string }[] }[];
  };
  const versions = groups.groups
    .flatMap(({ versions: all }) => all)
    .map((each) => each.groupVersion);
  const served: Served[] = [];
  for (const groupVersion of ['v1', ...versions]) {
    const [group, version] = groupVersion === 'v1' ? ['', 'v1'] : groupVersion.split('/');
    const path = group === '' ? '/api/v1' : `/apis/${groupVersion}`;
    const { resources } = (await sender.send({ name: path, method: 'GET', path })).body as {
      resources: readonly ListedResource[];
    };
    for (const each of resources.filter(({ name }) => !name.includes('/')))
      served.push({
        ...{ group: group!, version: version!, ...each },
        subresources: resources.flatMap(({ name }) =>
          name.startsWith(`${each.name}/`) ? [name.slice(each.name.length + 1)] : [],
        ),
      });
  }
  return served;
}

export const differentialNamespace = 'differential';

const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
const partial = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const partials = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** Names that a kind wants of its objects. */
export const nameOf = (resource: string): string =>
  ({
    apiservices: 'v1.example.com',
    customresourcedefinitions: 'boats.example.com',
    ipaddresses: '10.96.77.77',
  })[resource] ?? `one-${resource}`;

/** The requests of one resource's life; none for what is only asked, never kept. */
export function lifeOf(served: Served): RequestList {
  const { group, version, name: resource, kind, namespaced } = served;
  const fields = minimalObjects[group === '' ? resource : `${resource}.${group}`];
  const root = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
  const all = `${root}${namespaced ? `/namespaces/${differentialNamespace}` : ''}/${resource}`;
  const name = nameOf(resource);
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const object = (meta: object, more: object = {}): object => ({
    ...{ apiVersion, kind, metadata: { name, ...meta } },
    ...fields,
    ...more,
  });
  if (!fields || !served.verbs.includes('create')) return { name: resource, requests: [] };
  const one = `${all}/${name}`;
  const labels = { tier: 'front' };
  const create = { method: 'POST', path: all } as const;
  const requests: Request[] = [
    { name: 'list nothing', method: 'GET', path: `${all}?labelSelector=tier` },
    { name: 'dry create', ...create, path: `${all}?dryRun=All`, body: object({}) },
    { name: 'create', ...create, body: object({ labels }) },
    { name: 'create again', ...create, body: object({}) },
    { name: 'get', method: 'GET', path: one },
    { name: 'get nothing', method: 'GET', path: `${all}/nothing` },
    { name: 'get as Table', method: 'GET', path: one, accept: table },
    { name: 'get in part', method: 'GET', path: one, accept: partial },
    { name: 'list', method: 'GET', path: `${all}?labelSelector=tier%3Dfront` },
    { name: 'list as Table', method: 'GET', path: `${all}?labelSelector=tier`, accept: table },
    { name: 'list in part', method: 'GET', path: `${all}?labelSelector=tier`, accept: partials },
    {
      name: 'list by a field that is none',
      method: 'GET',
      path: `${all}?fieldSelector=spec.nothing%3D1`,
    },
    { name: 'update', method: 'PUT', path: one, body: updated({ tier: 'back' }) },
    { name: 'update, stale', method: 'PUT', path: one, body: object({ resourceVersion: '1' }) },
    { name: 'update, other name', method: 'PUT', path: one, body: object({ name: 'another' }) },
    {
      name: 'update, nothing there',
      method: 'PUT',
      path: `${all}/nothing`,
      body: object({ name: 'nothing', uid: 'x' }),
    },
    ...patches(one, apiVersion, kind, name),
    ...mistakes(all, object),
    ...subresourceRequests(served, one),
    {
      name: 'delete, other uid',
      method: 'DELETE',
      path: one,
      body: { preconditions: { uid: 'x' } },
    },
    { name: 'dry delete', method: 'DELETE', path: `${one}?dryRun=All` },
    { name: 'delete', method: 'DELETE', path: `${one}?gracePeriodSeconds=0` },
    { name: 'delete again', method: 'DELETE', path: one },
    {
      name: 'generated name',
      ...create,
      body: object({ name: undefined, generateName: 'any-', labels }),
    },
    {
      name: 'delete all',
      method: 'DELETE',
      path: `${all}?labelSelector=tier%3Dfront&gracePeriodSeconds=0`,
    },
  ];
  return { name: group === '' ? resource : `${resource}.${group}/${version}`, requests };

  function updated(withLabels: object): object {
    return object({ labels: withLabels, resourceVersion: '$resourceVersion' });
  }
}

const patches = (
  path: string,
  apiVersion: string,
  kind: string,
  name: string,
): readonly Request[] => {
  const patch = (title: string, type: string, body: unknown, query = ''): Request => ({
    ...{ name: title, method: 'PATCH', path: `${path}${query}`, body },
    contentType: `application/${type}`,
  });
  const applied = (metadata: object): object => ({
    apiVersion,
    kind,
    metadata: { name, ...metadata },
  });
  const apply = 'apply-patch+yaml';
  return [
    patch('merge patch', 'merge-patch+json', {
      metadata: { labels: { tier: 'front', size: 's' } },
    }),
    patch('merge patch without effect', 'merge-patch+json', {
      metadata: { labels: { size: 's' } },
    }),
    patch('JSON patch', 'json-patch+json', [{ op: 'remove', path: '/metadata/labels/size' }]),
    patch('JSON patch that fails', 'json-patch+json', [{ op: 'test', path: '/kind', value: 'No' }]),
    patch('strategic patch', 'strategic-merge-patch+json', {
      metadata: { annotations: { note: 'a' }, finalizers: null },
    }),
    patch('patch of no type', 'octet-stream', '{}'),
    patch('patch that is no JSON', 'merge-patch+json', '{"metadata":'),
    patch('patch of the name', 'merge-patch+json', { metadata: { name: 'another' } }),
    patch('apply', apply, applied({ labels: { team: 'a' } }), '?fieldManager=first'),
    patch('apply in conflict', apply, applied({ labels: { team: 'b' } }), '?fieldManager=second'),
    patch(
      'apply by force',
      apply,
      applied({ labels: { team: 'b' } }),
      '?fieldManager=second&force=true',
    ),
    patch('apply less', apply, applied({}), '?fieldManager=second'),
    patch('apply without a manager', apply, applied({})),
  ];
};

const mistakes = (
  all: string,
  object: (meta: object, more?: object) => object,
): readonly Request[] => {
  const wrong = (
    name: string,
    body: unknown,
    query = '',
    contentType = 'application/json',
  ): Request => ({
    ...{ name, method: 'POST', path: `${all}${query}`, body, contentType },
  });
  return [
    wrong('a name that cannot be', object({ name: 'Not_A_Name' })),
    wrong('no name', object({ name: undefined })),
    wrong('another kind', object({}, { kind: 'Another' })),
    wrong('another version', object({}, { apiVersion: 'example.com/v1' })),
    wrong('no kind', object({ name: 'no-kind' }, { kind: undefined }), '?dryRun=All'),
    wrong(
      'a field that is none, strictly',
      object({ name: 'strict' }, { nothing: 1 }),
      '?fieldValidation=Strict',
    ),
    wrong(
      'a field that is none, warned',
      object({ name: 'warned' }, { nothing: 1 }),
      '?fieldValidation=Warn&dryRun=All',
    ),
    wrong('a wrong type', object({ name: 'typed', labels: 'x' })),
    wrong('labels that cannot be', object({ name: 'labelled', labels: { '-': '!' } })),
    wrong('finalizers that cannot be', object({ name: 'finalized', finalizers: ['x y'] })),
    wrong('owners that cannot be', object({ name: 'owned', ownerReferences: [{ name: 'x' }] })),
    wrong('another namespace', object({ name: 'moved', namespace: 'another' })),
    wrong('no JSON', '{"kind":'),
    wrong('nothing', ''),
    wrong('no content type', '{}', '', 'text/plain'),
    wrong('an option that is none', object({ name: 'optional' }), '?dryRun=Some'),
    wrong(
      'a manager that is too long',
      object({ name: 'managed' }),
      `?fieldManager=${'x'.repeat(200)}`,
    ),
  ];
};

const subresourceRequests = ({ subresources, kind }: Served, one: string): readonly Request[] => [
  ...(subresources.includes('status')
    ? ([
        { name: 'get status', method: 'GET', path: `${one}/status` },
        {
          name: 'patch status',
          method: 'PATCH',
          path: `${one}/status`,
          body: { metadata: { annotations: { status: kind } } },
          contentType: 'application/merge-patch+json',
        },
      ] as const)
    : []),
  ...(subresources.includes('scale')
    ? ([
        { name: 'get scale', method: 'GET', path: `${one}/scale` },
        {
          name: 'patch scale',
          method: 'PATCH',
          path: `${one}/scale`,
          body: { spec: { replicas: 2 } },
          contentType: 'application/merge-patch+json',
        },
        {
          name: 'scale below zero',
          method: 'PATCH',
          path: `${one}/scale`,
          body: { spec: { replicas: -1 } },
          contentType: 'application/merge-patch+json',
        },
      ] as const)
    : []),
];
