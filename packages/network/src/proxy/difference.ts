import type { ElementSet, Pieces } from './pieces.ts';

/**
 * The nft commands that lead from one state to the next, as one transaction: new chains before what points to
 * them, removed chains after. '' when nothing differs.
 */
export function difference(table: string, before: Pieces, after: Pieces): string {
  const lines: string[] = [];
  for (const [name, seconds] of after.memories)
    if (!before.memories.has(name))
      lines.push(
        `add set ip ${table} ${name} { type ipv4_addr; flags dynamic,timeout; timeout ${seconds}s; }`,
      );
  const changed = [...after.chains].filter(
    ([name, rules]) => !sameRules(before.chains.get(name), rules),
  );
  for (const [name] of changed) lines.push(`add chain ip ${table} ${name}`);
  for (const [name, rules] of changed) {
    if (before.chains.has(name)) lines.push(`flush chain ip ${table} ${name}`);
    for (const rule of rules) lines.push(`add rule ip ${table} ${name} ${rule}`);
  }
  const sets = new Set([...before.elements.keys(), ...after.elements.keys()]);
  for (const set of sets) lines.push(...elementLines(table, set, before, after));
  const goneChains = [...before.chains.keys()].filter((name) => !after.chains.has(name));
  // Emptied first: they may point to one another.
  for (const name of goneChains) lines.push(`flush chain ip ${table} ${name}`);
  for (const name of goneChains) lines.push(`delete chain ip ${table} ${name}`);
  for (const name of before.memories.keys())
    if (!after.memories.has(name)) lines.push(`delete set ip ${table} ${name}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

const sameRules = (a: readonly string[] | undefined, b: readonly string[]): boolean =>
  a !== undefined && a.length === b.length && a.every((rule, at) => rule === b[at]);

const none: ReadonlyMap<string, string> = new Map();

/** An element whose value changed is removed and added: nft has no replacement. */
function elementLines(table: string, set: ElementSet, before: Pieces, after: Pieces): string[] {
  const old = before.elements.get(set) ?? none;
  const next = after.elements.get(set) ?? none;
  const gone = [...old].filter(([key, text]) => next.get(key) !== text).map(([key]) => key);
  const fresh = [...next].filter(([key, text]) => old.get(key) !== text).map(([, text]) => text);
  return [
    ...(gone.length > 0 ? [`delete element ip ${table} ${set} { ${gone.join(', ')} }`] : []),
    ...(fresh.length > 0 ? [`add element ip ${table} ${set} { ${fresh.join(', ')} }`] : []),
  ];
}
