import { dns1035LabelErrors, dns1123SubdomainErrors } from '@coxswain/api';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionVersion as Version,
  CustomResourceSubresources,
  SelectableField,
} from '@coxswain/api/types/apiextensions-v1';
import { approvalAnnotation, approvalOf, isProtectedGroup } from '../../crd/definition.ts';
import { mixedCase } from '../../crd/schema/metadata.ts';
import type { Schema } from '../../crd/schema/schema.ts';
import { isSame } from '../../rest/equal.ts';
import { duplicate, invalidValue, oneOf, required, type Rules, tooMany } from '../rules/field.ts';
import { type Choices, selectableMax } from './choices.ts';
import { conversionRules } from './conversion-rules.ts';
import { fieldAt } from '../../crd/schema/field-path.ts';
import { schemaRules } from './schema-rules.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = [
  ...['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'],
];

/** What versions say for themselves, and what they all say: that stands at the spec in upstream's eyes. */
interface Split {
  readonly isShared: Readonly<Record<'schema' | 'subresources' | 'columns' | 'fields', boolean>>;
}

function split(versions: readonly Version[]): Split {
  const all = (pick: (version: Version) => unknown): boolean =>
    versions.length > 0 &&
    versions.every((each) => isSame(pick(each) ?? null, pick(versions[0]!) ?? null));
  return {
    isShared: {
      schema: all(({ schema }) => schema),
      subresources: all(({ subresources }) => subresources),
      columns: all(({ additionalPrinterColumns }) => additionalPrinterColumns),
      fields: all(({ selectableFields }) => selectableFields),
    },
  };
}

/** The rules of a definition's spec. */
export function* specRules(spec: CustomResourceDefinitionSpec, choices: Choices): Rules {
  const versions = spec.versions ?? [];
  yield* groupRules(spec.group);
  yield* oneOf('spec.scope', spec.scope, ['Cluster', 'Namespaced']);
  const { isShared } = split(versions);
  const [first] = versions;
  const hasSchema = isShared.schema && first?.schema?.openAPIV3Schema !== undefined;
  if (!hasSchema)
    for (const [i, { schema, served }] of versions.entries()) {
      const path = `spec.versions[${i}].schema.openAPIV3Schema`;
      if (schema?.openAPIV3Schema) continue;
      if (choices.schemaRequired) yield required(path);
      else if (!spec.preserveUnknownFields && served)
        yield required(path, 'because otherwise all fields are pruned');
    }
  for (const [i, version] of versions.entries())
    yield* versionRules(version, `spec.versions[${i}]`, isShared, choices);
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    yield invalidValue('spec.versions', shown(versions), 'must contain unique version names');
  if (versions.filter(({ storage }) => storage).length !== 1)
    yield invalidValue(
      'spec.versions',
      versions.length ? shown(versions) : null,
      'must have exactly one version marked as storage version',
    );
  for (const name of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!spec.names[name]) yield required(`spec.names.${name}`);
  yield* nameRules(spec.names, 'spec.names');
  const firstErrors = first ? dns1035LabelErrors(first.name) : [];
  // Upstream keeps the first version's name beside the versions, and finds the same fault there.
  if (firstErrors.length > 0)
    yield invalidValue('spec.version', first!.name, firstErrors.join(','));
  if (first) yield* sharedRules(first, versions, isShared, choices);
  yield* conversionRules(spec, choices);
}

/** As upstream's own form of versions prints, where they share what they say. */
const shown = (versions: readonly Version[]): readonly object[] =>
  versions.map(({ name, served, storage, deprecated = false, deprecationWarning = null }) => ({
    ...{ Name: name, Served: served, Storage: storage, Deprecated: deprecated },
    ...{ DeprecationWarning: deprecationWarning, Schema: null, Subresources: null },
    ...{ AdditionalPrinterColumns: null, SelectableFields: null },
  }));

function* groupRules(group: string): Rules {
  const errors = group ? dns1123SubdomainErrors(group) : [];
  if (!group) yield required('spec.group');
  else if (errors.length > 0) yield invalidValue('spec.group', group, errors.join(','));
  else if (!group.includes('.'))
    yield invalidValue('spec.group', group, 'should be a domain with at least one dot');
}

