import type { Dialer } from '@coxswain/base';
import type { StreamWire } from '@coxswain/api/streaming';

/** What connecting needs of the machine: the ways to kubelets and to pods, and the protocols of streams. */
export interface ConnectWire extends Omit<StreamWire, 'dial'> {
  /** To kubelets: with the API server's client certificate, believing those that the kubelets' authority has signed. */
  readonly dialKubelet: Dialer;
  /** To kubelets whose certificate nobody checks, as a log request may ask. */
  readonly dialKubeletUnchecked: Dialer;
  /** To pods and other ports of nodes: nobody is asked who they are. */
  readonly dial: Dialer;
}
