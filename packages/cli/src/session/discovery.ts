import { ApiError } from '@coxswain/api';
import { log, structured } from './klog.ts';
import { discovering } from './media.ts';
import type { RestRequest } from './rest.ts';
import type { Session } from './session.ts';

/** One resource of one version, as discovery tells of it. */
export interface Discovered {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly resource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Kind of each subresource by its name. */
  readonly subresources: Readonly<
    Record<string, { readonly group: string; readonly version: string; readonly kind: string }>
  >;
}

export interface DiscoveredGroup {
  readonly name: string;
  /** Preferred first. */
  readonly versions: readonly string[];
}

/** What a server serves: groups in its order, each with its versions, preferred first. */
export interface Discovery {
  readonly groups: readonly DiscoveredGroup[];
  readonly resources: readonly Discovered[];
  /** Group versions that could not be asked, with the reason. */
  readonly failures: ReadonlyMap<string, string>;
  /** It was remembered: what is not in it may be there by now. */
  readonly isKept?: true;
}

interface AggregatedResource {
  readonly resource: string;
  readonly responseKind?: {
    readonly group?: string;
    readonly version?: string;
    readonly kind?: string;
  };
  readonly scope: 'Namespaced' | 'Cluster';
  readonly singularResource?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly subresources?: readonly {
    readonly subresource: string;
    readonly responseKind?: {
      readonly group?: string;
      readonly version?: string;
      readonly kind?: string;
    };
  }[];
}

interface Aggregated {
  readonly kind: string;
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly freshness?: string;
      readonly resources?: readonly AggregatedResource[];
    }[];
  }[];
}

/** How kubectl asks what a server has, at one of its two roots. */
export const question = (path: '/api' | '/apis'): RestRequest => ({
  ...{ method: 'GET', path, accept },
  place: `discovery_client.go:${path === '/api' ? 255 : 318}`,
});

const accept =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** Tells of a server that does not say what it serves, as kubectl's log does with every time that it asks. */
export function tellUndiscovered(session: Session, error: unknown, asks: number): void {
  const words = (error as Error).message;
  const err = `couldn't get current server API group list: ${words}`;
  const { v } = session.global;
  for (let told = 0; told < asks; told++) {
    log(session, 'E', 'memcache.go:265', structured('Unhandled Error', { err }));
    if (v >= 3)
      log(
        session,
        'I',
        'cached_discovery.go:120',
        `skipped caching discovery info due to ${words}`,
      );
    if (v >= 1 && told === 0 && asks >= 4)
      log(session, 'I', 'shortcut.go:103', `Error loading discovery information: ${words}`);
  }
}

/** Asks the server what it serves: two requests where it knows aggregated discovery, one a version elsewhere. */
export async function discover(session: Session): Promise<Discovery> {
  const rest = session.rest();
  const ask = (path: '/api' | '/apis'): Promise<Aggregated | undefined> =>
    rest.json<Aggregated>({ ...discovering, ...question(path) }).catch((error: unknown) => {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    });
  const answers = [await ask('/api'), await ask('/apis')].filter((answer) => answer !== undefined);
  if (answers.every(({ kind }) => kind === 'APIGroupDiscoveryList')) return aggregated(answers);
  return await legacyDiscovery(session, answers as never);
}

function aggregated(answers: readonly Aggregated[]): Discovery {
  const groups: DiscoveredGroup[] = [];
  const resources: Discovered[] = [];
  const failures = new Map<string, string>();
  for (const { items = [] } of answers)
    for (const { metadata, versions = [] } of items) {
      const group = metadata?.name ?? '';
      groups.push({ name: group, versions: versions.map(({ version }) => version) });
      for (const { version, freshness, resources: served = [] } of versions) {
        if (freshness === 'Stale')
          failures.set(`${group}/${version}`, `stale GroupVersion discovery: ${group}/${version}`);
        for (const each of served) resources.push(discovered(group, version, each));
      }
    }
  return { groups, resources, failures };
}

function discovered(group: string, version: string, from: AggregatedResource): Discovered {
  const kindOf = (
    kind: AggregatedResource['responseKind'],
  ): { group: string; version: string; kind: string } => ({
    group: kind?.group || group,
    version: kind?.version || version,
    kind: kind?.kind ?? '',
  });
  return {
    ...{ group, version, kind: from.responseKind?.kind ?? '', resource: from.resource },
    singular: from.singularResource ?? '',
    namespaced: from.scope === 'Namespaced',
    shortNames: from.shortNames ?? [],
    categories: from.categories ?? [],
    verbs: from.verbs ?? [],
    subresources: Object.fromEntries(
      (from.subresources ?? []).map(({ subresource, responseKind }) => [
        subresource,
        kindOf(responseKind),
      ]),
    ),
  };
}

interface LegacyResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced: boolean;
  readonly kind: string;
  readonly group?: string;
  readonly version?: string;
  readonly verbs?: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

type LegacyRoot =
  | { readonly kind: 'APIVersions'; readonly versions: readonly string[] }
  | {
      readonly kind: 'APIGroupList';
      readonly groups: readonly {
        readonly name: string;
        readonly versions: readonly { readonly version: string }[];
        readonly preferredVersion?: { readonly version: string };
      }[];
    };

async function legacyDiscovery(session: Session, roots: readonly LegacyRoot[]): Promise<Discovery> {
  const groups: DiscoveredGroup[] = roots.flatMap((root) =>
    root.kind === 'APIVersions'
      ? [{ name: '', versions: root.versions }]
      : root.groups.map(({ name, versions, preferredVersion }) => {
          const all = versions.map(({ version }) => version);
          const first = preferredVersion?.version ?? all[0]!;
          return { name, versions: [first, ...all.filter((version) => version !== first)] };
        }),
  );
  const failures = new Map<string, string>();
  const asked = groups.flatMap(({ name, versions }) =>
    versions.map((version) => ({ group: name, version })),
  );
  const lists = await Promise.all(
    asked.map(async ({ group, version }) => {
      const path = group ? `/apis/${group}/${version}` : `/api/${version}`;
      const list = await session
        .rest()
        .json<{ resources?: readonly LegacyResource[] }>({ method: 'GET', path, ...discovering })
        .catch((error: Error) => void failures.set(`${group}/${version}`, error.message));
      return ofVersion(group, version, list?.resources ?? []);
    }),
  );
  return { groups, resources: lists.flat(), failures };
}

function ofVersion(
  group: string,
  version: string,
  served: readonly LegacyResource[],
): readonly Discovered[] {
  const subresources = (of: string): Discovered['subresources'] =>
    Object.fromEntries(
      served
        .filter(({ name }) => name.startsWith(`${of}/`))
        .map((each) => [
          each.name.slice(of.length + 1),
          { group: each.group ?? group, version: each.version ?? version, kind: each.kind },
        ]),
    );
  return served
    .filter(({ name }) => !name.includes('/'))
    .map((each) => ({
      ...{ group, version, kind: each.kind, resource: each.name, namespaced: each.namespaced },
      singular: each.singularName ?? '',
      shortNames: each.shortNames ?? [],
      categories: each.categories ?? [],
      verbs: each.verbs ?? [],
      subresources: subresources(each.name),
    }));
}
