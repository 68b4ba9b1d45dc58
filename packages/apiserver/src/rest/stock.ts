import type { KubeObject, Resource } from '@coxswain/api';
import type { Change } from '@coxswain/storage';
import type { Objects } from '../authz/objects.ts';
import { toStored } from '../watch-cache/index.ts';
import { keyOf } from './catalog.ts';
import type { Call } from './engine.ts';
import { ownedBy } from './managed-fields.ts';
import { stampNew } from './object-meta.ts';

/** An object that is made (`object`) or goes together with another, in the same revision. */
export interface Beside {
  readonly resource: Resource;
  readonly name: string;
  readonly object?: KubeObject;
}

/** What was taken for one write, until it is known whether the write stands. */
export interface Taken {
  readonly object: KubeObject;
  /** What is written together with the object. */
  readonly besides: readonly Beside[];
  /** The write stands: the caches know of all that was taken. */
  readonly commit: () => void;
  /** The write failed: what was taken for it is free again. */
  readonly revert: () => void;
}

/** Gives objects of one resource what the cluster has only so much of: addresses and ports of Services. */
export interface Stock {
  readonly resource: Resource;
  /** Learns what stored objects have; called once, when the caches are filled. */
  readonly open: (objects: Objects) => void;
  /** Throws ApiError when there is nothing left or it is taken, and then keeps nothing. */
  readonly take: (
    next: KubeObject,
    before: KubeObject | undefined,
    options: { readonly dryRun: boolean; readonly random: () => number },
  ) => Taken;
  /** What goes together with a removed object. */
  readonly besidesOf: (object: KubeObject) => readonly Beside[];
}

const nothing = (): void => {};

/** Takes for a write what its object needs; the object as it is where the resource needs nothing. */
export function takeFor(
  call: Call,
  next: KubeObject,
  before: KubeObject | undefined,
  dryRun: boolean,
): Taken {
  const stock = stockOf(call);
  if (!stock) return { object: next, besides: [], commit: nothing, revert: nothing };
  return stock.take(next, before, { dryRun, random: call.engine.world.random });
}

/** What goes from the store together with the call's removed object. */
export function removedBeside(call: Call, object: KubeObject): readonly Change[] {
  const stock = stockOf(call);
  return stock ? changesOf(call, stock.besidesOf(object)) : [];
}

/** The server writes these itself: no admission, no rules of theirs. */
const manager = 'kube-apiserver';

/** `besides` as the store takes them: what is made must not be there yet. */
export const changesOf = (call: Call, besides: readonly Beside[]): readonly Change[] =>
  besides.map(({ resource, name, object }): Change => {
    const { group, version } = resource;
    const served = call.engine.catalog.kept(group, version, resource.resource)!;
    const key = keyOf(served, '', name);
    if (!object) return { remove: key };
    const own: Call = { ...call, served, namespace: '', name };
    const stamped = ownedBy(own, undefined, stampNew(own, object), manager);
    return { put: key, value: toStored(served.store(stamped)), expect: 0 };
  });

const stockOf = ({ engine, served: { resource } }: Call): Stock | undefined =>
  engine.stocks.find(
    ({ resource: own }) => own.resource === resource.resource && own.group === resource.group,
  );
