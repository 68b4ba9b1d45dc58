import type { Field, StructNode } from '@coxswain/api';
import { prose } from './prose.ts';

/** Fields that mean the same in every type. The first words are those that clients look for. */
export const common: Readonly<Record<string, string>> = {
  apiVersion: 'APIVersion defines the form this object is written in, `v1` or `group/version`.',
  kind: 'Kind of this object, in CamelCase.',
  ObjectMeta: "Standard object's metadata: name, namespace, labels and what else every object has.",
  ListMeta: 'Metadata of the list itself.',
  spec: 'What is wanted.',
  status: 'What is observed. Written by the system.',
};

const creation = 'CreationTimestamp is a timestamp: when the server first stored the object.';

const capital = (word: string): string => `${word.charAt(0).toUpperCase()}${word.slice(1)}`;

/** What the package says of a type: of one name in several groups by the group, of others by the version. */
function proseOf({
  package: path,
  name,
}: StructNode): Readonly<Record<string, string>> | undefined {
  const [group = '', version = 'v1'] = path.split('/');
  return (
    prose[`${capital(group)}${capital(version)}${name}`] ?? prose[`${capital(version)}${name}`]
  );
}

/** About a field: what the package says, or one sentence where its place says enough; else undefined. */
export function describeField(owner: StructNode, field: Field): string | undefined {
  return proseOf(owner)?.[field.name] ?? placeOfField(owner, field);
}

function placeOfField(owner: StructNode, { name, node }: Field): string | undefined {
  if (owner.name === 'ObjectMeta' && name === 'creationTimestamp') return creation;
  if (!owner.isObject) return undefined;
  if (name === 'metadata' && node.kind === 'struct') return common[node.name];
  if (name === 'items' && node.kind === 'list' && node.item.kind === 'struct')
    return `The objects of the list, each a ${node.item.name}.`;
  return Object.hasOwn(common, name) ? common[name] : undefined;
}

/** About a type: what the package says, or one sentence where its form says enough; else undefined. */
export function describeType(node: StructNode): string | undefined {
  const { byName, isObject } = node;
  const said = proseOf(node)?.[''];
  if (said !== undefined) return said;
  const items = byName.get('items')?.node;
  return isObject && items?.kind === 'list' && items.item.kind === 'struct'
    ? `A list of ${items.item.name} objects.`
    : undefined;
}

/** What the types that write themselves look like, by their name. */
export const leafDescriptions: Readonly<Record<string, string>> = {
  Time: 'A moment, in the form of RFC 3339, to the second.',
  MicroTime: 'A moment, in the form of RFC 3339, to the microsecond.',
  Quantity:
    'A number with an optional suffix: decimal (`m`, `k`, `M`, `G` ...) or binary (`Ki`, `Mi`, `Gi` ...).',
  IntOrString: 'A whole number, or a string such as a percentage or the name of a port.',
  FieldsV1: 'A set of fields, as a tree of their paths.',
  RawExtension: 'Any object.',
  JSON: 'Any JSON value.',
};
