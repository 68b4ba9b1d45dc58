/** Devices, claims and pods that each scheduler and each claim controller has to bring to the same end. */
import type { Case, Thing } from '../case.ts';
import { caseOf, type DeviceCase, named, requests, selecting, type Words } from './case.ts';

type Make = (words: Words) => DeviceCase;

/** One pod with one claim on one node. */
const simple =
  (
    name: string,
    of: (words: Words) => {
      readonly devices?: readonly object[];
      readonly asks?: object;
      readonly things?: readonly Thing[];
      readonly class?: object;
      readonly pod?: object;
    },
  ): Make =>
  (words) => {
    const { devices = named('d1', 'd2', 'd3'), asks, things, class: spec, pod } = of(words);
    const offered = things ?? [words.slice(devices)];
    const wanted = asks ?? requests(words.asks());
    const made = [...offered, words.class(spec), words.claim(wanted), words.pod(['claim'], pod)];
    return { name, nodes: [words.node()], steps: [{ make: made }] };
  };

const models = [
  { name: 'd1', attributes: { model: { string: 'a' }, size: { int: 1 }, fast: { bool: false } } },
  { name: 'd2', attributes: { model: { string: 'b' }, size: { int: 2 }, fast: { bool: true } } },
  { name: 'd3', attributes: { model: { string: 'a' }, size: { int: 3 }, fast: { bool: true } } },
];
const memory = (name: string, value: string, more: object = {}): object => ({
  name,
  allowMultipleAllocations: true,
  capacity: { memory: { value, ...more } },
});
const wants = (amount: string): object => ({ capacity: { requests: { memory: amount } } });
const consumes = (name: string, value: string): object => ({
  name,
  consumesCounters: [{ counterSet: 'card', counters: { memory: { value } } }],
});
const counters = { sharedCounters: [{ name: 'card', counters: { memory: { value: '10Gi' } } }] };
const twoSlices = { pool: { resourceSliceCount: 2 } };
const taint = (effect: string): object => ({ taints: [{ key: 'broken', value: 'yes', effect }] });

const selection: readonly Make[] = [
  simple('the first of three devices', () => ({})),
  simple('two of three devices', (w) => ({ asks: requests(w.asks({ count: 2 })) })),
  simple('more devices than there are', (w) => ({ asks: requests(w.asks({ count: 4 })) })),
  simple('a class that picks', (w) => ({
    devices: models,
    class: selecting(`${w.attribute('model')} == "b"`),
  })),
  simple('a request that picks', (w) => ({
    devices: models,
    asks: requests(w.asks(selecting(`${w.attribute('size')} > 1 && ${w.attribute('fast')}`))),
  })),
  simple('a capacity that picks', (w) => ({
    devices: [
      { name: 'd1', capacity: { memory: { value: '1Gi' } } },
      { name: 'd2', capacity: { memory: { value: '8Gi' } } },
    ],
    asks: requests(
      w.asks(selecting(`device.capacity["${w.driver}"].memory.compareTo(quantity("4Gi")) >= 0`)),
    ),
  })),
  simple('a selector that fails', (w) => ({
    devices: models,
    asks: requests(w.asks(selecting(`${w.attribute('missing')} == "x"`))),
  })),
  simple('a selector of a class that fails', (w) => ({
    devices: models,
    class: selecting(w.attribute('model')),
  })),
  simple('all devices', (w) => ({ asks: requests(w.asks({ allocationMode: 'All' })) })),
  simple('all of those that are picked', (w) => ({
    devices: models,
    asks: requests(
      w.asks({ allocationMode: 'All', ...selecting(`${w.attribute('model')} == "a"`) }),
    ),
  })),
  simple('all of none', (w) => ({
    devices: models,
    asks: requests(
      w.asks({ allocationMode: 'All', ...selecting(`${w.attribute('model')} == "z"`) }),
    ),
  })),
  simple('more devices than a claim may have', (w) => ({
    devices: named(...Array.from({ length: 40 }, (_, at) => `d${at}`)),
    asks: requests(w.asks({ count: 20 }), w.asks({ count: 20 }, 'two')),
  })),
  simple('two requests that have to come out even', (w) => ({
    devices: models,
    asks: requests(w.asks(), w.asks(selecting(`${w.attribute('size')} == 1`), 'two')),
  })),
  simple('two classes, each with settings', (w) => ({
    things: [
      w.slice(models),
      w.class(
        {
          config: [{ opaque: { driver: w.driver, parameters: { of: 'other' } } }],
        },
        'other',
      ),
    ],
    class: { config: [{ opaque: { driver: w.driver, parameters: { of: 'gpu' } } }] },
    asks: {
      requests: [
        w.asks(),
        { name: 'two', exactly: { deviceClassName: w.className('other') } },
        w.asks({}, 'three'),
      ],
      config: [
        { opaque: { driver: w.driver, parameters: { for: 'all' } } },
        { requests: ['one', 'two'], opaque: { driver: w.driver, parameters: { for: 'two' } } },
      ],
    },
  })),
  simple('a class that is not there', () => ({
    asks: requests({ name: 'one', exactly: { deviceClassName: 'none.example.com' } }),
  })),
];

