import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApiError,
  type ApiCall,
  type ApiHandler,
  ClusterRoleBindings,
  ClusterRoles,
  FlowSchemas,
  type KubeObject,
  type Resource,
  Roles,
  ServiceCIDRs,
} from '@coxswain/api';
import type { ServiceCIDR } from '@coxswain/api/types/networking-v1';
import type { ClusterRole } from '@coxswain/api/types/rbac-v1';
import { MemoryObjects } from '../authz/testing/memory-objects.ts';
import { bootstrap, planBootstrap } from './bootstrap.ts';
import { flowControl } from './flow-control.ts';
import { bootstrapPolicy, type Wanted } from './policy.ts';
import { systemNamespaces, systemObjects } from './system-objects.ts';

const on = new Set([
  'ComponentFlagz',
  'ComponentStatusz',
  'DRADeviceTaints',
  'DRAExtendedResource',
  'DRAResourceClaimGranularStatusAuthorization',
  'KubeletServiceAccountTokenForCredentialProviders',
]);
const enabled = (gate: string): boolean => on.has(gate);
const settings = {
  serviceRanges: ['10.96.0.0/16'],
  enabled,
};
const policy = bootstrapPolicy(enabled);
const everything = [...systemNamespaces, ...policy, ...flowControl, ...systemObjects(settings)];
const signal = new AbortController().signal;

const count = (list: readonly Wanted[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { resource, object } of list) {
    const controller =
      object.metadata.name.startsWith('system:controller:') && !object.metadata.namespace
        ? ' of controllers'
        : '';
    counts[resource.kind + controller] = (counts[resource.kind + controller] ?? 0) + 1;
  }
  return counts;
};
const role = (name: string, list = policy): ClusterRole => {
  const found = list.find(
    ({ resource, object }) => resource === ClusterRoles && object.metadata.name === name,
  );
  return found!.object as ClusterRole;
};

test('bootstrap: as many objects as upstream has, with default gates', () => {
  assert.deepEqual(count(policy), {
    ClusterRole: 31,
    'ClusterRole of controllers': 38,
    ClusterRoleBinding: 12,
    'ClusterRoleBinding of controllers': 38,
    Role: 7,
    RoleBinding: 7,
  });
  assert.deepEqual(
    count(bootstrapPolicy((gate) => enabled(gate) || gate === 'ClusterTrustBundle')),
    {
      ClusterRole: 32,
      'ClusterRole of controllers': 39,
      ClusterRoleBinding: 13,
      'ClusterRoleBinding of controllers': 39,
      Role: 7,
      RoleBinding: 7,
    },
  );
  assert.deepEqual(count(flowControl), { PriorityLevelConfiguration: 8, FlowSchema: 11 });
});

test('bootstrap: names are unique, and every binding names a role that is there', () => {
  const names = everything.map(
    ({ resource, object }) =>
      `${resource.kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`,
  );
  assert.equal(new Set(names).size, names.length);
  for (const { object } of policy) {
    const { roleRef } = object as { roleRef?: { kind: string; name: string } };
    if (roleRef)
      assert.ok(
        names.includes(`${roleRef.kind}/${object.metadata.namespace ?? ''}/${roleRef.name}`),
        roleRef.name,
      );
  }
});

