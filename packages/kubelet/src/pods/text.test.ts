/** What pods are told in texts: expansion, environment, resolver, hosts file, downward API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pod, PodSpec, Service } from '@coxswain/api/types/core-v1';
import { parseResolvConf, podDns, resolvConfText } from './dns.ts';
import { ContainerConfigError, makeEnvironment, type References } from './environment.ts';
import { expand } from './expansion.ts';
import { fieldText, resourceText } from './field-ref.ts';
import { podHostname } from './hostname.ts';
import { hostsFile } from './hosts-file.ts';
import { serviceEnvironment } from './service-environment.ts';

const podOf = (spec: Partial<PodSpec> = {}): Pod => ({
  metadata: { name: 'p', namespace: 'shop', uid: 'u', labels: { b: '2', a: 'x"y' } },
  spec: { containers: [], ...spec },
});
const facts = {
  nodeName: 'n1',
  hostIps: ['1.1.1.1'],
  podIps: ['10.0.0.2'],
  allocatable: { cpu: '2', memory: '4Gi' },
};

test('expansion', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['$(A)', '1'],
    ['a$(A)b$(A)', 'a1b1'],
    ['$$(A)', '$(A)'],
    ['$(B)', '$(B)'],
    ['$A', '$A'],
    ['$$$(A)', '$1'],
    ['$(A', '$(A'],
    ['x$', 'x$'],
    ['$(E)', ''],
  ];
  const known: Record<string, string> = { A: '1', E: '' };
  assert.deepEqual(
    cases.map(([text]) => expand(text, (name) => known[name])),
    cases.map(([, want]) => want),
  );
});

const references: References = {
  async configMap(_, name) {
    return name === 'cm' ? { metadata: { name }, data: { k: 'v', url: 'http' } } : undefined;
  },
  async secret(_, name) {
    return name === 's' ? { metadata: { name }, data: { k: btoa('geheim') } } : undefined;
  },
};
const environment = async (container: Parameters<typeof makeEnvironment>[1]): Promise<string> => {
  const services = new Map([['SVC_HOST', '10.96.0.1']]);
  const made = await makeEnvironment(podOf(), container, services, references, facts);
  return made.map(({ key, value }) => `${key}=${value}`).join(' ');
};

test('environment: order, sources and expansion', async () => {
  const made = await environment({
    name: 'c',
    envFrom: [
      { prefix: 'P_', configMapRef: { name: 'cm' } },
      { secretRef: { name: 'gone', optional: true } },
    ],
    env: [
      { name: 'A', value: '$(P_k)-$(LATER)-$(SVC_HOST)' },
      { name: 'LATER', value: 'x' },
      { name: 'S', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'NO', valueFrom: { configMapKeyRef: { name: 'cm', key: 'none', optional: true } } },
      { name: 'P_k', value: 'over' },
    ],
  });
  assert.equal(
    made,
    'P_k=over P_url=http A=v-$(LATER)-10.96.0.1 LATER=x S=geheim IP=10.0.0.2 SVC_HOST=10.96.0.1',
  );
});

test('environment: what is missing', async () => {
  const message = (env: object): Promise<string> =>
    environment({ name: 'c', env: [{ name: 'A', valueFrom: env }] }).catch((error: Error) => {
      assert.ok(error instanceof ContainerConfigError);
      return error.message;
    });
  assert.deepEqual(
    await Promise.all([
      message({ configMapKeyRef: { name: 'none', key: 'k' } }),
      message({ configMapKeyRef: { name: 'cm', key: 'x' } }),
      message({ secretKeyRef: { name: 's', key: 'x' } }),
    ]),
    [
      'configmap "none" not found',
      "couldn't find key x in ConfigMap shop/cm",
      "couldn't find key x in Secret shop/s",
    ],
  );
});

test('service variables: own namespace, and always the API server', () => {
  const service = (name: string, namespace: string, clusterIP: string): Service => ({
    metadata: { name, namespace },
    spec: { clusterIP, ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  });
  const services = [
    service('my-app', 'shop', '10.96.0.9'),
    service('far', 'other', '10.96.0.8'),
    service('kubernetes', 'default', '10.96.0.1'),
    service('headless', 'shop', 'None'),
  ];
  assert.deepEqual(Object.fromEntries(serviceEnvironment(podOf(), services.slice(0, 2))), {
    MY_APP_SERVICE_HOST: '10.96.0.9',
    MY_APP_SERVICE_PORT: '80',
    MY_APP_SERVICE_PORT_HTTP: '80',
    MY_APP_PORT: 'tcp://10.96.0.9:80',
    MY_APP_PORT_80_TCP: 'tcp://10.96.0.9:80',
    MY_APP_PORT_80_TCP_PROTO: 'tcp',
    MY_APP_PORT_80_TCP_PORT: '80',
    MY_APP_PORT_80_TCP_ADDR: '10.96.0.9',
  });
  const few = serviceEnvironment(podOf({ enableServiceLinks: false }), services);
  assert.deepEqual(
    [...few.keys()].filter((key) => key.endsWith('HOST')),
    ['KUBERNETES_SERVICE_HOST'],
  );
});

test('resolver by policy', () => {
  const node = parseResolvConf('search lan.\nnameserver 9.9.9.9\noptions edns0\n');
  const settings = { clusterDns: ['10.96.0.10'], clusterDomain: 'cluster.local', node };
  const text = (spec: Partial<PodSpec>): string =>
    resolvConfText(podDns(podOf(spec), settings).config);
  const cluster =
    'search shop.svc.cluster.local svc.cluster.local cluster.local lan\nnameserver 10.96.0.10\noptions ndots:5\n';
  const ofNode = 'search lan\nnameserver 9.9.9.9\noptions edns0\n';
  assert.deepEqual(
    [
      text({}),
      text({ dnsPolicy: 'Default' }),
      text({ hostNetwork: true }),
      text({ hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }),
      text({
        dnsPolicy: 'None',
        dnsConfig: {
          nameservers: ['1.1.1.1'],
          searches: ['a.b'],
          options: [{ name: 'ndots', value: '2' }],
        },
      }),
      text({ dnsConfig: { options: [{ name: 'ndots', value: '2' }, { name: 'debug' }] } }),
    ],
    [
      cluster,
      ofNode,
      ofNode,
      cluster,
      'search a.b\nnameserver 1.1.1.1\noptions ndots:2\n',
      cluster.replace('ndots:5', 'ndots:2 debug'),
    ],
  );
});

test('resolver: more servers than resolvers take', () => {
  const nameservers = ['1.1.1.1', '1.1.1.2', '1.1.1.3', '1.1.1.4'];
  const node = { servers: [], searches: [], options: [] };
  const made = podDns(podOf({ dnsPolicy: 'None', dnsConfig: { nameservers } }), {
    clusterDns: [],
    clusterDomain: 'c',
    node,
  });
  assert.deepEqual(made.config.servers, nameservers.slice(0, 3));
  assert.match(made.warning!, /^Nameserver limits were exceeded/);
});

test('host names', () => {
  const name = (spec: Partial<PodSpec>): unknown => podHostname(podOf(spec), 'cluster.local');
  assert.deepEqual(name({}), { hostname: 'p', domain: '', uts: 'p' });
  const domain = 'sub.shop.svc.cluster.local';
  assert.deepEqual(name({ hostname: 'h', subdomain: 'sub' }), { hostname: 'h', domain, uts: 'h' });
  assert.deepEqual(name({ subdomain: 'sub', setHostnameAsFQDN: true }), {
    hostname: 'p',
    domain,
    uts: `p.${domain}`,
  });
  assert.throws(
    () => name({ subdomain: 's'.repeat(50), setHostnameAsFQDN: true }),
    /is too long \(64 characters is the max, \d+ characters requested\)/,
  );
});

test('hosts file', () => {
  const text = hostsFile(['10.0.0.2'], 'h', 'sub.ns', [{ ip: '1.2.3.4', hostnames: ['x', 'y'] }]);
  assert.ok(text.startsWith('# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n'));
  assert.ok(
    text.endsWith('10.0.0.2\th.sub.ns\th\n\n# Entries added by HostAliases.\n1.2.3.4\tx\ty\n'),
  );
});

test('downward API', () => {
  const container = {
    name: 'c',
    resources: { limits: { cpu: '1250m' }, requests: { memory: '65Mi' } },
  };
  const pod = podOf({ containers: [container] });
  const resource = (resource: string, divisor?: string): string =>
    resourceText({ resource, divisor }, pod, container, facts);
  assert.deepEqual(
    [
      fieldText({ fieldPath: 'metadata.labels' }, pod, facts),
      fieldText({ fieldPath: "metadata.labels['b']" }, pod, facts),
      resource('limits.cpu'),
      resource('limits.cpu', '1m'),
      resource('requests.memory', '1Mi'),
      resource('limits.memory'),
    ],
    ['a="x\\"y"\nb="2"', '2', '2', '1250', '65', String(4 * 2 ** 30)],
  );
});
