/** Good objects, spoilt at random from a seed: a field lost, of another type, empty, too long, below zero, or one too many. */
import { minimalObjects } from '../../packages/apiserver/src/testing/minimal-objects.ts';
import { differentialNamespace, type Served } from './every-kind.ts';
import type { Request, RequestList } from './request.ts';

type Json = unknown;
type Place = readonly (string | number)[];

/** mulberry32: the same numbers in [0, 1) for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const places = (value: Json, at: Place = []): readonly Place[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, item]) => {
        const place = [...at, Array.isArray(value) ? Number(key) : key];
        return [place, ...places(item, place)];
      })
    : [];

const others: readonly Json[] = [
  ...['', 'x', 'NOT VALID!', 'x'.repeat(300), 0, -1, 1.5, 2 ** 40, true, null, [], {}],
  ...[['x'], { x: 'y' }, '100m', '-5', '1h', '10.0.0.1', '*', '../x'],
];

function changed(value: Json, place: Place, change: (old: Json) => Json): Json {
  const [first, ...rest] = place;
  if (first === undefined) return change(value);
  const copy = structuredClone(value) as Record<string | number, Json>;
  const next = changed(copy[first], rest, change);
  if (next === undefined && Array.isArray(copy)) copy.splice(Number(first), 1);
  else if (next === undefined) delete copy[first];
  else copy[first] = next;
  return copy;
}

/** `count` spoilt objects of the resources in turn, sent without effect. */
export function spoilt(resources: readonly Served[], seed: number, count: number): RequestList {
  const chance = random(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)]!;
  const kept = resources.filter(({ group, name, verbs }) => {
    const known = minimalObjects[group === '' ? name : `${name}.${group}`];
    return known !== undefined && verbs.includes('create');
  });
  const requests = Array.from({ length: count }, (_, index): Request => {
    const { group, version, name, kind, namespaced } = kept[index % kept.length]!;
    const root = group === '' ? '/api/v1' : `/apis/${group}/${version}`;
    const apiVersion = group === '' ? version : `${group}/${version}`;
    const fields = minimalObjects[group === '' ? name : `${name}.${group}`]!;
    const good = { apiVersion, kind, metadata: { name: `spoilt-${index}` }, ...fields };
    const within = places(good).filter(([first]) => first !== 'apiVersion' && first !== 'kind');
    const place = pick(within);
    const body =
      chance() < 0.2
        ? changed(good, place, () => undefined)
        : changed(good, place, () => pick(others));
    const space = namespaced ? `/namespaces/${differentialNamespace}` : '';
    return {
      name: `${index}: ${name} at ${place.join('.')}`,
      method: 'POST',
      path: `${root}${space}/${name}?dryRun=All`,
      body,
    };
  });
  return { name: `spoilt (seed ${seed})`, requests };
}
