import type { Field, SchemaNode, StructNode } from '../schema/node.ts';
import { failed } from './errors.ts';

/** How a field patches. */
export interface PatchField {
  /** The type below: of the field's value, for lists of its items. */
  readonly node: SchemaNode;
  readonly strategy: 'merge' | 'replace' | '';
  readonly retainKeys: boolean;
  readonly mergeKey: string;
}

/** Go's word for the kind of a type. */
export function kindOf(node: SchemaNode): string {
  switch (node.kind) {
    case 'struct':
    case 'any':
    case 'either':
      return 'struct';
    case 'list':
      return 'slice';
    case 'map':
      return 'map';
    case 'scalar':
      return scalarKinds[node.form] ?? node.form;
  }
}

const scalarKinds: Readonly<Record<string, string>> = {
  boolean: 'bool',
  bytes: 'slice',
  quantity: 'struct',
  time: 'struct',
  microTime: 'struct',
  intOrString: 'struct',
};

/** The field that an object is under. Throws ApiError with upstream's words where the type has none. */
export function objectField(node: SchemaNode, name: string): PatchField {
  const field = findField(node, name);
  const strategies = field.patchStrategy?.split(',') ?? [];
  const strategy = strategies.find((one) => one !== 'retainKeys') ?? '';
  return {
    node: field.node,
    strategy: strategy as PatchField['strategy'],
    retainKeys: strategies.includes('retainKeys'),
    mergeKey: field.mergeKey ?? '',
  };
}

/** The field that a list is under, with the type of its items. */
export function listField(node: SchemaNode, name: string): PatchField {
  const field = objectField(node, name);
  if (field.node.kind !== 'list') {
    throw failed(`expected slice or array type, but got: ${kindOf(node)}`);
  }
  return { ...field, node: field.node.item };
}

function findField(node: SchemaNode, name: string): Field {
  if (kindOf(node) !== 'struct')
    throw failed(
      `merging an object in json but data type is not struct, instead is: ${kindOf(node)}`,
    );
  const field = node.kind === 'struct' ? (node.byName.get(name) ?? anyCase(node, name)) : undefined;
  if (field !== undefined) return field;
  const type = node.goType.slice(node.goType.lastIndexOf('.') + 1);
  throw failed(
    `unable to find api field in struct ${type} for the json field ${JSON.stringify(name)}`,
  );
}

function anyCase(node: StructNode, name: string): Field | undefined {
  const folded = name.toLowerCase();
  return node.fields.find((field) => field.name.toLowerCase() === folded);
}
