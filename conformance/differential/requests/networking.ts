/** Ways in, and who may talk to whom: what is refused, in what words, and what is warned of. */
import { edits } from '../edits.ts';
import type { RequestList } from '../request.ts';

const apiVersion = 'networking.k8s.io/v1';
const root = `/apis/${apiVersion}`;
const own = `${root}/namespaces/default`;

const ingress = (spec: object, annotations?: object): object => ({
  ...{ apiVersion, kind: 'Ingress', metadata: { name: 'web', annotations } },
  spec,
});
const service = { service: { name: 'web', port: { number: 80 } } };
const path = (fields: object): object =>
  ingress({
    rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: service, ...fields }] } }],
  });
const backend = (fields: object): object => ingress({ defaultBackend: fields });

const ingressClass = (spec: object, annotations?: object): object => ({
  ...{ apiVersion, kind: 'IngressClass', metadata: { name: 'class', annotations } },
  spec,
});
const parameters = (fields: object): object =>
  ingressClass({ controller: 'example.com/c', parameters: fields });

const policy = (spec: object): object => ({
  ...{ apiVersion, kind: 'NetworkPolicy', metadata: { name: 'policy' } },
  spec,
});
const port = (fields: object): object => policy({ ingress: [{ ports: [fields] }] });
const peer = (fields: object): object => policy({ egress: [{ to: [fields] }] });

const lists: readonly RequestList[] = [
  {
    name: 'ingresses, refused and filled in',
    requests: edits(`${own}/ingresses`, {
      nothing: ingress({}),
      'a class twice': ingress(
        { defaultBackend: service, ingressClassName: 'a' },
        { 'kubernetes.io/ingress.class': 'b' },
      ),
      'a class of old': ingress(
        { defaultBackend: service },
        { 'kubernetes.io/ingress.class': 'b' },
      ),
      'a class that cannot be': ingress({ defaultBackend: service, ingressClassName: 'A_b' }),
      'a path': path({}),
      'no type of path': path({ pathType: undefined }),
      'an empty type of path': path({ pathType: '' }),
      'an odd type of path': path({ pathType: 'Odd' }),
      'a path that is not absolute': path({ path: 'a' }),
      'an exact path of nothing': path({ path: '', pathType: 'Exact' }),
      'any path of nothing': path({ path: '', pathType: 'ImplementationSpecific' }),
      'a path that turns back': path({ path: '/a/../b//c%2f/..' }),
      'no paths': ingress({ rules: [{ http: { paths: [] } }] }),
      'a host': ingress({ rules: [{ host: 'a.example.com' }, { host: '*.example.com' }] }),
      'a host that is an address': ingress({ rules: [{ host: '10.0.0.1' }] }),
      'hosts that cannot be': ingress({ rules: [{ host: 'a_b' }, { host: 'a.*.com' }] }),
      certificates: ingress({
        defaultBackend: service,
        tls: [{ hosts: ['a.com', '*.b.com', 'A', '*'], secretName: 'x' }, { secretName: 'A_b' }],
      }),
      'no backend': backend({}),
      'both backends': backend({ ...service, resource: { kind: 'A', name: 'b' } }),
      'a resource': backend({ resource: { apiGroup: 'a.com', kind: 'A', name: 'b' } }),
      'a resource that cannot be': backend({ resource: { apiGroup: 'A_', kind: 'a/b', name: '' } }),
      'no service': backend({ service: { name: '', port: { number: 80 } } }),
      'a service that cannot be': backend({ service: { name: 'A', port: { name: 'UPPER' } } }),
      'a service with a number first': backend({ service: { name: '1a', port: { name: 'http' } } }),
      'both ports': backend({ service: { name: 'a', port: { name: 'a', number: 1 } } }),
      'no port': backend({ service: { name: 'a', port: {} } }),
      'a port that cannot be': backend({ service: { name: 'a', port: { number: 70_000 } } }),
    }),
  },
  {
    name: 'ingressclasses, refused and filled in',
    requests: edits(`${root}/ingressclasses`, {
      'no controller': ingressClass({}),
      'a controller without a path': ingressClass({ controller: 'example.com' }),
      'a controller that cannot be': ingressClass({ controller: 'A_b/c d' }),
      'a controller with a bad path': ingressClass({ controller: 'a.com/c d' }),
      'a long controller': ingressClass({ controller: `a.com/${'x'.repeat(250)}` }),
      parameters: parameters({ kind: 'A', name: 'b' }),
      'parameters of a namespace': parameters({ kind: 'A', name: 'b', scope: 'Namespace' }),
      'parameters of a namespace that cannot be': parameters({
        ...{ kind: 'A', name: 'b', scope: 'Namespace', namespace: 'A' },
      }),
      'parameters of the cluster in a namespace': parameters({
        kind: 'A',
        name: 'b',
        namespace: 'a',
      }),
      'parameters of an odd scope': parameters({ kind: 'A', name: 'b', scope: 'Odd' }),
      'parameters of nothing': parameters({ apiGroup: 'A', kind: '', name: 'a/b' }),
    }),
  },
  {
    name: 'networkpolicies, refused and filled in',
    requests: edits(`${own}/networkpolicies`, {
      nothing: policy({}),
      egress: policy({ egress: [{}] }),
      types: policy({ policyTypes: ['Odd', 'Ingress'] }),
      'three types': policy({ policyTypes: ['Ingress', 'Egress', 'Ingress'] }),
      'a port': port({ port: 80 }),
      'a named port': port({ port: 'http' }),
      'no port': port({ endPort: 90 }),
      ports: port({ port: 80, endPort: 90 }),
      'ports that go down': port({ port: 80, endPort: 70 }),
      'a port past the last': port({ port: 70_000, endPort: 80_000, protocol: 'ICMP' }),
      'a named port to another': port({ port: 'http', endPort: 90 }),
      'a named port that cannot be': port({ port: '-' }),
      'no peer': peer({}),
      'two sorts of peers': peer({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
      'a selector that cannot be': peer({
        podSelector: { matchExpressions: [{ key: 'a', operator: 'Odd' }] },
        namespaceSelector: { matchLabels: { '-': 'x' } },
      }),
      'a range': peer({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }),
      'no range': peer({ ipBlock: { cidr: '' } }),
      'a range that is none': peer({ ipBlock: { cidr: '10.0.0.0', except: ['x'] } }),
      'a range around another': peer({
        ipBlock: { cidr: '10.0.0.0/16', except: ['10.0.0.0/8', '11.0.0.0/24', 'x'] },
      }),
      'a range of an address': peer({ ipBlock: { cidr: '10.1.2.3/8' } }),
      'a range with zeros': peer({ ipBlock: { cidr: '010.0.0.0/8' } }),
      'a range of IPv6': peer({
        ipBlock: { cidr: '2001:DB8::/32', except: ['2001:db8:0:0::/64'] },
      }),
    }),
  },
];

export default lists;
