import { ApiError, type ApiHandler, ConfigMaps } from '@coxswain/api';
import type { World } from '@coxswain/base';
import type { Objects } from '../authz/objects.ts';
import { isSame } from '../rest/equal.ts';
import { serverUser as user } from './bootstrap.ts';

export type ConfigData = Readonly<Record<string, string>>;

/** A ConfigMap of kube-system by which the server tells others about itself. */
export interface KeptConfigMap {
  readonly name: string;
  /** What it should hold, by what it holds; undefined: there is none yet. */
  readonly data: (held: ConfigData | undefined) => ConfigData;
  /** Least time between making it and making it again. */
  readonly makeEveryMs: number;
}

const namespace = 'kube-system';
const path = `/api/v1/namespaces/${namespace}/configmaps`;
const retryMs = 1_000;

/**
 * Makes the ConfigMaps, and makes them again when they are gone or changed, until `signal` ends it. Gives what looks at
 * all of them once more; the first look is over when the promise resolves.
 */
export async function keepConfigMaps(
  world: World,
  objects: Objects,
  call: ApiHandler,
  kept: readonly KeptConfigMap[],
  signal: AbortSignal,
): Promise<() => void> {
  const madeMs = new Map<string, number>();
  const running = new Map<string, Promise<void>>();
  const later = (one: KeptConfigMap, ms: number): void => {
    const timer = world.clock.after(ms, () => void wake(one));
    signal.addEventListener('abort', () => timer[Symbol.dispose](), { once: true });
  };
  const settle = async (one: KeptConfigMap): Promise<void> => {
    const { name } = one;
    const present = objects.get(ConfigMaps, name, namespace);
    const data = one.data(present?.data);
    if (present && isSame(present.data ?? {}, data)) return;
    const request = { query: {}, user, agent: 'kube-apiserver/config-maps', signal };
    if (present)
      return void (await call({
        ...{ ...request, method: 'PUT', path: `${path}/${name}` },
        body: { ...present, data },
      }));
    const waitMs = (madeMs.get(name) ?? -Infinity) + one.makeEveryMs - world.clock.now();
    if (waitMs > 0) return later(one, waitMs);
    const body = { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name, namespace }, data };
    await call({ ...request, method: 'POST', path, body });
    madeMs.set(name, world.clock.now());
  };
  /** One look at a time; what comes meanwhile is seen by one more. */
  const wake = (one: KeptConfigMap): Promise<void> => {
    const before = running.get(one.name);
    const look = world.work
      .track(Promise.resolve(before).then(() => (signal.aborted ? undefined : settle(one))))
      .catch((error: unknown) => {
        const isLost = error instanceof ApiError && error.code === 409;
        if (!isLost) world.log.error('a ConfigMap was not written', error, { name: one.name });
        if (!signal.aborted) later(one, retryMs);
      });
    running.set(one.name, look);
    return look;
  };
  const following = objects.follow(ConfigMaps, (now, before) => {
    const { metadata } = (now ?? before)!;
    const one = kept.find(({ name }) => name === metadata.name);
    if (one && metadata.namespace === namespace) void wake(one);
  });
  signal.addEventListener('abort', () => following[Symbol.dispose](), { once: true });
  await Promise.all(kept.map(wake));
  return () => kept.forEach((one) => void wake(one));
}
