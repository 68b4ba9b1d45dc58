import type { CustomResourceDefinition } from '@coxswain/api/types/apiextensions-v1';
import { isTrue } from '../../crd/definition.ts';
import { structuralErrors, unsupported } from '../../crd/schema/structural.ts';
import { type Schema, schemasIn } from '../../crd/schema/schema.ts';
import { isSame } from '../../rest/equal.ts';
import { type Choices, reviewVersions, schemaTypes, selectableMax } from './choices.ts';
import { caBundleError } from './conversion-rules.ts';
import { hasUnprunedDefaults } from './default-rules.ts';
import { listKeyRules } from './schema-rules.ts';

/** The rules for a change of `before`. */
export function choicesFor(
  next: CustomResourceDefinition,
  before: CustomResourceDefinition,
): Choices {
  const versions = before.spec.versions ?? [];
  const schemas = versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? []);
  const some = (test: (schema: Schema) => boolean): boolean =>
    schemas.some((schema) => schemasIn(schema).some(test));
  const { conversion } = before.spec;
  const reviews = conversion?.webhook?.conversionReviewVersions ?? [];
  const bundle = conversion?.webhook?.clientConfig?.caBundle;
  const same = (next.spec.versions ?? []).filter((version) => {
    const old = versions.find(({ name }) => name === version.name);
    return old && isSame(old.schema, version.schema);
  });
  const many = (next.spec.versions ?? []).filter((version) => {
    const old = versions.find(({ name }) => name === version.name);
    return (
      (old?.selectableFields?.length ?? 0) > selectableMax &&
      isSame(old?.selectableFields, version.selectableFields)
    );
  });
  return {
    knownReview: reviews.length === 0 || reviews.some((each) => reviewVersions.includes(each)),
    schemaRequired: versions.every(({ schema }) => schema?.openAPIV3Schema),
    knownTypes: !some(({ type }) => !!type && !schemaTypes.has(type)),
    structural: schemas.every(
      (schema) => !unsupported(schema) && structuralErrors(schema, '').length === 0,
    ),
    prunedDefaults: !schemas.some(hasUnprunedDefaults),
    atomicSets: !some(isLooseSet),
    listKeys: !some((schema) => !listKeyRules(schema, '').next().done),
    anyCaBundle:
      !isTrue(before, 'Established') || (!!bundle && caBundleError(bundle) !== undefined),
    unchanged: new Set(same.map(({ name }) => name)),
    manyFields: new Set(many.map(({ name }) => name)),
  };
}

/** A set whose items can be merged into. */
function isLooseSet(schema: Schema): boolean {
  if (schema['x-kubernetes-list-type'] !== 'set') return false;
  if (!schema.items || Array.isArray(schema.items)) return false;
  const items = schema.items as Schema;
  const list = items['x-kubernetes-list-type'];
  if (items.type === 'array') return list !== undefined && list !== 'atomic';
  return items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic';
}
