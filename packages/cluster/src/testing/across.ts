import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ApiServer } from '@coxswain/apiserver';
import { serveAcross } from '@coxswain/apiserver/across';

/** A line to that server as components in another thread have it; closing its port ends it. */
export function lineAcross({ respond }: Pick<ApiServer, 'respond'>): MessagePort {
  const { port1, port2 } = new MessageChannel();
  serveAcross(respond, port1);
  return port2;
}
