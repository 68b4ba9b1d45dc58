import {
  type Convert,
  type FieldError,
  groupVersion,
  type KubeObject,
  type ObjectType,
  qualifiedNameErrors,
} from '@coxswain/api';
import type { CustomResourceSubresourceScale } from '@coxswain/api/types/apiextensions-v1';
import type { Kind, ScaleAccess, Status, Verb } from '../kinds/kind.ts';
import { invalidValue, type Rules } from '../kinds/rules/field.ts';
import { keptMeta } from '../kinds/rules/split.ts';
import { isSame } from '../rest/equal.ts';
import { compareVersions } from '../discovery/order.ts';
import { coerce } from './coerce.ts';
import { columnsOf } from './columns.ts';
import type { Converter } from './converter.ts';
import { expressionErrors } from './expressions.ts';
import { type Definition, isTrue, resourceOf, storageVersion, type Version } from './definition.ts';
import { parseJsonPath } from './json-path.ts';
import { readNumber, scaleOf } from './scale.ts';
import { fillDefaults } from './schema/defaults.ts';
import { uniqueItems } from './schema/lists.ts';
import { mergeTypeOfResource } from './schema/merge-type.ts';
import { validateEmbedded } from './schema/metadata.ts';
import { propertyOf, type Schema } from './schema/schema.ts';
import { validate } from './schema/validate.ts';

type WithStatus = KubeObject & { readonly status?: unknown };

/** In upstream's order. */
const verbs: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
/** What discovery tells while the definition is on its way out. */
const lastVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];

/** One version of a custom resource as a kind like any other. Its schema is looked at on first use. */
export function kindOf(definition: Definition, version: Version, converter: Converter): Kind {
  const { spec } = definition;
  const schema = version.schema?.openAPIV3Schema;
  const { status, scale } = version.subresources ?? {};
  const hasStatus = status !== undefined && status !== null;
  const resource = resourceOf(definition, version.name);
  const storage = resourceOf(definition, storageVersion(definition)?.name ?? version.name);
  const { names } = spec;
  const ending = isTrue(definition, 'Terminating');
  const keepsUnknown = spec.preserveUnknownFields === true;
  const apiVersion = groupVersion(resource);
  return {
    resource,
    ...(names.shortNames?.length && { shortNames: names.shortNames }),
    ...(names.categories?.length && { categories: names.categories }),
    verbs,
    ...(schema && { openApi: schema as NonNullable<Kind['openApi']> }),
    ...(version.deprecated && {
      deprecated: version.deprecationWarning ?? deprecation(definition, version),
    }),
    storedAs: {
      resource: storage,
      fromStored: remembered((stored) => {
        const read = converter.fromStored(stored, apiVersion);
        return isSame(read, stored) ? stored : Object.freeze(read);
      }),
      toStored: (object) => converter.toStored(object),
    },
    custom: {
      names: {
        singular: names.singular || names.kind.toLowerCase(),
        listKind: names.listKind || `${names.kind}List`,
      },
      storage,
      discovered: ending ? lastVerbs : verbs,
      ending,
      coerce: (value) => coerce(value, schema, { malformed: 'refuse', keepsUnknown }),
      type: once((): ObjectType => ({ merge: mergeTypeOfResource(schema), empty: {} })),
      convert: converter.convert satisfies Convert,
      ...(converter.isRemote && {
        prepareRead: (objects, signal) => converter.prepareRead(objects, apiVersion, signal),
        prepareStore: (object, signal) => converter.prepareStore(object, signal),
      }),
    },
    defaults: (draft) => fillDefaults(draft, schema),
    prepareForCreate: (object) => (hasStatus ? withoutStatus(object) : object),
    prepareForUpdate: (next, before) => (hasStatus ? withStatusOf(next, before) : next),
    ...rulesOf(schema, scale),
    *warnings(object, before) {
      const known = new Set(before?.metadata.finalizers);
      for (const each of (object.metadata.finalizers ?? []).toSorted())
        if (!known.has(each)) yield* finalizerWarnings(each);
    },
    generation: (next, before) => !isSame(withoutMeta(next), withoutMeta(before)),
    allowUnconditionalUpdate: false,
    ...(hasStatus && {
      resetFields: [['f:status']],
      status: statusOf(schema, scale),
    }),
    ...(scale && { scale: scaleOf(scale) satisfies ScaleAccess<KubeObject> }),
    selectableFields: selectableFields(version),
    columns: columnsOf(version.additionalPrinterColumns),
  };
}

