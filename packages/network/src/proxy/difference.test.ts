import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { difference } from './difference.ts';
import { draft, type ElementSet, type Pieces } from './pieces.ts';
import { Rules } from './rules.ts';
import { hostPortPieces, servicePieces } from './service-pieces.ts';
import type { ServicePort } from './service-ports.ts';

const podRange = '10.200.0.0/16';
const base: ServicePort = {
  namespace: 'shop',
  name: 'web',
  portName: '',
  protocol: 'tcp',
  port: 80,
  clusterAddresses: ['10.96.0.1'],
  externalAddresses: [],
  balancerAddresses: [],
  sourceRanges: [],
  nodePort: 0,
  affinitySeconds: 0,
  everywhere: [{ address: '10.200.1.2', port: 8080, isLocal: true }],
  here: [],
  internal: 'Cluster',
  external: 'Cluster',
};

/** A table as nft would hold it, changed by the same commands: every reference must exist, every removal find its thing. */
class Table {
  readonly chains = new Map<string, string[]>();
  readonly elements = new Map<string, Map<string, string>>();
  readonly memories = new Set<string>();

  apply(commands: string): void {
    for (const line of commands.split('\n').filter(Boolean)) this.#apply(line);
  }

  #apply(line: string): void {
    const [verb, what, , , name = '', ...rest] = line.split(' ');
    const text = rest.join(' ');
    if (what === 'set' && verb === 'add') this.memories.add(name);
    else if (what === 'set') assert.ok(this.memories.delete(name), line);
    else if (what === 'chain' && verb === 'add') this.chains.set(name, this.chains.get(name) ?? []);
    else if (what === 'chain' && verb === 'flush') this.#chain(name, line).length = 0;
    else if (what === 'chain') this.#deleteChain(name, line);
    else if (what === 'rule') {
      for (const [, target] of text.matchAll(/goto (\S+?)[,\s]|goto (\S+)$/g))
        if (target) this.#chain(target, line);
      this.#chain(name, line).push(text);
    } else for (const item of splitElements(text)) this.#element(verb!, name, item, line);
  }

  #element(verb: string, set: string, item: string, line: string): void {
    const all = this.elements.get(set) ?? new Map<string, string>();
    this.elements.set(set, all);
    const key = item.split(' : ')[0]!;
    if (verb === 'delete') assert.ok(all.delete(key), line);
    else {
      assert.ok(!all.has(key), `${line}: already there`);
      all.set(key, item);
    }
  }

  #deleteChain(name: string, line: string): void {
    const users = [...this.chains.values()]
      .flat()
      .concat(...[...this.elements.values()].map((e) => [...e.values()]));
    assert.ok(!users.some((text) => text.includes(`goto ${name}`)), `${line}: still used`);
    assert.ok(this.chains.delete(name), line);
  }

  #chain(name: string, line: string): string[] {
    const chain = this.chains.get(name);
    assert.ok(chain, `${line}: no chain ${name}`);
    return chain;
  }
}

const splitElements = (text: string): string[] =>
  text.replace(/^\{ /, '').replace(/ \}$/, '').split(', ');

const nothing = draft();

/** The table that these owners make from nothing. */
function tableOf(owners: ReadonlyMap<string, Pieces | undefined>): Table {
  const rules = new Rules('cox');
  rules.change(owners);
  const table = new Table();
  table.apply(rules.whole());
  return table;
}

const contentOf = ({ chains, elements, memories }: Table): unknown => ({
  chains,
  memories,
  elements: new Map([...elements].filter(([, all]) => all.size > 0)),
});

const arbitraryPort = fc
  .record({
    name: fc.integer({ min: 1, max: 6 }),
    targets: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
    nodePort: fc.boolean(),
    affinity: fc.constantFrom(0, 60, 90),
    external: fc.constantFrom('Cluster', 'Local'),
    shared: fc.boolean(),
  })
  .map(({ name, targets, nodePort, affinity, external, shared }): ServicePort => {
    const chosen = targets.map((n) => ({
      address: `10.200.1.${n}`,
      port: 8080,
      isLocal: n % 2 === 0,
    }));
    return {
      ...base,
      name: `s${name}`,
      clusterAddresses: [`10.96.0.${name}`],
      nodePort: nodePort ? 30_000 + name : 0,
      affinitySeconds: affinity,
      everywhere: chosen,
      here: chosen.filter(({ isLocal }) => isLocal),
      external,
      externalAddresses: shared ? ['1.1.1.1'] : [], // claimed by several
    };
  });
const arbitraryChange = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  fc.option(arbitraryPort, { nil: undefined }),
);

test('rules: step by step equals from scratch, with every reference in order', () =>
  fc.assert(
    fc.property(fc.array(arbitraryChange, { minLength: 1, maxLength: 6 }), (changes) => {
      const rules = new Rules('cox');
      const table = new Table();
      const owners = new Map<string, Pieces | undefined>();
      for (const change of changes) {
        const step = new Map<string, Pieces | undefined>();
        for (const [owner, port] of Object.entries(change))
          step.set(owner, port && servicePieces([{ ...port, name: owner }], podRange));
        for (const [owner, pieces] of step) owners.set(owner, pieces);
        table.apply(rules.change(step));
        assert.deepEqual(contentOf(table), contentOf(tableOf(owners)));
      }
    }),
  ));

