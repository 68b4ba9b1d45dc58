import { duplicate, tooMany, type Rules } from '../rules/field.ts';

type Item<T> = (item: T, path: string) => Rules;

/** Rules of each item; a list that is too long is not looked at. */
export function* eachOf<T>(
  path: string,
  given: readonly T[] | undefined,
  max: number | undefined,
  rules: Item<T>,
): Rules {
  if (!given) return;
  if (max !== undefined && given.length > max) {
    yield tooMany(path, given.length, max);
    return;
  }
  for (const [index, item] of given.entries()) yield* rules(item, `${path}[${index}]`);
}

/** The same of a list that holds nothing twice. */
export function* setOf<T>(
  path: string,
  given: readonly T[] | undefined,
  max: number | undefined,
  key: (item: T) => unknown,
  rules: Item<T>,
): Rules {
  if (!given) return;
  yield* eachOf(path, given, max, rules);
  if (max !== undefined && given.length > max) return;
  const seen = new Set<unknown>();
  for (const [index, item] of given.entries()) {
    const id = key(item);
    if (seen.has(id)) yield duplicate(`${path}[${index}]`, id);
    seen.add(id);
  }
}

const shownMin = 16;

/** Rules of the keys and values of a map; long keys are cut in the middle where they name a place. */
export function* mapOf<T>(
  path: string,
  given: Readonly<Record<string, T>> | undefined,
  max: number | undefined,
  keyMax: number,
  keyRules: Item<string>,
  rules: Item<T>,
): Rules {
  const pairs = Object.entries(given ?? {});
  if (max !== undefined && pairs.length > max) {
    yield tooMany(path, pairs.length, max);
    return;
  }
  for (const [key, value] of pairs) {
    yield* keyRules(key, path);
    yield* rules(value, `${path}[${cut(key, Math.max(keyMax, shownMin))}]`);
  }
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  const shown = max - '...'.length;
  const tail = Math.floor(shown / 2);
  return `${text.slice(0, Math.ceil(shown / 2))}...${text.slice(text.length - tail)}`;
}