/** The rules of objects: their schema, scale, resources within, lists, and what is written in CEL. */
function rulesOf(
  schema: Schema | undefined,
  scale: CustomResourceSubresourceScale | undefined,
): Required<Pick<Kind, 'validate' | 'validateUpdate'>> {
  return {
    validate(object) {
      const errors = [
        ...validate(object, schema ?? {}),
        ...(scale ? scaleRules(object, scale, true) : []),
        ...validateEmbedded(object, schema),
        ...uniqueItems(object, schema),
      ];
      return [...errors, ...expressionErrors(schema, object, undefined, errors)];
    },
    validateUpdate(next, before) {
      const errors = [
        ...validate(next, schema ?? {}, { value: before, schema }),
        ...(scale ? scaleRules(next, scale, true) : []),
        ...validateEmbedded(next, schema),
        ...freshRepeats(next, before, schema),
      ];
      return [...errors, ...expressionErrors(schema, next, before, errors)];
    },
  };
}

/** The status, where it is written on its own. */
function statusOf(
  schema: Schema | undefined,
  scale: CustomResourceSubresourceScale | undefined,
): Status<KubeObject> {
  const statusSchema = propertyOf(schema, 'status');
  return {
    prepareForUpdate: (next, before) =>
      withStatusOf({ ...before, metadata: keptMeta(next.metadata, before.metadata) }, next),
    validateUpdate(next, before) {
      const [now, was] = [(next as WithStatus).status, (before as WithStatus).status];
      const old = { value: was, schema: statusSchema };
      const errors = [
        ...(now === undefined ? [] : validate(now, statusSchema ?? {}, old, 'status')),
        ...(scale ? scaleRules(next, scale, false) : []),
        ...freshRepeats(next, before, schema),
      ];
      return [...errors, ...expressionErrors(schema, next, before, errors)];
    },
    resetFields: [['f:metadata'], ['f:spec']],
  };
}

/** What clients of an old version are told, and which version they should use. */
function deprecation({ spec }: Definition, { name }: Version): string {
  const [newer] = spec.versions
    .filter((each) => each.served && !each.deprecated && compareVersions(name, each.name) < 0)
    .map((each) => each.name)
    .toSorted((a, b) => compareVersions(b, a));
  const text = (version: string): string => `${spec.group}/${version} ${spec.names.kind}`;
  return `${text(name)} is deprecated${newer === undefined ? '' : `; use ${text(newer)}`}`;
}

/** The same answer for the same stored object, as long as that is kept. */
function remembered(read: (stored: KubeObject) => KubeObject): (stored: KubeObject) => KubeObject {
  const known = new WeakMap<KubeObject, KubeObject>();
  return (stored) => {
    let found = known.get(stored);
    if (!found) known.set(stored, (found = read(stored)));
    return found;
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

const withoutMeta = ({ metadata: _, ...rest }: KubeObject): object => rest;
const withoutStatus = ({ status: _, ...rest }: WithStatus): KubeObject => rest;

function withStatusOf(next: KubeObject, owner: WithStatus): KubeObject {
  const rest = withoutStatus(next);
  return owner.status === undefined ? rest : ({ ...rest, status: owner.status } as KubeObject);
}

/** Lists that held something twice before may go on doing so. */
function* freshRepeats(next: KubeObject, before: KubeObject, schema: Schema | undefined): Rules {
  for (const _ of uniqueItems(before, schema)) return;
  yield* uniqueItems(next, schema);
}

const int32Max = 2_147_483_647;

function* scaleRules(
  object: KubeObject,
  scale: CustomResourceSubresourceScale,
  withSpec: boolean,
): Generator<FieldError, void> {
  const paths = [...(withSpec ? [scale.specReplicasPath] : []), scale.statusReplicasPath];
  for (const path of paths) {
    const found = readNumber(object, path);
    if (found.wrong) yield invalidValue(path, 0, found.wrong);
    else if (found.value < 0)
      yield invalidValue(path, found.value, 'should be a non-negative integer');
    else if (found.value > int32Max)
      yield invalidValue(path, found.value, `should be less than or equal to ${int32Max}`);
  }
}

const standardFinalizers = new Set(['orphan', 'foregroundDeletion', 'kubernetes']);

function* finalizerWarnings(name: string): Generator<string, void> {
  const shown = `metadata.finalizers: ${JSON.stringify(name)}`;
  for (const wrong of qualifiedNameErrors(name)) yield `${shown}: ${wrong}`;
  if (name.includes('/') || standardFinalizers.has(name)) return;
  const path = name.includes('.') ? ' including a path (/)' : '';
  yield `${shown}: prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`;
}

function selectableFields(version: Version): NonNullable<Kind['selectableFields']> {
  const fields = (version.selectableFields ?? []).map(({ jsonPath }) => {
    const path = parseJsonPath(jsonPath);
    const read = (object: KubeObject): string => {
      const [value] = path?.(object) ?? [];
      return value === undefined || value === null ? '' : String(value);
    };
    return [jsonPath.replace(/^\./, ''), read] as const;
  });
  return Object.fromEntries(fields);
}
