import { typeOf } from '@coxswain/api';
import { verbsOf } from '../discovery/documents.ts';
import { type SubresourceFacts, subresourcesOf } from '../discovery/subresources.ts';
import type { Served } from '../rest/catalog.ts';
import { answersObject } from '../rest/remove.ts';
import { type Model, modelOf, modelFrom } from './definitions.ts';
import { metaModel, objectModels } from './object-models.ts';
import { identify } from './operation-id.ts';
import { namespace, nameOf, optionsOf, pretty, proxiedPath } from './parameters.ts';
import type { Method, Parameter, Payload, Route } from './route.ts';
import type { GroupVersionKind } from './schema.ts';

const formats = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const streams = [
  ...formats,
  'application/json;stream=watch',
  'application/vnd.kubernetes.protobuf;stream=watch',
];
const patches = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
];
const anything = ['*/*'];

const patchModel = modelFrom('io.k8s.apimachinery.pkg.apis.meta.v1.Patch', () => ({
  description: 'A patch, in the form that its Content-Type names.',
  type: 'object',
}));

/** One path of a resource, and what operations on it are about. */
interface Place {
  readonly group: string;
  readonly version: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly kind: GroupVersionKind;
  /** What ids end in: `NamespacedPodStatus`. */
  readonly what: string;
  readonly object: Payload;
  readonly produces?: readonly string[];
}

type Facts = Pick<Route, 'method' | 'description' | 'codes' | 'answer'> &
  Partial<Pick<Route, 'body' | 'consumes' | 'produces' | 'parameters'>> & {
    readonly verb: string;
    readonly action: string;
    readonly what?: string;
  };

function operation(place: Place, { verb, what, parameters = [], ...facts }: Facts): Route {
  const { group, version, path, kind } = place;
  return {
    consumes: anything,
    produces: formats,
    ...facts,
    path,
    kind,
    ...identify(verb, what ?? place.what, group, version),
    parameters: [pretty, ...place.parameters, ...parameters],
  };
}

const bodyOf = (model: Payload): Route['body'] =>
  model === 'string' ? undefined : { model, required: true };

const listParameters = optionsOf('meta', 'ListOptions');
const getParameters = optionsOf('meta', 'GetOptions');
const createParameters = optionsOf('meta', 'CreateOptions');
const updateParameters = optionsOf('meta', 'UpdateOptions');
const patchParameters = optionsOf('meta', 'PatchOptions');
const deleteParameters = optionsOf('meta', 'DeleteOptions');
const collectionParameters = [
  ...deleteParameters,
  ...optionsOf('meta', 'ListOptions', ['watch', 'allowWatchBookmarks', 'dryRun']),
];
const unrequired = { model: metaModel('DeleteOptions'), required: false };

const list = (place: Place, answer: Model, what?: string): Route =>
  operation(place, {
    ...{ method: 'get', verb: 'list', action: 'list', answer, codes: [200], produces: streams },
    ...{ parameters: listParameters, description: `Lists or watches ${place.kind.kind} objects.` },
    ...(what !== undefined && { what }),
  });

const watch = (place: Place, action: 'watch' | 'watchlist', what: string): Route =>
  operation(place, {
    ...{ method: 'get', verb: 'watch', action, what, codes: [200], produces: streams },
    ...{ answer: metaModel('WatchEvent'), parameters: listParameters },
    description: `Watches ${place.kind.kind} objects. Deprecated: list with \`watch\` instead.`,
  });

const create = (place: Place): Route =>
  operation(place, {
    ...{ method: 'post', verb: 'create', action: 'post', codes: [200, 201, 202] },
    ...{ answer: place.object, body: bodyOf(place.object), parameters: createParameters },
    description: `Creates a ${place.kind.kind}.`,
  });

const read = (place: Place, parameters: readonly Parameter[] = []): Route =>
  operation(place, {
    ...{ method: 'get', verb: 'read', action: 'get', codes: [200], answer: place.object },
    ...{ parameters, produces: place.produces ?? formats },
    description: `Reads the ${place.kind.kind}.`,
  });

const replace = (place: Place): Route =>
  operation(place, {
    ...{ method: 'put', verb: 'replace', action: 'put', codes: [200, 201] },
    ...{ answer: place.object, body: bodyOf(place.object), parameters: updateParameters },
    description: `Replaces the ${place.kind.kind}.`,
  });

const patch = (place: Place, consumes: readonly string[]): Route =>
  operation(place, {
    ...{ method: 'patch', verb: 'patch', action: 'patch', codes: [200, 201], consumes },
    ...{ answer: place.object, body: { model: patchModel, required: true } },
    parameters: patchParameters,
    description: `Changes a part of the ${place.kind.kind}.`,
  });

const remove = (place: Place, answer: Payload): Route =>
  operation(place, {
    ...{ method: 'delete', verb: 'delete', action: 'delete', codes: [200, 202], answer },
    ...{ body: unrequired, parameters: deleteParameters },
    description: `Deletes the ${place.kind.kind}.`,
  });

const removeCollection = (place: Place): Route =>
  operation(place, {
    ...{ method: 'delete', verb: 'delete', action: 'deletecollection', codes: [200] },
    ...{ answer: metaModel('Status'), body: unrequired, parameters: collectionParameters },
    ...{ what: `Collection${place.what}`, description: `Deletes ${place.kind.kind} objects.` },
  });

/** All operations on a resource and its subresources. */
export function resourceRoutes(served: Served): readonly Route[] {
  const routes = allRoutes(served);
  if (!served.kind.custom) return routes;
  const { group, version, kind } = served.resource;
  const own = { group, kind, version };
  // Custom resources have no protobuf, and upstream says nothing of the old ways to watch them.
  return routes
    .filter(({ action }) => action !== 'watch' && action !== 'watchlist')
    .map((route) => ({
      ...route,
      kind: own,
      produces: plainFormats,
      consumes: route.method === 'patch' ? route.consumes : plainFormats,
      ...customWays[route.action ?? '']?.(route),
    }));
}

