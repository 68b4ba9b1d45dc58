import type { Unstructured } from '../../objects/info.ts';
import { type JsonPath, jsonPath, relaxedPath } from '../../jsonpath/index.ts';
import { goText } from '../../printers/go-text.ts';

/** What `--for` asks for; `isMet` looks at an object that is there. */
export type Condition =
  | { readonly kind: 'create' | 'delete' }
  | { readonly kind: 'state'; readonly isMet: (object: Unstructured) => boolean };

/** Reads `--for`. Throws in kubectl's words. */
export function conditionOf(text: string): Condition {
  const lower = text.toLowerCase();
  if (lower === 'delete' || lower === 'create') return { kind: lower };
  if (text.startsWith('condition=')) {
    const [, name = '', value = 'true'] = /^condition=([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
    return { kind: 'state', isMet: (object) => hasCondition(object, name, value) };
  }
  if (text.startsWith('jsonpath=')) {
    const [path, value] = pathAndValue(text.slice('jsonpath='.length));
    if (path === '') throw new Error('jsonpath expression cannot be empty');
    const found = jsonPath(path, { allowMissing: true });
    return { kind: 'state', isMet: (object) => leadsTo(object, found, value) };
  }
  throw new Error(`unrecognized condition: ${JSON.stringify(text)}`);
}

interface StatusCondition {
  readonly type?: string;
  readonly status?: string;
  readonly observedGeneration?: number;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** A condition that was settled for an older generation says nothing. */
function hasCondition(object: Unstructured, name: string, value: string): boolean {
  const status = object['status'] as
    | { conditions?: readonly StatusCondition[]; observedGeneration?: number }
    | undefined;
  const found = status?.conditions?.find(
    (each) => each.type !== undefined && each.status !== undefined && same(each.type, name),
  );
  if (!found) return false;
  const { generation } = object.metadata;
  const observed = found.observedGeneration ?? status!.observedGeneration;
  if (generation !== undefined && observed !== undefined && observed < generation) return false;
  return same(found.status!, value);
}

/** Parts at single `=`; `==` belongs to an expression. */
function pathAndValue(input: string): readonly [path: string, value: string | undefined] {
  const parts = input.replaceAll('==', '\0').split('=');
  const [path = '', value, ...more] = parts.map((part) => part.replaceAll('\0', '=='));
  if (more.length > 0)
    throw new Error(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'",
    );
  const relaxed = relaxedPath(path);
  const bare = value?.replaceAll(/^['"]+|['"]+$/g, '');
  if (bare === '')
    throw new Error(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    );
  return [relaxed, bare];
}

function leadsTo(object: Unstructured, path: JsonPath, wanted: string | undefined): boolean {
  const results = path.find(object);
  const [first] = results;
  if (!first || first.length === 0) return false;
  if (results.length > 1) throw new Error('given jsonpath expression matches more than one list');
  if (first.length > 1) throw new Error('given jsonpath expression matches more than one value');
  if (wanted === undefined) return true;
  const [value] = first;
  if (typeof value === 'object' && value !== null)
    throw new Error('jsonpath leads to a nested object or list which is not supported');
  return goText(value).trim() === wanted.trim();
}
