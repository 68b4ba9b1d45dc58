import { badRequest, internalError } from '@coxswain/api';
import type { Node, Pod } from '@coxswain/api/types/core-v1';
import type { ConnectCall } from './connect-call.ts';
import { nodeOf } from './lookup.ts';

/** Which of a node's addresses are tried, as clusters by kubeadm have --kubelet-preferred-address-types. */
const preferred = ['InternalIP', 'ExternalIP', 'Hostname'];
const defaultPort = 10_250;

/** Host and port under which a kubelet serves. */
export interface KubeletAddress {
  readonly host: string;
  readonly port: number;
}

export function kubeletAddress({ status }: Node): KubeletAddress {
  const addresses = status?.addresses ?? [];
  const found = preferred
    .map((wanted) => addresses.find(({ type, address }) => type === wanted && address))
    .find((each) => each !== undefined);
  if (!found) {
    const known = addresses.map(({ type, address }) => `{${type} ${address}}`).join(' ');
    throw internalError(new Error(`no preferred addresses found; known addresses: [${known}]`));
  }
  return {
    host: found.address,
    port: status?.daemonEndpoints?.kubeletEndpoint?.Port || defaultPort,
  };
}

/** `host:port` as URLs have it. */
export const authority = (host: string, port: number | string): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The kubelet of the node that a pod is assigned to. Throws 400 when there is none yet. */
export function kubeletUrl(call: ConnectCall, pod: Pod): URL {
  const nodeName = pod.spec?.nodeName;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  const { host, port } = kubeletAddress(nodeOf(call, nodeName));
  return new URL(`https://${authority(host, port)}`);
}
