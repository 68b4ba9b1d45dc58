import { zeroOf } from '../codec/json/zero.ts';
import type { Field, ListNode, ScalarForm, SchemaNode, StructNode } from '../schema/node.ts';
import { deduced, untyped } from './merge-type.ts';
import type {
  MergeField,
  MergeKey,
  MergeList,
  MergeMap,
  MergeScalar,
  MergeType,
} from './merge-type.ts';

const known = new WeakMap<SchemaNode, MergeType>();
const scalars: Readonly<Record<ScalarForm, MergeScalar>> = {
  string: 'string',
  boolean: 'boolean',
  int32: 'numeric',
  int64: 'numeric',
  float64: 'numeric',
  bytes: 'string',
  quantity: 'untyped',
  time: 'untyped',
  microTime: 'untyped',
  intOrString: 'untyped',
};
/** A FieldsV1 is an object without known fields. */
const openObject: MergeType = { map: { atomic: false, fields: new Map(), element: deduced } };

/** How values of a built-in type merge, as its markers say. One object per schema node. */
export function mergeTypeOf(node: SchemaNode): MergeType {
  let type = known.get(node);
  if (type !== undefined) return type;
  if (node.kind === 'struct') {
    type = structType(node, node.atomic);
    known.set(node, type);
    return type;
  }
  known.set(node, (type = plainType(node)));
  return type;
}

function plainType(node: Exclude<SchemaNode, StructNode>): MergeType {
  switch (node.kind) {
    case 'scalar':
      return { scalar: scalars[node.form] };
    case 'list':
      return { list: listType(node, undefined) };
    case 'map':
      return { map: { atomic: false, fields: new Map(), element: mergeTypeOf(node.value) } };
    case 'any':
      return node.form === 'raw' ? untyped : node.form === 'fields' ? openObject : deduced;
    case 'either':
      return deduced;
  }
}

/** Fields are read on first use: types refer to themselves. */
function structType(node: StructNode, atomic: boolean): MergeType {
  // A struct without fields takes any, as OpenAPI says of it.
  if (node.fields.length === 0) return { map: { atomic, fields: new Map(), element: deduced } };
  const fields = (): readonly MergeField[] =>
    keep(
      'sorted',
      node.fields.map(mergeField).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    );
  const keep = <T>(name: string, value: T): T => {
    Object.defineProperty(map, name, { value, enumerable: true });
    return value;
  };
  const map: MergeMap = {
    atomic,
    get fields() {
      return keep('fields', new Map(map.sorted!.map((field) => [field.name, field])));
    },
    get sorted() {
      return fields();
    },
  };
  return { map };
}

function mergeField(field: Field): MergeField {
  const unowned = field.name === 'managedFields' && field.node.goType === '[]v1.ManagedFieldsEntry';
  return { name: field.name, path: `f:${field.name}`, type: typeOfField(field), unowned };
}

function typeOfField({ node, ...field }: Field): MergeType {
  if (node.kind === 'list') return { list: listType(node, field) };
  if (node.kind === 'map' && field.mapType === 'atomic')
    return { map: { ...mergeTypeOf(node).map!, atomic: true } };
  if (node.kind === 'struct' && field.structType !== undefined)
    return structType(node, field.structType === 'atomic');
  return mergeTypeOf(node);
}

function listType(node: ListNode, field: Omit<Field, 'node'> | undefined): MergeList {
  const keys = keysOf(field);
  const merges = field?.patchStrategy?.split(',').includes('merge') === true;
  const items =
    keys.length > 0
      ? 'keys'
      : field?.listType === 'set' || (field?.listType === undefined && merges)
        ? 'set'
        : 'atomic';
  const inList = node.item.kind === 'struct' ? node.item : undefined;
  return {
    items,
    keys: keys.toSorted().map((name) => mergeKey(name, inList)),
    element: mergeTypeOf(node.item),
  };
}

/** Without a list type, the patch strategy says how the list merges. */
function keysOf(field: Omit<Field, 'node'> | undefined): readonly string[] {
  if (field?.listType === 'map') return field.listKeys ?? [];
  const merges = field?.patchStrategy?.split(',').includes('merge') === true;
  return field?.listType === undefined && merges && field?.mergeKey !== undefined
    ? [field.mergeKey]
    : [];
}

/** Upstream's OpenAPI gives a required scalar its zero value as default. */
function mergeKey(name: string, struct: StructNode | undefined): MergeKey {
  const field = struct?.byName.get(name);
  if (field === undefined) return { name };
  if (field.default !== undefined) return { name, default: field.default };
  const zero = !field.pointer && !field.omitEmpty && field.node.kind === 'scalar';
  return zero ? { name, default: zeroOf(field.node) } : { name };
}
