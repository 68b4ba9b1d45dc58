import http from 'node:http';
import { Unreachable } from '@coxswain/client/http';

/** What answers at a URL, by way of the proxy that the environment names. Throws `Unreachable` where nothing does. */
export async function got(
  url: string,
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Response> {
  const restore = http.setGlobalProxyFromEnv?.(env); // not there before Node 24.14
  try {
    return await fetch(url, { signal });
  } catch (error) {
    throw new Unreachable(url, (error as Error).cause ?? error);
  } finally {
    restore?.();
  }
}