const match = (key: string, attribute: string, ...of: readonly string[]): object => ({
  constraints: [{ [key]: attribute, ...(of.length > 0 && { requests: of }) }],
});
const constraints: readonly Make[] = [
  simple('two that match', (w) => ({
    devices: models,
    asks: {
      ...requests(w.asks({ count: 2 })),
      ...match('matchAttribute', `${w.driver}/model`),
    },
  })),
  simple('three that cannot match', (w) => ({
    devices: models,
    asks: {
      ...requests(w.asks({ count: 3 })),
      ...match('matchAttribute', `${w.driver}/model`),
    },
  })),
  simple('two requests that match', (w) => ({
    devices: models,
    asks: {
      ...requests(w.asks(), w.asks({}, 'two'), w.asks({}, 'three')),
      ...match('matchAttribute', `${w.driver}/fast`, 'two', 'three'),
    },
  })),
  simple('a match of an attribute that is not there', (w) => ({
    devices: models,
    asks: { ...requests(w.asks()), ...match('matchAttribute', `${w.driver}/none`) },
  })),
  simple('all devices, which do not match', (w) => ({
    devices: models,
    asks: {
      ...requests(w.asks({ allocationMode: 'All' })),
      ...match('matchAttribute', `${w.driver}/model`),
    },
  })),
  simple('two that differ', (w) => ({
    devices: [models[0]!, models[2]!, models[1]!],
    asks: {
      ...requests(w.asks(), w.asks({}, 'two')),
      ...match('distinctAttribute', `${w.driver}/model`),
    },
  })),
  simple('three that cannot differ', (w) => ({
    devices: models,
    asks: {
      ...requests(w.asks(), w.asks({}, 'two'), w.asks({}, 'three')),
      ...match('distinctAttribute', `${w.driver}/model`),
    },
  })),
];

const alternatives = (w: Words, ...list: readonly object[]): object =>
  requests({
    name: 'any',
    firstAvailable: list.map((each, at) => ({
      name: `alt${at}`,
      deviceClassName: w.className(),
      ...each,
    })),
  });
const lists: readonly Make[] = [
  simple('the first alternative', (w) => ({ asks: alternatives(w, {}, { count: 2 }) })),
  simple('the second alternative', (w) => ({ asks: alternatives(w, { count: 4 }, { count: 2 }) })),
  simple('no alternative', (w) => ({ asks: alternatives(w, { count: 4 }, { count: 5 }) })),
  simple('an alternative that leaves enough', (w) => ({
    asks: {
      requests: [
        ...(alternatives(w, { count: 3 }, { count: 1 }) as any).requests,
        w.asks({ count: 2 }),
      ],
    },
  })),
  simple('settings and matches of an alternative', (w) => ({
    devices: models,
    class: { config: [{ opaque: { driver: w.driver, parameters: { of: 'gpu' } } }] },
    asks: {
      ...alternatives(w, { count: 4 }, { count: 2 }),
      ...match('matchAttribute', `${w.driver}/model`, 'any/alt1'),
      config: [
        { requests: ['any/alt0'], opaque: { driver: w.driver, parameters: { for: 'alt0' } } },
        { requests: ['any/alt1'], opaque: { driver: w.driver, parameters: { for: 'alt1' } } },
        { requests: ['any'], opaque: { driver: w.driver, parameters: { for: 'any' } } },
      ],
    },
  })),
  (w) => ({
    name: 'the node with the better alternative',
    nodes: [w.node('a'), w.node('b')],
    steps: [
      {
        make: [
          w.slice(named('d1')),
          w.slice(named('d1', 'd2'), { nodeName: w.on('b'), pool: { name: w.on('b') } }, 'other'),
          w.class(),
          w.claim(alternatives(w, { count: 2 }, { count: 1 })),
          w.pod(['claim']),
        ],
      },
    ],
  }),
];

