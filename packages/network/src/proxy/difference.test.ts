import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { difference } from './difference.ts';
import { type ElementSet, rulesetOf, type Ruleset } from './ruleset.ts';
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
  sourceRanges: [],
  nodePort: 0,
  affinitySeconds: 0,
  internal: [{ address: '10.200.1.2', port: 8080, isLocal: true }],
  external: [],
  keepsSource: false,
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

const asTable = (ruleset: Ruleset): unknown => ({
  chains: new Map([...ruleset.chains].map(([name, rules]) => [name, [...rules]])),
  elements: new Map([...ruleset.elements].filter(([, all]) => all.size > 0)),
  memories: new Set(ruleset.memories.keys()),
});

const arbitraryPort = fc
  .record({
    name: fc.integer({ min: 1, max: 6 }),
    targets: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
    nodePort: fc.boolean(),
    affinity: fc.constantFrom(0, 60, 90),
  })
  .map(({ name, targets, nodePort, affinity }): ServicePort => {
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
      internal: chosen,
      external: chosen,
    };
  });
const arbitraryState = fc.uniqueArray(arbitraryPort, {
  selector: ({ name }) => name,
  maxLength: 6,
});

test('difference: any state leads to any other, with every reference in order', () =>
  fc.assert(
    fc.property(fc.array(arbitraryState, { minLength: 1, maxLength: 5 }), (states) => {
      const table = new Table();
      let before: Ruleset | undefined;
      for (const ports of states) {
        const after = rulesetOf(ports, [], podRange);
        table.apply(difference('cox', before, after));
        const there = {
          chains: table.chains,
          elements: new Map([...table.elements].filter(([, all]) => all.size > 0)),
          memories: table.memories,
        };
        assert.deepEqual(there, asTable(after));
        before = after;
      }
    }),
  ));

test('difference: equal states need no command', () => {
  const state = (): Ruleset => rulesetOf([base], [], podRange);
  assert.equal(difference('cox', state(), state()), '');
});

test('difference: a new endpoint touches its service alone', () => {
  const other: ServicePort = { ...base, name: 'other', clusterAddresses: ['10.96.0.2'] };
  const more = {
    ...base,
    internal: [...base.internal, { address: '10.200.1.3', port: 8080, isLocal: false }],
  };
  const lines = difference(
    'cox',
    rulesetOf([base, other], [], podRange),
    rulesetOf([more, other], [], podRange),
  );
  const chains = new Set(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split(' ')[4]),
  );
  assert.equal(chains.size, 2); // the service's chain and the new endpoint's
});

test('ruleset: a service without endpoints is refused, not forwarded', () => {
  const { elements } = rulesetOf([{ ...base, internal: [] }], [], podRange);
  const of = (set: ElementSet): string[] => [...elements.get(set)!.values()];
  assert.deepEqual([of('rejected'), of('services')], [['10.96.0.1 . tcp . 80'], []]);
});
