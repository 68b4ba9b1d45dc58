import { readdirSync } from 'node:fs';
import type { KubeObject } from '@coxswain/api';
import type { Pod, Service } from '@coxswain/api/types/core-v1';
import { pathOf } from '@coxswain/client';
import { attachablePod } from '../pods/of-object.ts';
import { getPod, objectsNamed, podsByDefault } from '../pods/named.ts';
import { byActivity } from '../pods/order.ts';
import { mapResource } from '../session/mapper.ts';
import type { Session } from '../session/session.ts';
import { listed } from '../verbs/api-resources.ts';
import type { Wanted } from './arguments.ts';
import { type Completions, noFiles, noSpace } from './words.ts';

/** Long lists help nobody, and asking must not take long. */
const namesMax = 1000;
/** So long a pod may be waited for. */
const podTimeoutMs = 100;

const without = (names: readonly string[], given: readonly string[]): readonly string[] =>
  names.filter((name) => !given.includes(name));

/** A question that has no answer, because nothing is there or nobody says so, leaves its words out. */
const quietly = (asked: Promise<readonly string[]>): Promise<readonly string[]> =>
  asked.catch(() => []);

/** What a cluster or a kubeconfig offers for the last word, behind the arguments `args`. */
export async function offered(
  wanted: Wanted,
  args: readonly string[],
  typed: string,
  session: Session,
): Promise<Completions> {
  if (wanted.of === 'copies') return copies(args, typed, session);
  const { names, directive = noFiles } = await answered(wanted, args, typed, session);
  return {
    words: names.filter((name) => name.startsWith(typed)).map((name) => [name]),
    directive,
  };
}

interface Answer {
  readonly names: readonly string[];
  readonly directive?: number;
}

async function answered(
  wanted: Exclude<Wanted, { of: 'copies' }>,
  args: readonly string[],
  typed: string,
  session: Session,
): Promise<Answer> {
  const isFirst = args.length === 0;
  switch (wanted.of) {
    case 'words':
      return { names: wanted.words };
    case 'contexts':
    case 'clusters':
    case 'users':
      return { names: isFirst ? [...session.kubeconfig()[wanted.of].keys()].toSorted() : [] };
    case 'types':
      return { names: isFirst ? await typesOf(session) : [] };
    case 'names':
      return { names: isFirst ? await quietly(namesOf(session, wanted.type)) : [] };
    case 'containers':
      return { names: isFirst ? [] : await quietly(containersOf(session, args[0]!)) };
    case 'pods':
      if (isFirst) return pods(typed, session);
      if (args.length > 1 || !wanted.behind) return { names: [] };
      return { names: await quietly(behindPod[wanted.behind](session, args[0]!, typed)) };
    case 'objects':
      return objects(wanted, args, typed, session);
  }
}

/** `TYPE NAME...` or `TYPE/NAME...`, as the first argument has begun. */
async function objects(
  { types, once }: Extract<Wanted, { of: 'objects' }>,
  args: readonly string[],
  typed: string,
  session: Session,
): Promise<Answer> {
  const [first] = args;
  if (first !== undefined && !first.includes('/')) {
    if (once && args.length > 1) return { names: [] };
    return { names: without(await quietly(namesOf(session, first)), args.slice(1)) };
  }
  if (once && first !== undefined) return { names: [] };
  if (typed.includes('/')) return { names: without(await behindSlash(typed, session), args) };
  const comma = typed.lastIndexOf(',') + 1;
  const before = typed.slice(0, comma);
  const names = types ?? (await typesOf(session)).map((type) => `${before}${type}`);
  return first === undefined
    ? { names }
    : { names: names.map((type) => `${type}/`), directive: noFiles | noSpace };
}

async function behindSlash(typed: string, session: Session): Promise<readonly string[]> {
  const type = typed.slice(0, typed.indexOf('/'));
  return (await quietly(namesOf(session, type))).map((name) => `${type}/${name}`);
}

const typesWithPods =
  'daemonsets deployments pods jobs replicasets replicationcontrollers services statefulsets';

