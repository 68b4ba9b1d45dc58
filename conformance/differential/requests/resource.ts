/** Devices, and claims to them: what is filled in, what is refused and in what words. */
import { edits } from '../edits.ts';
import type { Request, RequestList } from '../request.ts';

const apiVersion = 'resource.k8s.io/v1';
const root = `/apis/${apiVersion}`;
const claims = `${root}/namespaces/default/resourceclaims`;

const exactly = (more: object = {}): object => ({ deviceClassName: 'gpu.example.com', ...more });
const devices = (...requests: readonly object[]): object => ({ requests });
const one = (more: object = {}): object => ({ name: 'one', exactly: exactly(more) });

const claim = (fields: object): object => ({
  ...{ apiVersion, kind: 'ResourceClaim', metadata: { name: 'claim' } },
  spec: { devices: fields },
});
const opaque = (parameters: unknown, driver = 'gpu.example.com'): object => ({
  opaque: { driver, parameters },
});

const slice = (spec: object): object => ({
  ...{ apiVersion, kind: 'ResourceSlice', metadata: { name: 'slice' } },
  spec: {
    driver: 'gpu.example.com',
    pool: { name: 'pool', generation: 1, resourceSliceCount: 1 },
    ...spec,
  },
});
const device = (fields: object = {}, spec: object = {}): object =>
  slice({ nodeName: 'n1', devices: [{ name: 'gpu-0', ...fields }], ...spec });
const capacity = (requestPolicy: object): object =>
  device({
    allowMultipleAllocations: true,
    capacity: { memory: { value: '10Gi', requestPolicy } },
  });

const attributes = 'device.attributes["gpu.example.com"]';
const tens = (body: string, ...names: readonly string[]): string =>
  names.reduceRight((inner, name) => `[1,2,3,4,5,6,7,8,9,10].all(${name}, ${inner})`, body);
/** Each is tried in a class and in a claim. */
const expressions: Readonly<Record<string, string>> = {
  true: 'true',
  nothing: '',
  'a number': '1',
  'a string': 'device.driver',
  'a broken one': 'device.driver ==',
  'an unknown field': 'device.serial == 1',
  'an unknown variable': 'object.metadata.name == "x"',
  'an attribute': `${attributes}.model == "a100" && ${attributes}.ready`,
  'an attribute alone': `${attributes}.model`,
  'a domain': '"gpu.example.com" in device.attributes',
  'a version': `${attributes}.build.isGreaterThan(semver("1.0.0"))`,
  'a quantity': 'device.capacity["gpu.example.com"].memory.compareTo(quantity("40Gi")) >= 0',
  'a quantity that is none': 'device.capacity["a"].b == quantity("x")',
  'a quantity and a number': 'device.capacity["gpu.example.com"].memory > 5',
  'a binding': `cel.bind(gpu, ${attributes}, gpu.model == "a" && gpu.size > 3)`,
  'a binding without a name': 'cel.bind(1, 2, true)',
  'a function of lists of values': `${attributes}.model.includes("a")`,
  'a wrong overload': '"a" + 1 == "b"',
  'a pattern': `${attributes}.model.matches("^a[0-9]+$")`,
  'a pattern that is none': 'device.driver.matches("[")',
  'sharing allowed': 'device.allowMultipleAllocations == true',
  'all attributes': `${attributes}.all(name, name.startsWith("a"))`,
  'a split': `${attributes}.model.split("-").size() > 2`,
  'an optional': 'device.attributes[?"gpu.example.com"].hasValue()',
  'hard work': tens("int('1'.find('[0-9]*')) < 100", 'a', 'b', 'c', 'd', 'e', 'f', 'g'),
  'work that is allowed': tens('a + b + c > 0', 'a', 'b', 'c'),
  'many words': `true ${'|| true '.repeat(2000)}`,
};
const selecting = Object.entries(expressions).map(
  ([name, expression]) => [name, [{ cel: { expression } }]] as const,
);

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const writer = { user: 'claim-writer' };
/** Lets the writer do it everywhere. */
const grant = (name: string, resource: string, ...verbs: readonly string[]): readonly Request[] => [
  {
    ...{ name: `role ${name}`, method: 'POST', path: `${rbac}/clusterroles` },
    body: {
      metadata: { name: `claims-${name}` },
      rules: [{ apiGroups: ['resource.k8s.io'], resources: [resource], verbs }],
    },
  },
  {
    ...{ name: `binding ${name}`, method: 'POST', path: `${rbac}/clusterrolebindings` },
    body: {
      metadata: { name: `claims-${name}` },
      roleRef: {
        apiGroup: 'rbac.authorization.k8s.io',
        kind: 'ClusterRole',
        name: `claims-${name}`,
      },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: writer.user }],
    },
  },
];
const revoke = (name: string): readonly Request[] =>
  ['clusterrolebindings', 'clusterroles'].map((resource) => ({
    ...{ name: `${resource} ${name} goes`, method: 'DELETE' },
    path: `${rbac}/${resource}/claims-${name}`,
  }));