/** What all versions say alike. */
function* sharedRules(
  first: Version,
  versions: readonly Version[],
  isShared: Split['isShared'],
  choices: Choices,
): Rules {
  const hasStatus = versions.some(({ subresources }) => isOn(subresources?.status));
  if (isShared.schema)
    yield* schemaRules(first.schema?.openAPIV3Schema, 'spec.validation', hasStatus, {
      choices,
      isUnchanged: choices.unchanged.has(first.name),
    });
  if (isShared.subresources) yield* subresourceRules(first.subresources, 'spec.subresources');
  if (isShared.columns)
    for (const [i, column] of (first.additionalPrinterColumns ?? []).entries())
      yield* columnRules(column, `spec.additionalPrinterColumns[${i}]`);
  if (isShared.fields) yield* selectableRules(first, isShared.schema, 'spec', choices);
}

const isOn = (value: unknown): boolean => value !== undefined && value !== null;

function* versionRules(
  version: Version,
  path: string,
  isShared: Split['isShared'],
  choices: Choices,
): Rules {
  const errors = dns1035LabelErrors(version.name);
  if (errors.length > 0) yield invalidValue(`${path}.name`, version.name, errors.join(','));
  for (const detail of deprecationErrors(version))
    yield invalidValue(`${path}.deprecationWarning`, version.deprecationWarning, detail);
  if (!isShared.schema)
    yield* schemaRules(
      version.schema?.openAPIV3Schema,
      `${path}.schema`,
      isOn(version.subresources?.status),
      { choices, isUnchanged: choices.unchanged.has(version.name) },
    );
  if (!isShared.subresources) yield* subresourceRules(version.subresources, `${path}.subresources`);
  if (!isShared.columns)
    for (const [i, column] of (version.additionalPrinterColumns ?? []).entries())
      yield* columnRules(column, `${path}.additionalPrinterColumns[${i}]`);
  if (!isShared.fields) yield* selectableRules(version, !isShared.schema, path, choices);
}

const warningMax = 256;

function* deprecationErrors({ deprecated, deprecationWarning }: Version): Generator<string, void> {
  if (!deprecated && deprecationWarning !== undefined) {
    yield 'can only be set for deprecated versions';
    return;
  }
  if (deprecationWarning === undefined) return;
  if (new TextEncoder().encode(deprecationWarning).length > warningMax)
    yield `must be <= ${warningMax} characters long`;
  if (deprecationWarning === '') yield 'must not be an empty string';
  const at = deprecationWarning.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (at >= 0) {
    const bytes = new TextEncoder().encode(deprecationWarning.slice(0, at)).length;
    yield `must only contain printable UTF-8 characters; non-printable character found at index ${bytes}`;
  }
}

/** The names that a definition asks for, or has. */
export function* nameRules(names: CustomResourceDefinitionNames | undefined, path: string): Rules {
  if (!names) return;
  for (const field of ['plural', 'singular'] as const) {
    const errors = names[field] ? dns1035LabelErrors(names[field]) : [];
    if (errors.length > 0) yield invalidValue(`${path}.${field}`, names[field], errors.join(','));
  }
  for (const field of ['kind', 'listKind'] as const) {
    const errors = names[field] ? dns1035LabelErrors(names[field].toLowerCase()) : [];
    if (errors.length > 0) yield invalidValue(`${path}.${field}`, names[field], mixedCase(errors));
  }
  yield* labelRules(names.shortNames, `${path}.shortNames`);
  if (names.kind && names.kind === names.listKind)
    yield invalidValue(`${path}.listKind`, names.listKind, 'kind and listKind may not be the same');
  yield* labelRules(names.categories, `${path}.categories`);
}

function* labelRules(names: readonly string[] | undefined, path: string): Rules {
  for (const [i, name] of (names ?? []).entries()) {
    const errors = dns1035LabelErrors(name);
    if (errors.length > 0) yield invalidValue(`${path}[${i}]`, name, errors.join(','));
  }
}

