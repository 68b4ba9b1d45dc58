import {
  Endpoints,
  EndpointSlices,
  type KubeObject,
  Namespaces,
  type Resource,
  Services,
} from '@coxswain/api';
import type { Endpoints as EndpointsObject, Service } from '@coxswain/api/types/core-v1';
import type { EndpointSlice } from '@coxswain/api/types/discovery-v1';
import type { Action, Controller, Observed } from '@coxswain/control';
import { same } from '../objects/same.ts';

/** Where the API server is, and which address the Service `kubernetes` has. */
export interface KubernetesServiceOptions {
  readonly serviceIp: string; // the first of the service range
  readonly address: string; // of the API server, as pods reach it
  readonly port: number;
  readonly servicePort?: number; // 443
}

const namespace = 'default';
const name = 'kubernetes';
const key = `${namespace}/${name}`;
const always = (): Iterable<string> => [key];
const ours = (now: KubeObject | undefined, before: KubeObject | undefined): Iterable<string> => {
  const { metadata } = (now ?? before)!;
  return metadata.name === name && metadata.namespace === namespace ? [key] : [];
};

/** Keeps the Service `default/kubernetes` and its endpoints pointing at the API server. */
export const kubernetesServiceKeeper = (
  options: KubernetesServiceOptions,
): Controller<Service> => ({
  name: 'kubernetes-service-controller',
  reconciles: Services,
  keys: ours,
  watches: [
    { resource: Endpoints, keys: ours },
    { resource: EndpointSlices, keys: ours },
    { resource: Namespaces, keys: (now) => (now?.metadata.name === namespace ? always() : []) },
  ],
  writes: [Services, Endpoints, EndpointSlices].map((resource) => ({
    resource,
    verbs: ['create', 'update'],
  })),
  plan(service, observed) {
    const ns = observed.get(Namespaces, namespace);
    if (!ns || ns.metadata.deletionTimestamp) return { actions: [] };
    const wanted = serviceOf(options);
    // What others added to the Service stays, as upstream leaves it.
    const made = service ? [] : create(Services, wanted);
    return { actions: [...made, ...endpointsActions(options, observed)] };
  },
});

function endpointsActions(
  options: KubernetesServiceOptions,
  observed: Observed,
): readonly Action[] {
  const endpoints = observed.get(Endpoints, name, namespace);
  const slice = observed.get(EndpointSlices, name, namespace);
  const { subsets } = endpointsOf(options);
  const { endpoints: ends, ports } = sliceOf(options);
  return [
    ...(endpoints
      ? update(Endpoints, endpoints, { ...endpoints, subsets } as EndpointsObject)
      : create(Endpoints, endpointsOf(options))),
    ...(slice
      ? update(EndpointSlices, slice, { ...slice, endpoints: ends, ports } as EndpointSlice)
      : create(EndpointSlices, sliceOf(options))),
  ];
}

const create = (resource: Resource, object: KubeObject): readonly Action[] => [
  { do: 'create', resource, object },
];
const update = (resource: Resource, before: KubeObject, object: KubeObject): readonly Action[] =>
  same(before, object) ? [] : [{ do: 'update', resource, object }];

const serviceOf = ({ serviceIp, port, servicePort = 443 }: KubernetesServiceOptions): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { component: 'apiserver', provider: 'kubernetes' } },
  spec: {
    type: 'ClusterIP',
    clusterIP: serviceIp,
    clusterIPs: [serviceIp],
    ipFamilies: [serviceIp.includes(':') ? 'IPv6' : 'IPv4'],
    ipFamilyPolicy: 'SingleStack',
    sessionAffinity: 'None',
    ports: [{ name: 'https', protocol: 'TCP', port: servicePort, targetPort: port }],
  },
});

const endpointsOf = ({ address, port }: KubernetesServiceOptions): EndpointsObject => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name, namespace, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
  subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
});

const sliceOf = ({ address, port }: KubernetesServiceOptions): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
  addressType: address.includes(':') ? 'IPv6' : 'IPv4',
  endpoints: [{ addresses: [address], conditions: { ready: true } }],
  ports: [{ name: 'https', port, protocol: 'TCP' }],
});
