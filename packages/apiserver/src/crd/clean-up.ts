import { ApiError, type UserInfo } from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import { direct } from '../direct/index.ts';
import { contextOf, type Engine } from '../rest/engine.ts';
import { plainResponse } from '../rest/pieces.ts';
import { removeObject } from '../rest/remove.ts';
import type { ResourceCache } from '../watch-cache/index.ts';
import { type AskWebhook, converterOf } from './converter.ts';
import {
  cleanupFinalizer,
  conditionOf,
  type Definition,
  isTrue,
  resourceOf,
  storageVersion,
} from './definition.ts';
import { kindOf } from './kind-of.ts';
import { terminating, withCondition } from './lifecycle.ts';

export interface CleanUp {
  readonly objects: Objects;
  readonly engine: Engine;
  readonly ask: AskWebhook;
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

/** Deletes at the same time. */
const workersMax = 16;

/** In the version that is stored, whether or not that is served; of admission nobody is asked, as upstream does. */
async function removeInstances(definition: Definition, at: CleanUp): Promise<void> {
  const { engine, user, agent, signal } = at;
  const version = storageVersion(definition);
  if (!version) return;
  const kind = kindOf(definition, version, converterOf(definition, at.ask));
  const served = engine.catalog.unlisted(kind, true);
  const { prefix } = served.cache!;
  const names: (readonly [namespace: string, name: string])[] = [];
  served.cache!.walk(prefix, (key) => {
    const parts = key.slice(prefix.length).split('/');
    names.push([parts.length > 1 ? parts[0]! : '', parts.at(-1)!]);
    return true;
  });
  const waiting = names.values();
  const remove = direct(async (request) => {
    const context = contextOf(engine, user);
    const work = async (): Promise<void> => {
      for (const [namespace, name] of waiting)
        await removeObject({ engine, served, request, namespace, name, context }, {}, true).catch(
          unlessGone,
        );
    };
    await Promise.all(Array.from({ length: workersMax }, work));
    return plainResponse(200, {});
  }, false);
  const path = `/apis/${definition.spec.group}/${version.name}/${definition.spec.names.plural}`;
  await remove({ method: 'DELETE', path, query: {}, user, agent, signal });
}

/** Somebody else was faster: as good. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 404) throw error;
}
