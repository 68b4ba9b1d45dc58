import type { StructNode } from './node.ts';
import { resolve } from './resolve.ts';
import { packageOf, typeNames, typeRow } from './table.ts';

/**
 * The type of a built-in kind, list kind or request body (`Pod`, `PodList`, `DeleteOptions`, `Table`,
 * `WatchEvent` ...), undefined where upstream's scheme has no such kind in that group version.
 */
export function typeOf(groupVersion: string, kind: string): StructNode | undefined {
  const pkg = packageOf(groupVersion);
  return pkg === undefined ? undefined : (objectType(pkg, kind) ?? objectType('meta', kind));
}

function objectType(pkg: string, kind: string): StructNode | undefined {
  if (pkg === 'meta' && kind === 'WatchEvent') return structType(pkg, kind);
  const row = typeRow(pkg, kind);
  if (row === undefined || row.k === 'proto') return undefined;
  const node = resolve(kind, pkg);
  return node.kind === 'struct' && node.isObject ? node : undefined;
}

/** A struct of the table by its package and name: `structType('meta', 'LabelSelector')`. */
export function structType(pkg: string, name: string): StructNode {
  const node = resolve(name, pkg);
  if (node.kind !== 'struct') throw new Error(`${pkg}.${name} is not a struct`);
  return node;
}

/** It is a list of objects: list metadata and `items`. */
export const isListType = (node: StructNode): boolean => {
  const meta = node.byName.get('metadata')?.node;
  return node.byName.has('items') && meta?.kind === 'struct' && meta.name === 'ListMeta';
};

/** All kinds the table holds for a group version, lists and request bodies of that package included. */
export function objectKinds(groupVersion: string): readonly string[] {
  const pkg = packageOf(groupVersion);
  return pkg === undefined ? [] : typeNames(pkg).filter((name) => objectType(pkg, name));
}
