import { encodeJson } from '../codec/json/encode.ts';
import type { FieldsV1, ManagedFieldsEntry } from '../generated/meta.ts';
import { goString } from './field-set/element.ts';
import { decodeFields, FieldSetError } from './field-set/decode.ts';
import type { FieldSet } from './field-set/field-set.ts';
import { isEmpty, leaf } from './field-set/field-set.ts';
import { sharedText } from './field-set/shared.ts';
import type { MergeType } from './merge-type.ts';

/** What one writer owns. */
export interface Owner {
  readonly manager: string;
  readonly operation: string;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly set: FieldSet;
  /** The entry that it was read from, or written as; given back while the owner stays as it is. */
  entry?: ManagedFieldsEntry;
  /** The type that the set was last found to agree with, so that each entry is looked at once. */
  agrees?: MergeType | undefined;
}

/** All writers of an object by their identifiers. */
export type Managed = Map<string, Owner>;

type Identity = Pick<Owner, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** One writer is one identifier: those who apply keep theirs across versions. As upstream prints it inside. */
export function identifier({ manager, operation, apiVersion, subresource }: Identity): string {
  const parts: string[] = [];
  if (manager) parts.push(`"manager":${goString(manager)}`);
  if (operation) parts.push(`"operation":${goString(operation)}`);
  if (apiVersion && operation !== 'Apply') parts.push(`"apiVersion":${goString(apiVersion)}`);
  if (subresource) parts.push(`"subresource":${goString(subresource)}`);
  return `{${parts.join(',')}}`;
}

/** The identifier of a writer, read off where it has written before. */
export function identifierIn(managed: Managed, who: Identity): string {
  for (const [id, owner] of managed)
    if (
      owner.manager === who.manager &&
      owner.operation === who.operation &&
      owner.apiVersion === who.apiVersion &&
      owner.subresource === who.subresource
    )
      return id;
  return identifier(who);
}

const owners = new WeakMap<ManagedFieldsEntry, readonly [id: string, owner: Owner]>();

/** The writers that `managedFields` names; each entry object is read once. Throws FieldSetError where one is wrong. */
export function decodeManaged(entries: readonly ManagedFieldsEntry[] | undefined): Managed {
  const managed: Managed = new Map();
  entries?.forEach((entry, i) => {
    let known = owners.get(entry);
    if (known === undefined) owners.set(entry, (known = decodeEntry(entry, i)));
    managed.set(known[0], known[1]);
  });
  return managed;
}

function decodeEntry(entry: ManagedFieldsEntry, i: number): readonly [string, Owner] {
  if (entry.operation !== 'Apply' && entry.operation !== 'Update')
    throw new FieldSetError('operation must be `Apply` or `Update`');
  if (!entry.apiVersion) throw new FieldSetError('apiVersion must not be empty');
  if (!entry.fieldsType) throw new FieldSetError(`missing fieldsType in managed fields entry ${i}`);
  if (entry.fieldsType !== 'FieldsV1')
    throw new FieldSetError(
      `invalid fieldsType ${JSON.stringify(entry.fieldsType)} in managed fields entry ${i}`,
    );
  const owner: Owner = {
    manager: entry.manager ?? '',
    operation: entry.operation,
    apiVersion: entry.apiVersion,
    subresource: entry.subresource ?? '',
    time: entry.time,
    set: decodeFields(entry.fieldsV1 ?? leaf),
    entry,
  };
  return [identifier(owner), owner];
}

/** The entries of an object, in upstream's order; undefined where there are none. */
export function encodeManaged(managed: Managed): readonly ManagedFieldsEntry[] | undefined {
  if (managed.size === 0) return undefined;
  if (managed.size === 1) return [...managed].map(encodeOwner);
  return [...managed].toSorted(([, a], [, b]) => compareOwners(a, b)).map(encodeOwner);
}

function encodeOwner(named: readonly [id: string, owner: Owner]): ManagedFieldsEntry {
  const [, owner] = named;
  if (owner.entry?.fieldsV1 === owner.set) return owner.entry;
  const entry = entryOf(owner);
  owner.entry = entry;
  owners.set(entry, named); // the next write need not read it
  return entry;
}

function entryOf(owner: Owner): ManagedFieldsEntry {
  return {
    ...(owner.manager && { manager: owner.manager }),
    operation: owner.operation,
    apiVersion: owner.apiVersion,
    ...(owner.time !== undefined && { time: owner.time }),
    fieldsType: 'FieldsV1',
    fieldsV1: owner.set as FieldsV1,
    ...(owner.subresource && { subresource: owner.subresource }),
  };
}

/** The JSON of the entries of an object; undefined where no part of it is known from before. */
export function managedText(entries: readonly ManagedFieldsEntry[]): string | undefined {
  if (!entries.some(({ fieldsV1 }) => fieldsV1 && sharedText(fieldsV1) !== undefined))
    return undefined;
  return `[${entries.map(entryText).join(',')}]`;
}

function entryText(entry: ManagedFieldsEntry): string {
  const { fieldsV1, subresource, ...head } = entry;
  const text = fieldsV1 && sharedText(fieldsV1);
  if (text === undefined) return encodeJson(entry);
  const tail = subresource ? `,"subresource":${encodeJson(subresource)}` : '';
  return `${encodeJson(head).slice(0, -1)},"fieldsV1":${text}${tail}}`;
}

function compareOwners(a: Owner, b: Owner): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

/** The owner with less of its set, or undefined where it owns nothing any more. */
export const withSet = (owner: Owner, set: FieldSet): Owner | undefined =>
  isEmpty(set) ? undefined : set === owner.set ? owner : withoutEntry(owner, set);

function withoutEntry({ entry: _, ...owner }: Owner, set: FieldSet): Owner {
  return { ...owner, set };
}

/** The most owners of kind Update that an object keeps apart. */
export const updateOwnersMax = 10;
