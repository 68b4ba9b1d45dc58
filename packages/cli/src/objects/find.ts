import { ApiError } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { Failures, throwAll } from '../command/failure.ts';
import type { Discovered } from '../session/discovery.ts';
import { expandCategories, mapResource } from '../session/mapper.ts';
import type { Session } from '../session/session.ts';
import { type Named, readArguments } from './arguments.ts';
import { fetched, isNotFound } from './fetched.ts';
import { type Filenames, sourcesOf } from './files.ts';
import { fromFiles } from './from-files.ts';
import { acceptOf, type Info, isList, resourceText, type Unstructured } from './info.ts';
import { listPages } from './pages.ts';

/** Which objects a command is about. */
export interface Query {
  /** `TYPE NAME ...` or `TYPE/NAME ...` */
  readonly args?: readonly string[];
  /** The same, where the command has read the arguments itself. */
  readonly named?: Named;
  readonly files?: Filenames;
  readonly labels?: string;
  readonly fields?: string;
  /** All objects of the named resources. */
  readonly all?: boolean;
  /** A resource alone means all of its objects. */
  readonly mayListAll?: boolean;
  readonly allNamespaces?: boolean;
  readonly subresource?: string;
  readonly chunkSize?: number;
  /** Sent with every request. */
  readonly accept?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Objects of files are asked for at the server; those of the command line are unless this is `never`. */
  readonly fetch?: 'latest' | 'never';
  /** What is in files must name its kind, or the rest of the file is not read: the value of `--validate`, where there is one. */
  readonly validation?: string | undefined;
  /** Nothing is asked of a server at all. */
  readonly isLocal?: boolean;
  /** Lists and Tables stay what they are. */
  readonly keepsLists?: boolean;
  readonly singleResource?: boolean;
  /** Objects of namespaces are not looked for in the one that is worked in. */
  readonly isClusterWide?: boolean;
  /** Objects in files may not name another namespace than the one that the user named; so unless `allNamespaces` is there. */
  readonly requiresNamespace?: boolean;
}

/** Found objects one by one, in order. */
export interface Found {
  /** One object was named, so one is shown, not a list. */
  readonly isSingle: boolean;
  readonly items: () => AsyncGenerator<Info | Error>;
}

