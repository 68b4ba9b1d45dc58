import type { Served } from '../rest/catalog.ts';

export interface SubresourceFacts {
  readonly name: string;
  readonly verbs: readonly string[];
  /** The kind that is read or written, where it is not that of the resource. */
  readonly kind:
    | { readonly group: string; readonly version: string; readonly kind: string }
    | undefined;
}

const getPatchUpdate = ['get', 'patch', 'update'];
const connect = ['create', 'delete', 'get', 'patch', 'update'];
const core = (kind: string): SubresourceFacts['kind'] => ({ group: '', version: 'v1', kind });

const known: Readonly<Record<string, Omit<SubresourceFacts, 'name'>>> = {
  approval: { verbs: getPatchUpdate, kind: undefined },
  attach: { verbs: ['create', 'get'], kind: core('PodAttachOptions') },
  binding: { verbs: ['create'], kind: core('Binding') },
  ephemeralcontainers: { verbs: getPatchUpdate, kind: undefined },
  eviction: { verbs: ['create'], kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
  exec: { verbs: ['create', 'get'], kind: core('PodExecOptions') },
  finalize: { verbs: ['update'], kind: undefined },
  log: { verbs: ['get'], kind: undefined },
  portforward: { verbs: ['create', 'get'], kind: core('PodPortForwardOptions') },
  resize: { verbs: getPatchUpdate, kind: undefined },
  scale: { verbs: getPatchUpdate, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } },
  status: { verbs: getPatchUpdate, kind: undefined },
  token: {
    verbs: ['create'],
    kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
  },
};

/** The subresources of a kind, by name, with what discovery says of them. */
export function subresourcesOf({ kind, resource }: Served): readonly SubresourceFacts[] {
  const names = new Set([...(kind.subresources ?? []), ...Object.keys(kind.facets ?? {})]);
  if (kind.status) names.add('status');
  if (kind.scale) names.add('scale');
  return (kind.custom ? [...names] : [...names].toSorted()).flatMap((name): SubresourceFacts[] => {
    if (name === 'proxy')
      return [{ name, verbs: connect, kind: core(`${resource.kind}ProxyOptions`) }];
    const facts = known[name];
    return facts ? [{ name, ...facts, kind: kindIn(resource.group, facts.kind) }] : [];
  });
}

/** Upstream leaves group and version out where they are those of the list. */
function kindIn(group: string, kind: SubresourceFacts['kind']): SubresourceFacts['kind'] {
  return kind && kind.group === group && group === '' ? { ...kind, group: '', version: '' } : kind;
}
