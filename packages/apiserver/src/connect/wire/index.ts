import type { Clock } from '@coxswain/base';
import { acceptWebSocket, headerCompression, httpCall } from '@coxswain/base/wire';
import type { ConnectWire } from '../wire-needs.ts';

/** How the API server shows itself to kubelets, and whom it believes to be one; in PEM, asked for with every connection. */
export interface KubeletTrust {
  readonly certificate: string;
  readonly key: string;
  /** The authority of the kubelets' serving certificates; without one they are not checked, as upstream's default is. */
  readonly authority: string | undefined;
}

/** The ways to kubelets and pods over this machine's network. */
export function connectWire(clock: Clock, trust: () => KubeletTrust): ConnectWire {
  return {
    clock,
    headerCompression,
    acceptWebSocket,
    dial: (call) => httpCall(call),
    dialKubelet(call) {
      const { certificate, key, authority } = trust();
      return httpCall(call, { cert: certificate, key, ...(authority && { ca: authority }) });
    },
    dialKubeletUnchecked(call) {
      const { certificate, key } = trust();
      return httpCall(call, { cert: certificate, key });
    },
  };
}
