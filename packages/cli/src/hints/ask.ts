import type { KubeObject } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import type { Discovered } from '../session/discovery.ts';
import type { Session } from '../session/session.ts';
import { nearest } from './nearest.ts';
import type { Hint } from './rules.ts';

/** So many names are looked through for one that is near. */
const namesMax = 500;

/** What a server can add to the failure of a line: the kind, the name or the namespace that was meant. */
export async function asked(told: string, session: Session): Promise<Hint | undefined> {
  const [, word] = /the server doesn't have a resource type "([^"]+)"/.exec(told) ?? [];
  if (word) return nearestKind(word, session);
  const [, of = '', name] =
    /\(NotFound\): (?:error when [^:]+: )?(\S+) "([^"]+)" not found/.exec(told) ?? [];
  return name === undefined ? undefined : nearestName(of, name, session);
}

async function nearestKind(word: string, session: Session): Promise<Hint | undefined> {
  const { resources } = await session.discovery();
  const known = resources.flatMap(({ resource, singular, shortNames }) => [
    ...[resource, singular],
    ...shortNames,
  ]);
  const kind = nearest(word, known.filter(Boolean));
  return kind ? ['kind', { kind }] : undefined;
}

async function nearestName(of: string, name: string, session: Session): Promise<Hint | undefined> {
  const [plural = '', ...rest] = of.split('.');
  const group = rest.join('.');
  const { resources } = await session.discovery();
  const resource = resources.find((each) => each.resource === plural && each.group === group);
  if (!resource) return undefined;
  if (!resource.namespaced) return nearName(await objects(resource, {}, session), name);
  const everywhere = await objects(resource, { fieldSelector: `metadata.name=${name}` }, session);
  const namespaces = everywhere.map(({ metadata }) => metadata.namespace ?? '');
  if (namespaces.length > 0) return ['namespace', { name, namespace: namespaces.join(', ') }];
  const { name: namespace } = session.namespace();
  return nearName(await objects(resource, {}, session, namespace), name);
}

const nearName = (among: readonly KubeObject[], name: string): Hint | undefined => {
  const near = nearest(
    name,
    among.map(({ metadata }) => metadata.name ?? ''),
  );
  return near ? ['name', { name: near }] : undefined;
};

async function objects(
  resource: Discovered,
  query: Readonly<Record<string, string>>,
  session: Session,
  namespace = '',
): Promise<readonly KubeObject[]> {
  const { items } = await session.rest().json<KubeObject & { items?: readonly KubeObject[] }>({
    method: 'GET',
    path: pathOf(resource, { namespace }),
    query: { ...query, limit: String(namesMax) },
    accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json',
  });
  return items ?? [];
}