const pools: readonly Make[] = [
  simple('a pool that is not complete', (w) => ({ things: [w.slice(named('d1'), twoSlices)] })),
  simple('all of a pool that is not complete', (w) => ({
    things: [w.slice(named('d1'), twoSlices)],
    asks: requests(w.asks({ allocationMode: 'All' })),
  })),
  simple('a pool with a name twice', (w) => ({
    things: [w.slice(named('d1'), twoSlices), w.slice(named('d1'), twoSlices, 'other')],
  })),
  simple('all of a pool with a name twice', (w) => ({
    things: [w.slice(named('d1'), twoSlices), w.slice(named('d1'), twoSlices, 'other')],
    asks: requests(w.asks({ allocationMode: 'All' })),
  })),
  simple('the newer generation', (w) => ({
    things: [w.slice(named('old')), w.slice(named('new'), { pool: { generation: 2 } }, 'another')],
  })),
  simple('pools in the order of their names', (w) => ({
    things: [
      w.slice(named('d1'), { pool: { name: 'zoo' } }, 'x'),
      w.slice(named('d1'), { pool: { name: 'ant' } }, 'y'),
    ],
    asks: requests(w.asks({ count: 2 })),
  })),
  simple('slices in the order of their names', (w) => ({
    things: [w.slice(named('d1'), twoSlices, 'z'), w.slice(named('d2'), twoSlices, 'b')],
    asks: requests(w.asks({ count: 2 })),
  })),
  simple('devices for all nodes', (w) => ({ things: [w.slice(named('d1'), { allNodes: true })] })),
  simple('devices for nodes with a label', (w) => {
    const term = {
      matchExpressions: [{ key: 'case', operator: 'In', values: [w.on('').slice(0, -1)] }],
    };
    const nodeSelector = { nodeSelectorTerms: [term] };
    return {
      things: [w.slice(named('d1', 'd2'), { nodeSelector })],
      asks: requests(w.asks({ count: 2 })),
    };
  }),
  simple('devices that each have their nodes', (w) => ({
    things: [
      w.slice(
        [
          { name: 'd1', nodeName: w.on('none') },
          { name: 'd2', nodeName: w.on('a') },
          { name: 'd3', allNodes: true },
        ],
        { perDeviceNodeSelection: true },
      ),
    ],
    asks: requests(w.asks({ count: 2 })),
  })),
  simple('a device for all nodes that binds to one', (w) => ({
    things: [w.slice([{ name: 'd1', bindsToNode: true }], { allNodes: true })],
  })),
  simple('devices of another node', (w) => ({
    things: [w.slice(named('d1'), { nodeName: w.on('none') })],
  })),
];

const taints: readonly Make[] = [
  ...['NoSchedule', 'NoExecute', 'None'].map((effect) =>
    simple(`a device with a taint ${effect}`, () => ({
      devices: [{ name: 'd1', ...taint(effect) }],
    })),
  ),
  simple('the device without a taint', () => ({
    devices: [{ name: 'd1', ...taint('NoSchedule') }, { name: 'd2' }],
  })),
  simple('a taint that is tolerated', (w) => ({
    devices: [{ name: 'd1', ...taint('NoExecute') }],
    asks: requests(w.asks({ tolerations: [{ key: 'broken', operator: 'Exists' }] })),
  })),
  simple('a taint of another value than is tolerated', (w) => ({
    devices: [{ name: 'd1', ...taint('NoSchedule') }],
    asks: requests(w.asks({ tolerations: [{ key: 'broken', operator: 'Equal', value: 'no' }] })),
  })),
];

