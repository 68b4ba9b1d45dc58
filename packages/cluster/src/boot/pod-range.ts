import { Nodes } from '@coxswain/api';
import type { Informers } from '@coxswain/client';

/** The range of pod addresses of a node, once it has been given one. */
export async function podRangeOf(
  informers: Informers,
  nodeName: string,
  signal: AbortSignal,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  using _seen = informers.of(Nodes).subscribe((changes) => {
    for (const { now } of changes)
      if (now?.metadata.name === nodeName && now.spec.podCIDR) resolve(now.spec.podCIDR);
  });
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
