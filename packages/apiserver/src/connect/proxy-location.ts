import {
  badRequest,
  ApiError,
  EndpointSlices,
  type KubeObject,
  notFound,
  Pods,
  type Resource,
  Services,
} from '@coxswain/api';
import type { Endpoint, EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Dialer } from '@coxswain/base';
import type { ConnectCall } from './connect-call.ts';
import { authority, kubeletAddress } from './kubelet-address.ts';
import { lookUp, nodeOf, podOf } from './lookup.ts';
import { schemeNamePort } from './scheme-name-port.ts';

/** Where a proxied request goes, and who carries it there. */
export interface ProxyLocation {
  readonly url: URL;
  readonly dial: Dialer;
}

const serviceNameLabel = 'kubernetes.io/service-name';

/** All objects of a resource in a namespace, from the server's caches. */
export type AllOf = <T extends KubeObject>(resource: Resource<T>, namespace: string) => Iterable<T>;

export function podLocation(call: ConnectCall): ProxyLocation {
  const { scheme, name, port } = schemeNamePort(call.name, 'pod');
  const pod = podOf(call, name);
  const ports = (pod.spec?.containers ?? []).flatMap((each) => each.ports ?? []);
  const ip = pod.status?.podIPs?.[0]?.ip ?? '';
  if (!isGlobalUnicast(ip)) throw badRequest('address not allowed');
  return at(call, scheme, ip, port || ports[0]?.containerPort);
}

export function nodeLocation(call: ConnectCall): ProxyLocation {
  const { scheme, name, port } = schemeNamePort(call.name, 'node');
  const kubelet = kubeletAddress(nodeOf(call, name));
  if (port === '' || port === String(kubelet.port)) {
    const url = new URL(`https://${authority(kubelet.host, kubelet.port)}`);
    return { url, dial: call.wire.dialKubelet };
  }
  return at(call, scheme, kubelet.host, port);
}

export function serviceLocation(call: ConnectCall, all: AllOf): ProxyLocation {
  const { scheme, name, port } = schemeNamePort(call.name, 'service');
  const portName = /^\d+$/.test(port) ? namedPort(call, name, Number(port)) : port;
  const slices = [...all(EndpointSlices, call.namespace)].filter(
    ({ metadata }) => metadata.labels?.[serviceNameLabel] === name,
  );
  const places = slices.flatMap((slice) => placesOf(call, slice, portName));
  const chosen = places[Math.floor(call.context.random() * places.length)];
  if (!chosen) throw unavailable(`no endpoints available for service ${JSON.stringify(call.name)}`);
  return at(call, scheme, chosen.address, chosen.port);
}

/** A number stands for the port of the service that has it. */
function namedPort(call: ConnectCall, name: string, port: number): string {
  const { spec } = lookUp(call, Services, name, call.namespace);
  const found = spec?.ports?.find((each) => each.port === port);
  if (!found)
    throw unavailable(`no service port ${port} found for service ${JSON.stringify(name)}`);
  return found.name ?? '';
}

/** Only pods are proxied to: an address that somebody has written by hand may be anyone's. */
function placesOf(
  call: ConnectCall,
  { ports, endpoints }: EndpointSlice,
  portName: string,
): readonly { readonly address: string; readonly port: number }[] {
  const port = ports?.find(({ name = '' }) => name === portName)?.port;
  if (port === undefined) return [];
  return (endpoints ?? [])
    .filter((endpoint) => endpoint.conditions?.ready !== false && isPod(call, endpoint))
    .map(({ addresses }) => ({ address: addresses[0]!, port }));
}

function isPod(call: ConnectCall, { addresses, targetRef }: Endpoint): boolean {
  if (!targetRef?.name) return false;
  const pod = call.context.lookup(Pods, targetRef.name, targetRef.namespace);
  return pod?.status?.podIPs?.some(({ ip }) => ip === addresses[0]) === true;
}

function at(
  { wire, name, served }: ConnectCall,
  scheme: string,
  host: string,
  port: string | number | undefined,
): ProxyLocation {
  const place =
    port === undefined || port === '' ? authority(host, '').slice(0, -1) : authority(host, port);
  if (!URL.canParse(`${scheme}://${place}`))
    throw notFound({ group: '', resource: served.resource.resource, name });
  return { url: new URL(`${scheme}://${place}`), dial: wire.dial };
}

export const unavailable = (why: string, cause?: unknown): ApiError =>
  new ApiError(503, 'ServiceUnavailable', why, undefined, { cause });

/** As Go's `IsGlobalUnicast`: no loopback, no link-local, no multicast address. */
function isGlobalUnicast(ip: string): boolean {
  if (ip === '' || ip === '0.0.0.0' || ip === '255.255.255.255' || ip === '::') return false;
  if (!ip.includes(':')) return !/^(127\.|169\.254\.|22[4-9]\.|23\d\.)/.test(ip);
  return !/^(::1$|fe[89ab]|ff)/i.test(ip);
}