const pieces = (port: Partial<ServicePort> = {}): Pieces =>
  servicePieces([{ ...base, ...port }], podRange);

test('rules: what equals what is there needs no command', () => {
  const rules = new Rules('cox');
  rules.change(new Map([['a', pieces()]]));
  assert.equal(rules.change(new Map([['a', pieces()]])), '');
});

test('rules: a new endpoint touches its service alone', () => {
  const rules = new Rules('cox');
  const other = { name: 'other', clusterAddresses: ['10.96.0.2'] };
  rules.change(
    new Map([
      ['a', pieces()],
      ['b', pieces(other)],
    ]),
  );
  const more = [...base.everywhere, { address: '10.200.1.3', port: 8080, isLocal: false }];
  const lines = rules.change(new Map([['a', pieces({ everywhere: more })]])).split('\n');
  const chains = new Set(lines.filter(Boolean).map((line) => line.split(' ')[4]));
  assert.equal(chains.size, 2); // the service's choice and the new endpoint's chain
});

test('rules: an element that two claim stays with the other when one goes', () => {
  const hostPort = (podAddress: string): Pieces =>
    hostPortPieces([{ hostAddress: '', hostPort: 80, protocol: 'tcp', podAddress, podPort: 8080 }]);
  const rules = new Rules('cox');
  const table = new Table();
  table.apply(
    rules.change(
      new Map([
        ['a', hostPort('10.0.0.1')],
        ['b', hostPort('10.0.0.2')],
      ]),
    ),
  );
  const target = (): string | undefined => {
    const element = table.elements.get('any-host-ports')?.get('tcp . 80');
    return table.chains.get(element?.split('goto ')[1] ?? '')?.[0];
  };
  assert.equal(target(), 'meta l4proto tcp dnat to 10.0.0.1:8080');
  table.apply(rules.change(new Map([['a', undefined]])));
  assert.equal(target(), 'meta l4proto tcp dnat to 10.0.0.2:8080');
  table.apply(rules.change(new Map([['b', undefined]])));
  assert.deepEqual(contentOf(table), contentOf(new Table()));
});

const elementsOf = (of: Pieces, set: ElementSet): string[] => [
  ...(of.elements.get(set)?.values() ?? []),
];
const port = { nodePort: 30_080 };
const away = [{ address: '10.200.2.2', port: 8080, isLocal: false }];

for (const [name, of, unserved, unservedNodePorts, served] of [
  [
    'without endpoints everything is refused',
    pieces({ ...port, everywhere: [] }),
    ['10.96.0.1 . tcp . 80 : goto refuse'],
    ['tcp . 30080 : goto refuse'],
    0,
  ],
  ['with endpoints nothing is', pieces(port), [], [], 2],
  [
    'internal policy Local without a local endpoint drops',
    pieces({ ...port, internal: 'Local' }),
    ['10.96.0.1 . tcp . 80 : drop'],
    [],
    1,
  ],
  [
    'external policy Local without a local endpoint drops, but has a way for those inside',
    pieces({ ...port, external: 'Local', everywhere: away }),
    [],
    ['tcp . 30080 : drop'],
    2,
  ],
] as const)
  test(`pieces: ${name}`, () =>
    assert.deepEqual(
      [
        elementsOf(of, 'unserved'),
        elementsOf(of, 'unserved-node-ports'),
        elementsOf(of, 'services').length + elementsOf(of, 'node-ports').length,
      ],
      [unserved, unservedNodePorts, served],
    ));

test('pieces: source ranges hold for the addresses of the load balancer alone', () => {
  const of = pieces({
    externalAddresses: ['1.1.1.1'],
    balancerAddresses: ['2.2.2.2'],
    sourceRanges: ['9.0.0.0/8', '8.0.0.0/8'],
  });
  const rules = [...of.chains].find(([name]) => name.startsWith('external-'))![1];
  assert.equal(rules[0], 'ip daddr 2.2.2.2 ip saddr != { 9.0.0.0/8, 8.0.0.0/8 } drop');
});

test('difference: nothing to nothing is nothing', () =>
  assert.equal(difference('cox', nothing, nothing), ''));

for (const [name, count, want] of [
  ['one target', 1, ['goto x']],
  [
    'three have a third each',
    3,
    ['numgen random mod 3 0 goto x', 'numgen random mod 2 0 goto x', 'goto x'],
  ],
  [
    'many share one draw',
    9,
    [
      `numgen random mod 9 vmap { ${Array.from({ length: 9 }, (_, at) => `${at} : goto x`).join(', ')} }`,
    ],
  ],
] as const)
  test(`pieces: ${name}`, () => {
    const everywhere = Array.from({ length: count }, (_, at) => ({ ...away[0]!, port: at + 1 }));
    const rules = [...pieces({ everywhere }).chains].find(([chain]) =>
      chain.startsWith('cluster-'),
    )![1];
    assert.deepEqual(
      rules.map((rule) => rule.replaceAll(/endpoint-\S+?(?=[,\s]|$)/g, 'x')),
      want,
    );
  });
