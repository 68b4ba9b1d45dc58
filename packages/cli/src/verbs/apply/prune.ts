import { groupVersion } from '@coxswain/api';
import type { Unstructured } from '../../objects/info.ts';
import type { Discovered } from '../../session/discovery.ts';
import { mapKind } from '../../session/mapper.ts';
import type { Session } from '../../session/session.ts';
import { stamp } from '../../session/klog.ts';
import { lastApplied } from '../../objects/write.ts';
import { listOf } from '../../objects/pages.ts';

const defaults: Readonly<Record<string, readonly string[]>> = {
  v1: [
    ...['ConfigMap', 'Endpoints', 'PersistentVolumeClaim', 'Pod', 'ReplicationController'],
    ...['Secret', 'Service'],
  ],
  'batch/v1': ['Job', 'CronJob'],
  'networking.k8s.io/v1': ['Ingress'],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
};
const defaultsOfCluster = ['Namespace', 'PersistentVolume'];

/** Kinds of `--prune-allowlist`, written as group/version/kind. */
export async function allowedKinds(
  session: Session,
  allowlist: readonly string[],
): Promise<readonly Discovered[]> {
  const kinds: Discovered[] = [];
  for (const each of allowlist) {
    const [group = '', version, kind, more] = each.split('/');
    if (version === undefined || kind === undefined || more !== undefined)
      throw new Error(
        `invalid GroupVersionKind format: ${each}, please follow <group/version/kind>`,
      );
    const prefix = group === 'core' || group === '' ? '' : `${group}/`;
    kinds.push(await mapKind(session, `${prefix}${version}`, kind));
  }
  return kinds;
}

/** An object that nothing asks for any more. */
export interface Stray {
  readonly resource: Discovered;
  readonly object: Unstructured;
}

/** What is to be kept, and where to look. */
export interface Scope {
  readonly kinds: readonly Discovered[];
  readonly selector: string;
  readonly namespaces: ReadonlySet<string>;
  readonly uids: ReadonlySet<string | undefined>;
}

const warning =
  'Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.';

/** Objects that were applied once and are not among those kept. */
export async function* strays(session: Session, scope: Scope): AsyncGenerator<Stray> {
  let { kinds } = scope;
  if (kinds.length === 0) {
    session.io.err(`W${stamp(session.world.clock.now()).slice(1)} prune.go:71] ${warning}\n`);
    const wanted = [
      ...Object.entries(defaults).flatMap(([apiVersion, names]) =>
        names.map((kind) => [apiVersion, kind] as const),
      ),
      ...defaultsOfCluster.map((kind) => ['v1', kind] as const),
    ];
    const found: Discovered[] = [];
    for (const [apiVersion, kind] of wanted) found.push(await mapKind(session, apiVersion, kind));
    kinds = found;
  }
  const places = [
    ...[...scope.namespaces].flatMap((namespace) =>
      kinds.filter(({ namespaced }) => namespaced).map((resource) => ({ resource, namespace })),
    ),
    ...kinds
      .filter(({ namespaced }) => !namespaced)
      .map((resource) => ({ resource, namespace: '' })),
  ];
  for (const { resource, namespace } of places) {
    const items = await listed(session, resource, namespace, scope.selector).catch(
      (cause: Error) => {
        const { group, version, kind } = resource;
        const what = namespace ? 'namespaced' : 'nonNamespaced';
        throw new Error(
          `error pruning ${what} object ${group}/${version}, Kind=${kind}: ${cause.message}`,
          { cause },
        );
      },
    );
    for (const object of items)
      if (lastApplied(object) !== undefined && !scope.uids.has(object.metadata.uid))
        yield { resource, object };
  }
}

/** The objects of a kind that a selector means, each with its kind. */
export async function listed(
  session: Session,
  resource: Discovered,
  namespace: string,
  labelSelector: string,
): Promise<readonly Unstructured[]> {
  const query = labelSelector ? { labelSelector } : {};
  const { items } = await listOf(session, resource, namespace, query);
  return items.map((item) => ({
    ...item,
    apiVersion: groupVersion(resource),
    kind: resource.kind,
  }));
}
