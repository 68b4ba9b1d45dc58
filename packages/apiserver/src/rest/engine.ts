import type { KubeObject, Resource, UserInfo } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Storage } from '@coxswain/storage';
import type { AdmissionPlugin } from '../admission/plugin.ts';
import type { Authorizer } from '../authz/authorizer.ts';
import type { Request, Response } from '../chain/station.ts';
import type { KindContext } from '../kinds/kind.ts';
import { type KnownText, objectOf, type WatchCache } from '../watch-cache/index.ts';
import { type Catalog, keyOf, type Served } from './catalog.ts';
import type { Stock } from './stock.ts';

/** Answers a review: takes what was asked, gives the same object with its answer. */
export type Review = (object: KubeObject, call: Call) => Promise<KubeObject> | KubeObject;

/** Serves one subresource, by its method. */
export type Subresource = Readonly<
  Partial<Record<'get' | 'create' | 'update' | 'patch' | 'delete', Verb>>
>;

/** One part of the control plane, as `componentstatuses` tells of it. */
export interface ComponentProbe {
  readonly name: string;
  /** What it says of itself when it is well. Throws when it is not. */
  readonly check: (signal: AbortSignal) => Promise<string>;
}

/** What all requests share. */
export interface Engine {
  readonly world: World;
  readonly storage: Storage;
  readonly cache: WatchCache;
  readonly catalog: Catalog;
  readonly authorizers: readonly Authorizer[];
  readonly admission: readonly AdmissionPlugin[];
  /** By `resource.group`, e.g. `tokenreviews.authentication.k8s.io`. */
  readonly reviews: ReadonlyMap<string, Review>;
  /** By name, or by `resource/name` where kinds differ. */
  readonly subresources: ReadonlyMap<string, Subresource>;
  /** What objects of some resources take their share of. */
  readonly stocks: readonly Stock[];
  readonly enabled: (gate: string) => boolean;
  /** How long events are kept. */
  readonly eventTtlMs: number;
  readonly components: ComponentProbe[];
  /** Where clients find this server, with its port; undefined until it listens. */
  readonly address: () => string | undefined;
}

/** One request that has found its resource. */
export interface Call {
  readonly engine: Engine;
  readonly served: Served;
  readonly request: Request;
  readonly namespace: string;
  readonly name: string;
  readonly context: KindContext;
  /** The JSON of a new object's spec, once it is made. */
  specText?: KnownText;
}

export type Verb = (call: Call) => Promise<Response>;

/** What hooks of kinds may know, for a request of `user`. */
export function contextOf(engine: Engine, user: UserInfo): KindContext {
  return {
    nowMs: engine.world.clock.now(),
    random: engine.world.random,
    user,
    enabled: engine.enabled,
    lookup: <R extends KubeObject>(resource: Resource<R>, name: string, namespace = '') => {
      const served = engine.catalog.get(resource.group, resource.version, resource.resource);
      const cached = served?.cache?.get(keyOf(served, namespace, name));
      return cached && (served!.read(objectOf(cached)) as R);
    },
  };
}

/** Most bytes of a request's body. */
export const bodyBytesMax: number = 3 * 2 ** 20;