function* columnRules(column: CustomResourceColumnDefinition, path: string): Rules {
  const { name, type, format, jsonPath } = column;
  if (!name) yield required(`${path}.name`);
  const types = `must be one of ${columnTypes.join(',')}`;
  if (!type) yield required(`${path}.type`, types);
  else if (!columnTypes.includes(type)) yield invalidValue(`${path}.type`, type, types);
  if (format && !columnFormats.includes(format))
    yield invalidValue(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`);
  if (!jsonPath) yield required(`${path}.JSONPath`);
  else yield* simplePathRules(jsonPath, `${path}.JSONPath`);
}

function* simplePathRules(path: string, field: string): Rules {
  if (path === '') yield invalidValue(field, path, 'must not be empty');
  else if (!path.startsWith('.'))
    yield invalidValue(field, path, 'must be a simple json path starting with .');
}

function* subresourceRules(
  subresources: CustomResourceSubresources | undefined,
  path: string,
): Rules {
  const { scale } = subresources ?? {};
  if (!scale) return;
  for (const [name, root] of [
    ['specReplicasPath', '.spec'],
    ['statusReplicasPath', '.status'],
  ] as const) {
    const field = `${path}.scale.${name}`;
    if (!scale[name]) yield required(field);
    else yield* under(scale[name], [root], field);
  }
  const { labelSelectorPath } = scale;
  if (labelSelectorPath)
    yield* under(labelSelectorPath, ['.spec', '.status'], `${path}.scale.labelSelectorPath`);
}

function* under(path: string, roots: readonly string[], field: string): Rules {
  if (!path.startsWith('.')) yield* simplePathRules(path, field);
  else if (!roots.some((root) => path.startsWith(`${root}.`))) {
    const where = roots.length > 1 ? `either ${roots.join(' or ')}` : roots[0]!;
    yield invalidValue(field, path, `should be a json path under ${where}`);
  }
}

const selectableTypes = new Set(['boolean', 'integer', 'string']);

function* selectableRules(
  version: Version,
  isBeside: boolean,
  path: string,
  choices: Choices,
): Rules {
  const fields: readonly SelectableField[] = version.selectableFields ?? [];
  if (fields.length === 0) return;
  const at = `${path}.selectableFields`;
  const schema: Schema | undefined = version.schema?.openAPIV3Schema;
  if (!schema || !isBeside) {
    const isTop = path === 'spec';
    yield invalidValue(
      at,
      '',
      isTop
        ? 'may only be set when validations.schema is included'
        : 'may only be set when `version.schema.openAPIV3Schema` is not included',
    );
    return;
  }
  const seen = new Set<string>();
  for (const [i, { jsonPath }] of fields.entries()) {
    const field = `${at}[${i}].jsonPath`;
    if (!jsonPath) {
      yield required(field);
      continue;
    }
    const found = fieldAt(jsonPath, schema, { withKeys: false });
    if ('wrong' in found) {
      yield invalidValue(field, jsonPath, `is an invalid path: ${found.wrong}`);
      continue;
    }
    if (found.path.split('.')[0] === 'metadata')
      yield invalidValue(field, jsonPath, 'must not point to fields in metadata');
    if (!selectableTypes.has(found.schema?.type ?? ''))
      yield invalidValue(
        field,
        jsonPath,
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      );
    if (seen.has(found.path)) yield duplicate(field, jsonPath);
    seen.add(found.path);
  }
  if (seen.size > selectableMax && !choices.manyFields.has(version.name))
    yield tooMany(at, seen.size, selectableMax);
}

/** Versions that were ever stored stay among the versions. */
export function* storedVersionRules(
  stored: readonly string[],
  versions: readonly Version[],
): Rules {
  const path = 'status.storedVersions';
  if (stored.length === 0) {
    yield invalidValue(path, null, 'must have at least one stored version');
    return;
  }
  for (const { name, storage } of versions)
    if (storage && !stored.includes(name))
      yield invalidValue(path, stored, `must have the storage version ${name}`);
  const known = new Set(versions.map(({ name }) => name));
  for (const [i, name] of stored.entries())
    if (!known.has(name))
      yield invalidValue(
        `${path}[${i}]`,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      );
}

/** Groups of the community are approved by it, or say that they are not. */
export function* approvalRules(
  { metadata, spec }: CustomResourceDefinition,
  before: CustomResourceDefinition | undefined,
): Rules {
  if (!isProtectedGroup(spec.group)) return;
  const { state, reason } = approvalOf(metadata.annotations);
  if (before && approvalOf(before.metadata.annotations).state === state) return;
  const field = `metadata.annotations[${approvalAnnotation}]`;
  if (state === 'missing') yield required(field, reason);
  if (state === 'invalid')
    yield invalidValue(field, metadata.annotations?.[approvalAnnotation], reason);
}