const nothingNamed = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;
const nothingLocal = `error: you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

/** Settles what is meant; wrong combinations are thrown before anything is asked for. */
export async function find(session: Session, query: Query): Promise<Found> {
  if (!query.isLocal) session.namespace(); // a configuration that cannot be used is told first
  const hasFiles = query.files && (query.files.filename.length > 0 || query.files.kustomize);
  const files = hasFiles && sourcesOf(query.files!, session); // as are files that are not there
  const named =
    query.named ?? (await expanded(session, readArguments(query.args ?? [], session.program)));
  const { resources, names, pairs } = named;
  if (files) {
    if (resources.length > 0 && names.length === 0)
      throw new Error(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    if (names.length > 0) throw new Error('name cannot be provided when a path is specified');
    if (pairs.length > 0)
      throw new Error('resource/name arguments cannot be provided when a path is specified');
    const { sources, isSingle } = files;
    return { isSingle, items: () => fromFiles(session, query, sources) };
  }
  if (query.isLocal) throw new Error(nothingLocal);
  const selects = Boolean(query.labels?.trim() || query.fields?.trim() || query.all);
  if (selects || (query.mayListAll && resources.length > 0 && names.length === 0))
    return bySelector(session, query, named);
  if (pairs.length > 0) return byPairs(session, query, named);
  if (names.length > 0) return byNames(session, query, named);
  if (resources.length === 0) throw new Error(nothingNamed);
  for (const each of resources) await mapResource(session, each);
  throw new Error('resource(s) were provided, but no name was specified');
}

async function expanded(session: Session, named: Named): Promise<Named> {
  return named.resources.length > 0
    ? { ...named, resources: await expandCategories(session, named.resources) }
    : named;
}

/** Runs `act` on each object; all failures are thrown together at the end. Gives how many were found. */
export async function eachObject(
  found: Found,
  act: (info: Info) => Promise<void> | void,
): Promise<number> {
  const errors: Error[] = [];
  let count = 0;
  for await (const item of found.items()) {
    if (item instanceof Error) {
      errors.push(item);
      continue;
    }
    count++;
    try {
      await act(item);
    } catch (error) {
      errors.push(error as Error);
    }
  }
  throwAll(errors);
  return count;
}

/** Everything found, or what `keep` leaves of it, with what went wrong beside. */
export async function allObjects(
  found: Found,
  keep: (info: Info) => Info = (info) => info,
): Promise<{ infos: readonly Info[]; errors: readonly Error[] }> {
  const infos: Info[] = [];
  const errors: Error[] = [];
  for await (const item of found.items())
    if (item instanceof Error) errors.push(item);
    else infos.push(keep(item));
  return { infos, errors };
}

async function bySelector(
  session: Session,
  query: Query,
  { resources, names, pairs }: Named,
): Promise<Found> {
  if (names.length > 0) throw new Error('name cannot be provided when a selector is specified');
  if (pairs.length > 0)
    throw new Error(
      'selectors and the all flag cannot be used when passing resource/name arguments',
    );
  if (resources.length === 0)
    throw new Error('at least one resource must be specified to use a selector');
  if (query.subresource)
    throw new Error('subresource cannot be used when bulk resources are specified');
  const mapped = await mappedOnce(session, resources);
  if (mapped.length > 1 && query.singleResource)
    throw new Error('you may only specify a single resource type');
  const namespace = query.allNamespaces ? '' : session.namespace().name;
  return {
    isSingle: false,
    async *items() {
      for (const resource of mapped)
        try {
          yield* listed(session, query, resource, resource.namespaced ? namespace : '');
        } catch (error) {
          yield error as Error;
        }
    },
  };
}

async function mappedOnce(
  session: Session,
  resources: readonly string[],
): Promise<readonly Discovered[]> {
  const mapped: Discovered[] = [];
  for (const word of resources) {
    const resource = await mapResource(session, word);
    if (!mapped.some(({ group, kind }) => group === resource.group && kind === resource.kind))
      mapped.push(resource);
  }
  return mapped;
}

/** One page after the other. */
async function* listed(
  session: Session,
  query: Query,
  resource: Discovered,
  namespace: string,
): AsyncGenerator<Info | Error> {
  const asked = {
    ...query.parameters,
    ...(query.labels?.trim() && { labelSelector: query.labels.trim() }),
    ...(query.fields?.trim() && { fieldSelector: query.fields.trim() }),
  };
  const path = pathOf(resource, { namespace });
  try {
    for await (const object of listPages(session, path, asked, query.chunkSize, query.accept)) {
      const at = { namespace, name: '', subresource: '', source: '', ...acceptOf(query) };
      const info: Info = { resource, ...at, object };
      if (query.keepsLists || !isList(object)) yield info;
      else yield* flattened(info, object);
    }
  } catch (error) {
    throw listError(error, query, resource);
  }
}

/** A refused list names the selectors it was asked with. */
function listError(error: unknown, { labels, fields }: Query, resource: Discovered): unknown {
  const isPlain = !(error instanceof ApiError) || (!labels?.trim() && !fields?.trim());
  if (isPlain || (error.reason !== 'BadRequest' && error.reason !== 'NotFound')) return error;
  const words = `Unable to find "${resourceText(resource)}" that match label selector "${labels?.trim() ?? ''}", field selector "${fields?.trim() ?? ''}": ${error.message}`;
  return new ApiError(error.code, error.reason, words, error.details);
}

function* flattened(info: Info, list: Unstructured): Generator<Info> {
  const kind = (list.kind ?? '').replace(/List$/, '');
  for (const item of list['items'] as readonly Unstructured[]) {
    const object: Unstructured = item.kind
      ? item
      : ({ apiVersion: list.apiVersion, kind, ...(item as object) } as Unstructured);
    const { name, namespace = '' } = object.metadata;
    yield { ...info, name, namespace, object };
  }
}

const needsNamespace = (allNamespaces: boolean | undefined): string =>
  allNamespaces
    ? 'a resource cannot be retrieved by name across all namespaces'
    : 'namespace may not be empty when retrieving a resource by name';

async function byPairs(
  session: Session,
  query: Query,
  { resources, pairs }: Named,
): Promise<Found> {
  if (resources.length > 0)
    throw new Error('you may not specify individual resources and bulk resources in the same call');
  const infos: Info[] = [];
  for (const { resource: word, name } of pairs)
    infos.push(placed(session, query, await mapResource(session, word), name));
  const kinds = new Set(infos.map(({ resource }) => resource));
  if (kinds.size > 1 && query.singleResource)
    throw new Error('you may only specify a single resource type');
  return { isSingle: pairs.length === 1, items: () => fetchedEach(session, query, infos) };
}

async function byNames(
  session: Session,
  query: Query,
  { resources, names }: Named,
): Promise<Found> {
  if (resources.length === 0)
    throw new Error('you must provide a resource and a resource name together');
  if (resources.length > 1) throw new Error('you must specify only one resource');
  const resource = await mapResource(session, resources[0]!);
  const infos = names.map((name) => placed(session, query, resource, name));
  return { isSingle: names.length === 1, items: () => fetchedEach(session, query, infos) };
}

function placed(session: Session, query: Query, resource: Discovered, name: string): Info {
  const namespace = query.allNamespaces || query.isClusterWide ? '' : session.namespace().name;
  if (resource.namespaced && !namespace) throw new Error(needsNamespace(query.allNamespaces));
  return {
    ...{ resource, name, source: '', object: undefined, subresource: query.subresource ?? '' },
    namespace: resource.namespaced ? namespace : '',
    ...acceptOf(query),
  };
}

async function* fetchedEach(
  session: Session,
  query: Query,
  infos: readonly Info[],
): AsyncGenerator<Info | Error> {
  for (const info of infos)
    try {
      yield query.fetch === 'never' ? info : await fetched(session, query, info);
    } catch (error) {
      yield error as Error;
    }
}

/** The objects of a text, with what is wrong with others. */
export const infosOfText = (
  session: Session,
  name: string,
  text: string,
  subresource = '',
): ReturnType<typeof allObjects> => {
  const source = { name, text: () => Promise.resolve(text) };
  return allObjects({
    isSingle: false,
    items: () => fromFiles(session, { subresource }, [source]),
  });
};

/** Drops refusals of objects that are not there. */
export const withoutNotFound = (errors: readonly Error[]): readonly Error[] =>
  errors
    .flatMap((error) => (error instanceof Failures ? error.errors : [error]))
    .filter((error) => !isNotFound(error));
