import type { KubeObject, Resource } from '@coxswain/api';
import type { Call } from './engine.ts';

/** What was taken for one write, until it is known whether the write stands. */
export interface Taken {
  readonly object: KubeObject;
  /** The write stands: what the object no longer has is free again. */
  readonly commit: () => void;
  /** The write failed: what was taken for it is free again. */
  readonly revert: () => void;
}

/** Gives objects of one resource what the cluster has only so much of: addresses and ports of Services. */
export interface Stock {
  readonly resource: Resource;
  /** Takes what stored objects have; called once, before any other. */
  readonly seed: (stored: Iterable<KubeObject>) => void;
  /** Throws ApiError when there is nothing left or it is taken, and then keeps nothing. */
  readonly take: (
    next: KubeObject,
    before: KubeObject | undefined,
    options: { readonly dryRun: boolean; readonly random: () => number },
  ) => Taken;
  /** Frees all that a removed object had. */
  readonly release: (object: KubeObject) => void;
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
  if (!stock) return { object: next, commit: nothing, revert: nothing };
  return stock.take(next, before, { dryRun, random: call.engine.world.random });
}

/** The object has gone: what it had is free. */
export const releaseOf = (call: Call, object: KubeObject): void => stockOf(call)?.release(object);

const stockOf = ({ engine, served: { resource } }: Call): Stock | undefined =>
  engine.stocks.find(
    ({ resource: own }) => own.resource === resource.resource && own.group === resource.group,
  );
