import type { APIService } from '@coxswain/api/types/apiregistration-v1';
import type { Carrier, HttpHeader, OutgoingTrust } from '@coxswain/base';
import type { UserInfo } from '@coxswain/api';
import type { Objects } from '../authz/objects.ts';
import { resolveClusterIp, resolveService, type ServicePlace } from '../webhook-client/index.ts';

/** How the server shows itself to those it passes requests on to, in PEM. */
export interface ProxyIdentity {
  readonly certificate: string;
  readonly key: string;
}

/** What reaching other API servers takes. */
export interface RemoteWays {
  readonly objects: Objects;
  readonly random: () => number;
  readonly carry: Carrier;
  readonly identity: () => ProxyIdentity;
  /** Whether endpoints are asked, or the address of the Service. */
  readonly asksEndpoints: boolean;
}

/** Where an APIService is answered, and how it is believed. Throws when there is no endpoint. */
export function remoteOf(
  { objects, random, identity, asksEndpoints }: RemoteWays,
  { spec }: APIService,
): { readonly place: ServicePlace; readonly trust: OutgoingTrust } {
  const { name = '', namespace = '', port = 443 } = spec.service!;
  const { certificate, key } = identity();
  return {
    place: asksEndpoints
      ? resolveService(objects, random, { namespace, name, port })
      : resolveClusterIp(objects, { namespace, name, port }),
    trust: {
      ...{ cert: certificate, key, serverName: `${name}.${namespace}.svc` },
      ...(spec.insecureSkipTLSVerify === true && { insecure: true }),
      ...(spec.caBundle && {
        ca: new TextDecoder().decode(Uint8Array.fromBase64(spec.caBundle)),
      }),
    },
  };
}

export const urlOf = ({ host, port }: ServicePlace): string =>
  `https://${host.includes(':') ? `[${host}]` : host}:${port}`;

/** Who asks, as a front proxy tells it. */
export function remoteHeaders({ name, uid, groups, extra }: UserInfo): readonly HttpHeader[] {
  return [
    ['X-Remote-User', name],
    ...(uid ? [['X-Remote-Uid', uid] as const] : []),
    ...(groups ?? []).map((group) => ['X-Remote-Group', group] as const),
    ...Object.entries(extra ?? {}).flatMap(([key, values]) =>
      (values ?? []).map((value) => [`X-Remote-Extra-${encodeURIComponent(key)}`, value] as const),
    ),
  ];
}

export const isAvailable = ({ status }: APIService): boolean =>
  status?.conditions?.some((each) => each.type === 'Available' && each.status === 'True') === true;