/** What upstream tells otherwise of operations on custom resources, by their action. */
const customWays: Readonly<Record<string, (route: Route) => Partial<Route>>> = {
  get: ({ parameters }) => ({ parameters: [...parameters, ...getParameters] }),
  patch: () => ({ codes: [200] }),
  deletecollection: ({ parameters }) => ({
    parameters: [
      ...parameters.filter((each) => !collectionParameters.includes(each)),
      ...listParameters,
    ],
    body: undefined,
  }),
};

const plainFormats = ['application/json', 'application/yaml'];

function allRoutes(served: Served): readonly Route[] {
  const { group, version, resource, kind, namespaced } = served.resource;
  const root = group ? `/apis/${group}/${version}` : `/api/${version}`;
  const verbs = new Set(verbsOf(served.kind));
  const { object, list: listModel } = objectModels(served);
  const scoped = namespaced ? `/namespaces/{namespace}/${resource}` : `/${resource}`;
  const parameters = namespaced ? [namespace] : [];
  const what = namespaced ? `Namespaced${kind}` : kind;
  const about = { group, version, kind: { group, kind, version }, what, object };
  const all: Place = { ...about, path: root + scoped, parameters };
  const one: Place = {
    ...about,
    path: `${root}${scoped}/{name}`,
    parameters: [...parameters, nameOf(kind)],
  };
  const of = (place: Place, path: string): Place => ({ ...place, path: root + path });
  const everywhere: Place = { ...of(all, `/${resource}`), parameters: [] };
  const deleted = answersObject(served.resource) ? object : metaModel('Status');
  const consumes = typeOf(served.apiVersion, kind)
    ? patches
    : patches.filter((type) => !type.includes('strategic'));
  const lists = verbs.has('list') && listModel;
  const watches = verbs.has('watch');
  return [
    ...(lists ? [list(all, lists)] : []),
    ...(lists && namespaced ? [list(everywhere, lists, `${kind}ForAllNamespaces`)] : []),
    ...(verbs.has('create') ? [create(all)] : []),
    ...(verbs.has('deletecollection') ? [removeCollection(all)] : []),
    ...(verbs.has('get') ? [read(one)] : []),
    ...(verbs.has('update') ? [replace(one)] : []),
    ...(verbs.has('patch') ? [patch(one, consumes)] : []),
    ...(verbs.has('delete') ? [remove(one, deleted)] : []),
    ...(watches ? [watch(of(all, `/watch${scoped}`), 'watchlist', `${what}List`)] : []),
    ...(watches ? [watch(of(one, `/watch${scoped}/{name}`), 'watch', what)] : []),
    ...(watches && namespaced
      ? [watch(of(everywhere, `/watch/${resource}`), 'watchlist', `${kind}ListForAllNamespaces`)]
      : []),
    ...subresourcesOf(served).flatMap((facts) => subresourceRoutes(one, facts, consumes)),
  ];
}

function subresourceRoutes(
  owner: Place,
  facts: SubresourceFacts,
  consumes: readonly string[],
): readonly Route[] {
  const { name, verbs } = facts;
  const kind = facts.kind
    ? { ...facts.kind, version: facts.kind.version || owner.version }
    : owner.kind;
  const what = owner.what + name[0]!.toUpperCase() + name.slice(1);
  const isOptions = kind.kind.endsWith('Options');
  const node = typeOf(kind.group ? `${kind.group}/${kind.version}` : kind.version, kind.kind);
  const object = !facts.kind || isOptions || !node ? owner.object : modelOf(node)!;
  const place: Place = { ...owner, path: `${owner.path}/${name}`, kind, what, object };
  if (isOptions) return connections(place, name === 'proxy');
  if (name === 'log') {
    const text: Place = { ...place, object: 'string', produces: ['text/plain', ...formats] };
    return [read(text, optionsOf('core/v1', 'PodLogOptions'))];
  }
  return [
    ...(verbs.includes('get') ? [read(place)] : []),
    ...(verbs.includes('create') ? [create(place)] : []),
    ...(verbs.includes('update') ? [replace(place)] : []),
    ...(verbs.includes('patch') ? [patch(place, consumes)] : []),
  ];
}

const proxyMethods: readonly Method[] = [
  ...(['delete', 'get', 'head', 'options', 'patch', 'post', 'put'] as const),
];

/** Operations that hand the connection over: exec, attach, port-forward, proxy. */
function connections(place: Place, isProxy: boolean): readonly Route[] {
  const options = optionsOf('core/v1', place.kind.kind);
  const deep: Place = {
    ...place,
    path: `${place.path}/{path}`,
    what: `${place.what}WithPath`,
    parameters: [...place.parameters, proxiedPath],
  };
  const places = isProxy ? [place, deep] : [place];
  const methods: readonly Method[] = isProxy ? proxyMethods : ['get', 'post'];
  return places.flatMap((at) =>
    methods.map((method) => {
      const verb = `connect${method[0]!.toUpperCase()}${method.slice(1)}`;
      // The method follows group and version: `connectCoreV1GetNamespacedPodExec`.
      const what = verb.slice('connect'.length) + at.what;
      return {
        ...operation(at, {
          ...{ method, verb: 'connect', action: 'connect', what, codes: [200] },
          ...{ answer: 'string', produces: anything },
          description: `Connects to the ${at.kind.kind.replace(/(Proxy|Attach|Exec|PortForward)?Options$/, '')}.`,
        }),
        parameters: [...at.parameters, ...options],
      };
    }),
  );
}