async function pods(typed: string, session: Session): Promise<Answer> {
  if (typed.includes('/')) return { names: await behindSlash(typed, session) };
  const names = (await quietly(namesOf(session, 'pod'))).filter((name) => name.startsWith(typed));
  const types = typesWithPods.split(' ').map((type) => `${type}/`);
  return { names: [...names, ...types], directive: noFiles | (names.length > 0 ? 0 : noSpace) };
}

/** The pod that a word names, or that stands for what it names. */
async function podOf(session: Session, word: string): Promise<Pod> {
  const [object] = await objectsNamed(session, podsByDefault([word]));
  return attachablePod(session, object!, { timeoutMs: podTimeoutMs, order: byActivity });
}

/** Names of the containers of a pod, which `cp` may name with its namespace and a path. */
async function containersOf(session: Session, word: string): Promise<readonly string[]> {
  const [, namespace, name] = /^(?:([^/:]+)\/)?([^/:]+):/.exec(word) ?? [];
  const { spec } = name
    ? await getPod(session, namespace ?? session.namespace().name, name)
    : await podOf(session, word);
  return [...(spec!.initContainers ?? []), ...spec!.containers].map((each) => each.name);
}

const behindPod = {
  containers: containersOf,
  /** `LOCAL:REMOTE`; the local one is the same unless it was typed. */
  async ports(session: Session, word: string, typed: string): Promise<readonly string[]> {
    const [local] = typed.split(':');
    const found = /^(service|services|svc)\//.test(word)
      ? (await serviceOf(session, word)).spec!.ports?.map(({ port }) => port)
      : (await podOf(session, word)).spec!.containers.flatMap(({ ports = [] }) =>
          ports.map(({ containerPort }) => containerPort),
        );
    return (found ?? []).map((port) => `${local || port}:${port}`);
  },
};

const serviceOf = async (session: Session, word: string): Promise<Service> =>
  (await objectsNamed(session, podsByDefault([word])))[0] as unknown as Service;

/** What `cp` copies from or to: pods, namespaces that hold some, files. */
async function copies(
  args: readonly string[],
  typed: string,
  session: Session,
): Promise<Completions> {
  const slash = typed.indexOf('/');
  const names = async (): Promise<readonly string[]> => {
    if (args.length > 0 || /^[/.~]/.test(typed) || typed.includes(':')) return [];
    const namespace = slash > 0 ? typed.slice(0, slash) : undefined;
    const podNames = await quietly(namesOf(session, 'pod', namespace));
    if (namespace !== undefined) return podNames.map((name) => `${namespace}/${name}:`);
    return [
      ...(await quietly(namesOf(session, 'namespace'))).map((name) => `${name}/`),
      ...podNames.map((name) => `${name}:`),
    ];
  };
  const found = (await names()).filter((name) => name.startsWith(typed));
  const files =
    args.length > 0 || (found.length === 0 && typed !== '') || slash >= 0
      ? []
      : typed === ''
        ? ['./', '/']
        : filesIn(session.cwd).filter((name) => name.startsWith(typed));
  return { words: [...found, ...files].map((name) => [name]), directive: noSpace };
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .map((file) => (file.isDirectory() ? `${file.name}/` : file.name))
    .toSorted();

/** Names of all objects of some types, in the namespace at hand. */
async function namesOf(
  session: Session,
  types: string,
  namespace: string = session.namespace().name,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const type of types.split(',')) {
    const resource = await mapResource(session, type);
    const { items } = await session.rest().json<{ readonly items?: readonly KubeObject[] | null }>({
      method: 'GET',
      path: pathOf(resource, resource.namespaced ? { namespace } : {}),
      query: { limit: String(namesMax) },
      accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
    });
    names.push(...(items ?? []).map(({ metadata }) => metadata.name ?? ''));
  }
  return names;
}

/** Plural names of what can be read, with their groups. */
const typesOf = async (session: Session): Promise<readonly string[]> =>
  listed(await session.discovery(), { verbs: ['get'] }).map(({ resource, group }) =>
    group ? `${resource}.${group}` : resource,
  );
