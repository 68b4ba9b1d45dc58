import type { Client } from '@coxswain/client';

/** The node is cut off: nothing reached the server. */
class CutOff extends Error {
  override readonly name = 'Unreachable';
}

/** A client whose calls fail while `isCut`, as over a broken network. */
export const cuttable = (client: Client, isCut: () => boolean): Client =>
  new Proxy(client, {
    get(target, name) {
      if (isCut()) throw new CutOff('dial tcp: connect: no route to host');
      return Reflect.get(target, name) as unknown;
    },
  });