const parts = (w: Words, ...devices: readonly object[]): readonly Thing[] => [
  w.slice(devices, twoSlices),
  w.slice([], { ...twoSlices, ...counters }, 'counters'),
];
const shares: readonly Make[] = [
  simple('parts of a card', (w) => ({
    things: parts(w, consumes('d1', '4Gi'), consumes('d2', '6Gi'), consumes('d3', '6Gi')),
    asks: requests(w.asks({ count: 2 })),
  })),
  simple('more parts than a card has', (w) => ({
    things: parts(w, consumes('d1', '8Gi'), consumes('d2', '6Gi'), consumes('d3', '6Gi')),
    asks: requests(w.asks({ count: 2 })),
  })),
  simple('parts of a card that is not there', (w) => ({
    things: [w.slice([consumes('d1', '4Gi')])],
  })),
  (w) => ({
    name: 'what another pod leaves of a card',
    nodes: [w.node()],
    steps: [
      {
        make: [
          ...parts(w, consumes('d1', '6Gi'), consumes('d2', '5Gi'), consumes('d3', '4Gi')),
          w.class(),
          w.claim(requests(w.asks())),
          w.pod(['claim']),
        ],
      },
      { make: [w.claim(requests(w.asks()), 'next'), w.pod(['next'], {}, 'second')] },
      { make: [w.claim(requests(w.asks()), 'last'), w.pod(['last'], {}, 'third')] },
    ],
  }),
  simple('a share of a device', (w) => ({
    devices: [memory('d1', '10Gi')],
    asks: requests(w.asks(wants('4Gi'))),
  })),
  simple('a whole device, where nothing is asked of it', () => ({
    devices: [memory('d1', '10Gi')],
  })),
  simple('two shares in one claim', (w) => ({
    devices: [memory('d1', '10Gi'), memory('d2', '10Gi')],
    asks: requests(
      w.asks(wants('6Gi')),
      w.asks(wants('4Gi'), 'two'),
      w.asks(wants('1Gi'), 'three'),
    ),
  })),
  simple('a share of what is not there', (w) => ({
    devices: [memory('d1', '10Gi')],
    asks: requests(w.asks({ capacity: { requests: { cores: '1' } } })),
  })),
  simple('more than there is', (w) => ({
    devices: [memory('d1', '10Gi')],
    asks: requests(w.asks(wants('11Gi'))),
  })),
  simple('what is given when nothing is asked', () => ({
    devices: [
      memory('d1', '10Gi', { requestPolicy: { default: '2Gi', validValues: ['2Gi', '4Gi'] } }),
    ],
  })),
  simple('rounded up to what may be asked', (w) => ({
    devices: [
      memory('d1', '10Gi', { requestPolicy: { default: '2Gi', validValues: ['2Gi', '4Gi'] } }),
    ],
    asks: requests(w.asks(wants('3Gi'))),
  })),
  simple('more than may be asked', (w) => ({
    devices: [
      memory('d1', '10Gi', { requestPolicy: { default: '2Gi', validValues: ['2Gi', '4Gi'] } }),
    ],
    asks: requests(w.asks(wants('5Gi'))),
  })),
  simple('rounded up in steps', (w) => ({
    devices: [
      memory('d1', '10Gi', {
        requestPolicy: { default: '1Gi', validRange: { min: '1Gi', max: '7Gi', step: '2Gi' } },
      }),
    ],
    asks: requests(w.asks(wants('3500Mi'))),
  })),
  simple('at least the least', (w) => ({
    devices: [
      memory('d1', '10Gi', { requestPolicy: { default: '2Gi', validRange: { min: '1Gi' } } }),
    ],
    asks: requests(w.asks(wants('100Mi'))),
  })),
  (w) => ({
    name: 'shares of several pods',
    nodes: [w.node()],
    steps: [
      {
        make: [
          w.slice([memory('d1', '10Gi'), memory('d2', '10Gi')]),
          w.class(),
          w.claim(requests(w.asks(wants('6Gi')))),
          w.pod(['claim']),
        ],
      },
      { make: [w.claim(requests(w.asks(wants('4Gi'))), 'next'), w.pod(['next'], {}, 'second')] },
      { make: [w.claim(requests(w.asks(wants('1Gi'))), 'last'), w.pod(['last'], {}, 'third')] },
      { make: [w.claim(requests(w.asks(wants('10Gi'))), 'big'), w.pod(['big'], {}, 'fourth')] },
    ],
  }),
];

const all = [...selection, ...constraints, ...lists, ...pools, ...taints, ...shares];

/** Cases of one pod's devices. */
export const allocationCases: readonly Case[] = all.map((make, at) => caseOf(at, make));
