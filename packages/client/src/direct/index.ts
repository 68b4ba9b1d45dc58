import type { ApiHandler, UserInfo } from '@coxswain/api';
import type { Client } from '../client.ts';
import { clientOver } from '../verbs/index.ts';

/** A client in the server's own process: frozen shared objects, no bytes. */
export function directClient(
  handler: ApiHandler,
  caller: { readonly user: UserInfo; readonly agent: string },
): Client {
  return clientOver({
    async call(request) {
      request.signal.throwIfAborted();
      const answer = await handler({ ...request, ...caller });
      return answer.object;
    },
    async *watch(request) {
      request.signal.throwIfAborted();
      const answer = await handler({ ...request, ...caller });
      if (!answer.watch) throw new Error(`${request.path} does not answer a watch`);
      yield* answer.watch;
    },
  });
}