test('bootstrap: rules of some roles', () => {
  assert.deepEqual(role('cluster-admin').rules, [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]);
  assert.deepEqual(role('view'), {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: {
      name: 'view',
      labels: {
        'kubernetes.io/bootstrapping': 'rbac-defaults',
        'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    },
    aggregationRule: {
      clusterRoleSelectors: [
        { matchLabels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
      ],
    },
  });
  assert.deepEqual(role('system:public-info-viewer').rules, [
    { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
  ]);
  assert.deepEqual(role('system:controller:ttl-controller').rules, [
    { verbs: ['list', 'patch', 'update', 'watch'], apiGroups: [''], resources: ['nodes'] },
    {
      verbs: ['create', 'patch', 'update'],
      apiGroups: ['', 'events.k8s.io'],
      resources: ['events'],
    },
  ]);
  const secrets = role('system:aggregate-to-view').rules!.filter(({ resources }) =>
    resources!.includes('secrets'),
  );
  assert.deepEqual(secrets, []);
});

/** A server of nothing but a map, that answers as the real one does. */
function server(objects: MemoryObjects): { handler: ApiHandler; calls: ApiCall[] } {
  const resources = new Map<string, Resource>(
    everything.map(({ resource }) => [resource.resource, resource]),
  );
  const calls: ApiCall[] = [];
  const handler: ApiHandler = async (call) => {
    calls.push(call);
    await Promise.resolve();
    const parts = call.path.split('/').slice(call.path.startsWith('/apis/') ? 4 : 3);
    const [namespace, rest] =
      parts[0] === 'namespaces' && parts.length > 2
        ? [parts[1], parts.slice(2)]
        : [undefined, parts];
    const resource = resources.get(rest[0]!)!;
    if (call.method === 'PATCH')
      objects.put(resource, { ...objects.get(resource, rest[1]!)!, ...(call.body as KubeObject) });
    else if (call.method === 'DELETE') objects.remove(resource, rest[1]!, namespace);
    else if (
      call.method === 'POST' &&
      objects.get(resource, (call.body as KubeObject).metadata.name, namespace)
    )
      throw new ApiError(409, 'AlreadyExists', 'already exists');
    else objects.put(resource, call.body as KubeObject);
    return { code: 200, warnings: [] };
  };
  return { handler, calls };
}

test('bootstrap: the first boot writes all, the next one nothing', async () => {
  const objects = new MemoryObjects();
  const { handler, calls } = server(objects);
  await bootstrap(handler, objects, settings, signal);
  assert.equal(calls.length, everything.length + 1);
  assert.equal(calls.at(-1)!.path, '/apis/networking.k8s.io/v1/servicecidrs/kubernetes/status');
  assert.deepEqual(
    calls.slice(0, 4).map(({ path }) => path),
    Array(4).fill('/api/v1/namespaces'),
  );
  assert.ok(
    calls.some(
      ({ path }) => path === '/apis/rbac.authorization.k8s.io/v1/namespaces/kube-public/roles',
    ),
  );
  calls.length = 0;
  await bootstrap(handler, objects, settings, signal);
  assert.deepEqual(calls, []);
});

test('bootstrap: another server that was quicker is no failure', async () => {
  const objects = new MemoryObjects();
  const { handler } = server(objects);
  const racing: ApiHandler = async (call) => {
    if (call.path.endsWith('/clusterroles') && !objects.get(ClusterRoles, 'view'))
      objects.put(ClusterRoles, role('view'));
    return handler(call);
  };
  await bootstrap(racing, objects, settings, signal);
  assert.deepEqual(planBootstrap(objects, everything), []);
});

test('bootstrap: a write that fails fails the boot', async () => {
  const objects = new MemoryObjects();
  const broken: ApiHandler = () => Promise.reject(new ApiError(500, 'InternalError', 'disk full'));
  await assert.rejects(
    bootstrap(broken, objects, settings, signal),
    (error: Error) => (error.cause as Error).message === 'disk full',
  );
});

function booted(): MemoryObjects {
  const objects = new MemoryObjects();
  for (const { resource, object } of everything) objects.put(resource, object);
  return objects;
}
const steps = (objects: MemoryObjects): readonly string[] =>
  planBootstrap(objects, everything).map(
    (step) => `${step.do} ${step.object.kind} ${step.object.metadata.name}`,
  );

test('bootstrap: what users add stays, what they take away comes back', () => {
  const objects = booted();
  const mine = { verbs: ['get'], apiGroups: ['shop.example'], resources: ['carts'] };
  const view = objects.put(ClusterRoles, {
    ...role('system:aggregate-to-view'),
    rules: [...role('system:aggregate-to-view').rules!.slice(1), mine],
  });
  const [step] = planBootstrap(objects, everything);
  assert.deepEqual(steps(objects), ['update ClusterRole system:aggregate-to-view']);
  const mended = step!.object as ClusterRole;
  assert.deepEqual(mended.rules!.slice(0, view.rules!.length), view.rules);
  objects.put(ClusterRoles, mended);
  assert.deepEqual(steps(objects), []);
});

test('bootstrap: rules gathered into an aggregated role are not touched', () => {
  const objects = booted();
  objects.put(ClusterRoles, {
    ...role('admin'),
    rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
  });
  assert.deepEqual(steps(objects), []);
});

test('bootstrap: autoupdate=false is honoured', () => {
  const objects = booted();
  const metadata = {
    name: 'system:discovery',
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'false' },
  };
  objects.put(ClusterRoles, { metadata, rules: [] });
  objects.put(ClusterRoleBindings, {
    metadata,
    roleRef: { kind: 'ClusterRole', name: 'view', apiGroup: 'rbac.authorization.k8s.io' },
  });
  assert.deepEqual(steps(objects), []);
});

test('bootstrap: subjects are added, a binding to another role is made anew', () => {
  const objects = booted();
  const metadata = { name: 'system:basic-user' };
  const roleRef = {
    apiGroup: 'rbac.authorization.k8s.io',
    kind: 'ClusterRole',
    name: 'system:basic-user',
  };
  const eve = { kind: 'User', name: 'eve' };
  objects.put(ClusterRoleBindings, { metadata, roleRef, subjects: [eve] });
  objects.put(ClusterRoleBindings, {
    metadata: { name: 'system:kube-dns' },
    roleRef: { ...roleRef, name: 'cluster-admin' },
    subjects: [],
  });
  assert.deepEqual(steps(objects), [
    'update ClusterRoleBinding system:basic-user',
    'recreate ClusterRoleBinding system:kube-dns',
  ]);
  const [first] = planBootstrap(objects, everything);
  assert.deepEqual((first!.object as { subjects?: unknown }).subjects, [
    eve,
    { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'system:authenticated' },
  ]);
});

test('bootstrap: flow schemas are kept unless their owner said no; the catch-all always', () => {
  const objects = booted();
  const change = (name: string, auto: string): void => {
    const before = objects.get(FlowSchemas, name)!;
    const metadata = { name, annotations: { 'apf.kubernetes.io/autoupdate-spec': auto } };
    objects.put(FlowSchemas, {
      ...before,
      metadata,
      spec: { ...before.spec, matchingPrecedence: 7 },
    });
  };
  change('probes', 'true');
  change('service-accounts', 'false');
  change('catch-all', 'false');
  assert.deepEqual(steps(objects).toSorted(), [
    'update FlowSchema catch-all',
    'update FlowSchema probes',
  ]);
});

for (const [name, held, wanted, want] of [
  ['a second family comes to it', ['10.96.0.0/16'], ['10.96.0.0/16', 'fd00::/112'], true],
  ['another first range', ['10.97.0.0/16'], ['10.96.0.0/16', 'fd00::/112'], false],
  ['one family less', ['10.96.0.0/16', 'fd00::/112'], ['10.96.0.0/16'], false],
] as const)
  test(`bootstrap: the default range of Services: ${name}`, () => {
    const objects = new MemoryObjects();
    objects.put(ServiceCIDRs, { metadata: { name: 'kubernetes' }, spec: { cidrs: held } });
    const [step] = planBootstrap(
      objects,
      systemObjects({ serviceRanges: wanted }).filter(({ resource }) => resource === ServiceCIDRs),
    );
    assert.deepEqual(step && (step.object as ServiceCIDR).spec.cidrs, want ? wanted : undefined);
  });

test('bootstrap: a role that is gone is made again', () => {
  const objects = booted();
  objects.remove(Roles, 'system:controller:token-cleaner', 'kube-system');
  assert.deepEqual(steps(objects), ['create Role system:controller:token-cleaner']);
});
