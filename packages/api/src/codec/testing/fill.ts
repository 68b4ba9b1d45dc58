import type { ScalarForm, SchemaNode, StructNode } from '../../schema/index.ts';
import { writeInstant } from '../../time/index.ts';

/** What stands wherever another API object may stand. */
const custom = {
  apiVersion: 'example.com/v1',
  kind: 'CustomType',
  spec: { replicas: 1 },
  status: { available: 1 },
};

/**
 * The object upstream's round-trip data fills each kind with: texts are the field's name and `Value`,
 * map keys its name and `Key`, numbers its protobuf number, times that many years after 2000.
 */
export function filledObject(type: StructNode, apiVersion: string, kind: string): object {
  const filled = fillStruct(type) as Record<string, unknown>;
  return type.isObject ? { ...filled, kind, apiVersion } : filled;
}

function fillStruct(node: StructNode): object {
  const filled: Record<string, unknown> = {};
  for (const wire of node.wire)
    if ('embedded' in wire) Object.assign(filled, fillStruct(wire.embedded));
    else filled[wire.field.name] = fill(wire.field.node, wire.field.name, wire.number);
  return filled;
}

function fill(node: SchemaNode, name: string, number: number): unknown {
  switch (node.kind) {
    case 'scalar':
      return scalars[node.form](name, number);
    case 'list':
      return [fill(node.item, name, number)];
    case 'map':
      // Upstream's rule for times does not reach into maps.
      return { [`${name}Key`]: isTime(node.value) ? null : fill(node.value, name, number) };
    case 'struct':
      return fillStruct(node);
    case 'any':
      return node.form === 'fields' ? {} : custom;
    case 'either':
      return fillStruct(node.object);
  }
}

const isTime = (node: SchemaNode): boolean =>
  node.kind === 'scalar' && (node.form === 'time' || node.form === 'microTime');

const year = (number: number): number => Date.UTC(2000 + number, 0, 1, 1, 1, 1) / 1000;

const scalars: Readonly<Record<ScalarForm, (name: string, number: number) => unknown>> = {
  string: (name) => `${name}Value`,
  boolean: () => true,
  int32: (_, number) => number,
  int64: (_, number) => number,
  float64: (_, number) => number + 0.5,
  bytes: (_, number) => Uint8Array.of(number).toBase64(),
  time: (_, number) => writeInstant({ seconds: year(number), nanos: 0 }, 'time'),
  microTime: (_, number) =>
    writeInstant({ seconds: year(number), nanos: number * 1000 }, 'microTime'),
  quantity: () => '0',
  intOrString: (name) => `${name}Value`,
};
