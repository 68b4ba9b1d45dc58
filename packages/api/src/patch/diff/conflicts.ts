import type { SchemaNode } from '../../schema/node.ts';
import { fieldOf, isList, isObject, sameValue } from '../json.ts';
import type { JsonList, JsonObject } from '../json.ts';
import { directive, retainKeys } from '../strategic-directives.ts';
import { nameOf } from '../strategic-lists.ts';
import { listField, objectField } from '../strategic-schema.ts';

/** Whether two strategic patches of one object set something to different values. */
export function strategicConflict(type: SchemaNode, left: JsonObject, right: JsonObject): boolean {
  if (fieldOf(left, directive) !== fieldOf(right, directive)) return true;
  return Object.entries(left).some(([name, mine]) => {
    const theirs = fieldOf(right, name);
    if (name === directive || name === retainKeys || theirs === undefined) return false;
    return fieldConflict(type, name, mine, theirs);
  });
}

function fieldConflict(type: SchemaNode, name: string, mine: unknown, theirs: unknown): boolean {
  if (name.startsWith('$')) return !sameValue(mine, theirs);
  if (isObject(mine)) {
    if (!isObject(theirs)) return true;
    const { node, strategy } = objectField(type, name);
    return strategy !== 'replace' && strategicConflict(node, mine, theirs);
  }
  if (isList(mine)) {
    if (!isList(theirs)) return true;
    const { node, strategy, mergeKey } = listField(type, name);
    if (strategy !== 'merge') return listConflict(node, mine, theirs);
    return mergeKey !== '' && itemConflict(node, mergeKey, mine, theirs);
  }
  return !sameValue(mine, theirs);
}

function listConflict(node: SchemaNode, mine: JsonList, theirs: JsonList): boolean {
  if (mine.length !== theirs.length) return true;
  return mine.some((item, i) => {
    const other = theirs[i];
    return isObject(item) && isObject(other)
      ? strategicConflict(node, item, other)
      : !sameValue(item, other);
  });
}

function itemConflict(
  node: SchemaNode,
  mergeKey: string,
  mine: JsonList,
  theirs: JsonList,
): boolean {
  const others = new Map(theirs.map((item) => [nameOf(item, mergeKey), item]));
  return mine.some((item) => {
    const other = others.get(nameOf(item, mergeKey));
    return isObject(other) && isObject(item) && strategicConflict(node, item, other);
  });
}
