import type { ApiHandler, UserInfo } from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import type { Engine } from '../rest/engine.ts';
import type { ResourceCache } from '../watch-cache/index.ts';
import {
  cleanupFinalizer,
  conditionOf,
  type Definition,
  isTrue,
  resourceOf,
} from './definition.ts';
import { terminating, withCondition } from './lifecycle.ts';

export interface CleanUp {
  readonly objects: Objects;
  readonly engine: Engine;
  readonly call: ApiHandler;
  readonly user: UserInfo;
  readonly agent: string;
  readonly signal: AbortSignal;
  readonly write: (definition: Definition) => Promise<void>;
  /** Has this done again when the last object is gone: others have finalizers on what is left. */
  readonly whenEmpty: (cache: ResourceCache) => void;
}

/** Removes the objects of a definition that goes, and lets it go when none is left. */
export async function cleanUp(definition: Definition, at: CleanUp): Promise<void> {
  const { engine, write } = at;
  const nowMs = engine.world.clock.now();
  const status = definition.status ?? {};
  const begun = withCondition(
    status,
    terminating('True', 'InstanceDeletionInProgress', 'CustomResource deletion is in progress'),
    nowMs,
  );
  const last = conditionOf(definition, 'Terminating');
  // The write comes back as a change, and with it this step again.
  if (last?.reason !== 'InstanceDeletionInProgress') return write({ ...definition, status: begun });
  if (!isTrue(definition, 'Established'))
    return letGo(
      definition,
      terminating('False', 'NeverEstablished', 'resource was never established'),
      at,
    );
  const cache = engine.catalog.customCache(resourceOf(definition, ''));
  await engine.cache.level();
  if (cache.size > 0) {
    await removeInstances(definition, at);
    await engine.cache.level();
    if (cache.size > 0) return at.whenEmpty(cache);
  }
  return letGo(
    definition,
    terminating('False', 'InstanceDeletionCompleted', 'removed all instances'),
    at,
  );
}

function letGo(
  definition: Definition,
  condition: ReturnType<typeof terminating>,
  { engine, write }: CleanUp,
): Promise<void> {
  const { metadata, status = {} } = definition;
  const finalizers = metadata.finalizers?.filter((each) => each !== cleanupFinalizer);
  return write({
    ...definition,
    metadata: { ...metadata, finalizers },
    status: withCondition(status, condition, engine.world.clock.now()),
  });
}

/** By the API, so that all that watches deletions sees these. */
async function removeInstances(definition: Definition, at: CleanUp): Promise<void> {
  const { engine, call, user, agent, signal } = at;
  const version = definition.spec.versions.find(({ served }) => served);
  const cache = engine.catalog.customCache(resourceOf(definition, ''));
  if (!version) return;
  const names: (readonly [namespace: string, name: string])[] = [];
  cache.walk(cache.prefix, (key) => {
    const parts = key.slice(cache.prefix.length).split('/');
    names.push([parts.length > 1 ? parts[0]! : '', parts.at(-1)!]);
    return true;
  });
  const { group, names: own } = definition.spec;
  const namespaces = new Set(names.map(([namespace]) => namespace));
  for (const namespace of namespaces) {
    const scope = namespace ? `namespaces/${namespace}/` : '';
    const path = `/apis/${group}/${version.name}/${scope}${own.plural}`;
    await call({ method: 'DELETE', path, query: {}, user, agent, signal });
  }
}