const result = { request: 'one', driver: 'gpu.example.com', pool: 'p', device: 'd' };
const allocated = { status: { allocation: { devices: { results: [result] } } } };
const spoken = { status: { devices: [{ driver: 'gpu.example.com', pool: 'p', device: 'd' }] } };
const write = (name: string, body: object, until?: number): Request => ({
  ...{ name, method: 'PATCH', path: `${claims}/told/status`, as: writer, body },
  contentType: 'application/merge-patch+json',
  ...(until !== undefined && { until }),
});
const told: readonly Request[] = [
  {
    name: 'a claim',
    method: 'POST',
    path: claims,
    body: { ...claim(devices(one())), metadata: { name: 'told' } },
  },
  ...grant('status', 'resourceclaims/status', 'patch', 'update'),
  write('devices for pods, without leave', allocated, 422),
  ...grant('binding', 'resourceclaims/binding', 'patch'),
  write('devices for pods', allocated, 200),
  write('what drivers say, without leave', spoken),
  ...grant('driver', 'resourceclaims/driver', 'arbitrary-node:patch'),
  write('what drivers say', spoken, 200),
  ...['status', 'binding', 'driver'].flatMap(revoke),
  { name: 'the claim goes', method: 'DELETE', path: `${claims}/told` },
];

const lists: readonly RequestList[] = [
  { name: 'who may write the status of a resourceclaim', requests: told },
  {
    name: 'selectors of resourceclaims',
    requests: edits(
      claims,
      Object.fromEntries(
        selecting.map(([name, selectors]) => [name, claim(devices(one({ selectors })))]),
      ),
    ),
  },
  {
    name: 'selectors of deviceclasses',
    requests: edits(
      `${root}/deviceclasses`,
      Object.fromEntries(
        selecting.map(([name, selectors]) => [
          name,
          { apiVersion, kind: 'DeviceClass', metadata: { name: 'gpu' }, spec: { selectors } },
        ]),
      ),
    ),
  },
  {
    name: 'resourceclaims, refused and filled in',
    requests: edits(claims, {
      'nothing asked': claim({}),
      'one asked': claim(devices(one())),
      'a count': claim(devices(one({ count: 3 }))),
      all: claim(devices(one({ allocationMode: 'All' }))),
      'all of three': claim(devices(one({ allocationMode: 'All', count: 3 }))),
      'an odd mode': claim(devices(one({ allocationMode: 'Some' }))),
      'a count below zero': claim(devices(one({ count: -1 }))),
      'no class': claim(devices({ name: 'one', exactly: {} })),
      'a class that cannot be': claim(devices(one({ deviceClassName: 'No_Class' }))),
      'neither way': claim(devices({ name: 'one' })),
      'both ways': claim(devices({ ...one(), firstAvailable: [{ name: 'a', ...exactly() }] })),
      'no name': claim(devices({ exactly: exactly() })),
      'a name that cannot be': claim(devices({ name: 'A/b', exactly: exactly() })),
      'a name twice': claim(devices(one(), one())),
      'too many': claim(
        devices(...Array.from({ length: 33 }, (_, n) => ({ ...one(), name: `r${n}` }))),
      ),
      alternatives: claim(
        devices({
          name: 'any',
          firstAvailable: [
            { name: 'a', ...exactly() },
            { name: 'b', ...exactly({ count: 2 }) },
          ],
        }),
      ),
      'an alternative twice': claim(
        devices({
          name: 'any',
          firstAvailable: [
            { name: 'a', ...exactly() },
            { name: 'a', deviceClassName: '' },
          ],
        }),
      ),
      'too many alternatives': claim(
        devices({
          name: 'any',
          firstAvailable: Array.from({ length: 9 }, (_, n) => ({ name: `r${n}`, ...exactly() })),
        }),
      ),
      'a selector of nothing': claim(devices(one({ selectors: [{}] }))),
      tolerations: claim(
        devices(
          one({
            tolerations: [
              { key: 'a', operator: 'Exists' },
              { key: 'a', operator: 'Exists', value: 'x' },
              { key: 'a', operator: 'Equal', value: '-' },
              { key: '-', operator: 'Odd', effect: 'Odd' },
              { value: 'x' },
            ],
          }),
        ),
      ),
      'admin access': claim(devices(one({ adminAccess: true }))),
      constraints: claim({
        ...devices(one()),
        constraints: [
          { requests: ['one'], matchAttribute: 'example.com/numa' },
          { requests: ['two', 'one', 'one', 'a/b/c'], matchAttribute: 'numa' },
          { distinctAttribute: 'example.com/9' },
          {},
        ],
      }),
      settings: claim({
        ...devices(one()),
        config: [
          opaque({ a: 1 }),
          opaque(null),
          opaque({ a: 1 }, 'No Driver'),
          opaque({ a: 1 }, ''),
          { requests: ['one', 'none'], ...opaque({ a: 1 }) },
          {},
        ],
      }),
    }),
  },
  {
    name: 'resourceclaimtemplates, refused and filled in',
    requests: edits(`${root}/namespaces/default/resourceclaimtemplates`, {
      good: {
        ...{ apiVersion, kind: 'ResourceClaimTemplate', metadata: { name: 'template' } },
        spec: { metadata: { labels: { a: 'b' } }, spec: { devices: devices(one()) } },
      },
      'metadata that cannot be': {
        ...{ apiVersion, kind: 'ResourceClaimTemplate', metadata: { name: 'template' } },
        spec: {
          metadata: { name: 'x', labels: { '-': 'b' }, finalizers: ['a/b'] },
          spec: { devices: devices(one({ adminAccess: true })) },
        },
      },
    }),
  },
  {
    name: 'deviceclasses, refused and filled in',
    requests: edits(
      `${root}/deviceclasses`,
      Object.fromEntries(
        Object.entries({
          nothing: {},
          'an extended resource': { extendedResourceName: 'example.com/gpu' },
          'a resource that is none': { extendedResourceName: 'cpu' },
          'a selector of nothing': { selectors: [{}] },
          settings: { config: [opaque({}), opaque(null), {}] },
        }).map(([name, spec]) => [
          name,
          { ...{ apiVersion, kind: 'DeviceClass', metadata: { name: 'class' } }, spec },
        ]),
      ),
    ),
  },
  {
    name: 'resourceslices, refused and filled in',
    requests: edits(`${root}/resourceslices`, {
      nothing: slice({}),
      'no driver': slice({ driver: '', nodeName: 'n1' }),
      'a loud driver': slice({ driver: 'GPU.example.com', nodeName: 'n1' }),
      'no pool': slice({ nodeName: 'n1', pool: { name: '', generation: -1 } }),
      'a pool that cannot be': slice({
        nodeName: 'n1',
        pool: { name: 'a//B', generation: 1, resourceSliceCount: 0 },
      }),
      'an empty node': slice({ nodeName: '' }),
      'a node that cannot be': slice({ nodeName: 'N_1' }),
      'two ways': slice({ nodeName: 'n1', allNodes: true }),
      'no nodes': slice({ allNodes: false, perDeviceNodeSelection: false }),
      'a device': device(),
      'a device that cannot be': device({ name: 'GPU' }),
      'a device twice': slice({ nodeName: 'n1', devices: [{ name: 'a' }, { name: 'a' }] }),
      'devices and counters': device({}, { sharedCounters: [{ name: 'a' }] }),
      counters: slice({
        nodeName: 'n1',
        sharedCounters: [
          { name: 'a', counters: { memory: { value: '1Gi' } } },
          { name: '', counters: { M: { value: '1' } } },
          { name: 'a', counters: {} },
        ],
      }),
      attributes: device({
        attributes: {
          model: { string: 'x' },
          'example.com/version': { version: '1.2.3' },
          cores: { int: 4 },
          fast: { bool: true },
        },
      }),
      'a version that is none': device({ attributes: { one: { version: '1' } } }),
      'an attribute that is a number': device({ attributes: { '9': { int: 1 } } }),
      'an attribute without a domain': device({ attributes: { '/a': { int: 1 } } }),
      'an attribute without a name': device({ attributes: { 'b/': { int: 1 } } }),
      'a long text': device({ attributes: { long: { string: 'x'.repeat(65) } } }),
      'an attribute without a value': device({ attributes: { a: {} } }),
      'an attribute with two values': device({ attributes: { a: { int: 1, bool: true } } }),
      'too many attributes': device({
        attributes: Object.fromEntries(Array.from({ length: 33 }, (_, n) => [`a${n}`, { int: n }])),
      }),
      taints: device({
        taints: [
          { key: 'a', effect: 'NoSchedule' },
          { key: '', value: '-' },
          { key: 'b', effect: 'Odd' },
        ],
      }),
      'consumed counters': device({
        consumesCounters: [
          { counterSet: 'a', counters: { memory: { value: '1' } } },
          { counterSet: '', counters: {} },
        ],
      }),
      'binding conditions': device({ bindingConditions: ['a', 'a', '-'] }),
      'binding conditions that overlap': device({
        bindingConditions: ['a'],
        bindingFailureConditions: ['a', 'b'],
      }),
      'failure conditions alone': device({ bindingFailureConditions: ['a'] }),
      'a node of its own': device({ nodeName: 'n1' }),
      'nodes by device': slice({
        perDeviceNodeSelection: true,
        devices: [
          { name: 'a', nodeName: 'n1' },
          { name: 'b' },
          { name: 'c', nodeName: '', allNodes: false },
          { name: 'd', nodeName: 'n1', allNodes: true },
        ],
      }),
      'a policy alone': device({ capacity: { memory: { value: '1Gi', requestPolicy: {} } } }),
      options: capacity({ default: '1Gi', validValues: ['1Gi', '2Gi'] }),
      'options that cannot be': capacity({
        default: '3Gi',
        validValues: ['2Gi', '1Gi', '20Gi', '1Gi'],
      }),
      'options without a default': capacity({ validValues: ['1Gi'] }),
      'a range': capacity({ default: '1Gi', validRange: { min: '1Gi', max: '8Gi', step: '1Gi' } }),
      'a range that cannot be': capacity({
        default: '9Gi',
        validRange: { min: '2Gi', max: '1Gi', step: '3Gi' },
      }),
      'a range without a default': capacity({ validRange: { min: '1Gi' } }),
      'both policies': capacity({
        default: '1Gi',
        validRange: { min: '1Gi' },
        validValues: ['1Gi'],
      }),
      'features that are off': device({
        attributes: { many: { ints: [1, 2] } },
        nodeAllocatableResourceMappings: { cpu: { allocationMultiplier: '2' } },
      }),
    }),
  },
];

export default lists;
