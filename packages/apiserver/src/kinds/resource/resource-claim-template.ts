import { ResourceClaimTemplates } from '@coxswain/api';
import type { ResourceClaimTemplate } from '@coxswain/api/types/resource-v1';
import type { Kind, KindContext } from '../kind.ts';
import { ageColumn, nameColumn } from '../rules/columns.ts';
import { forbiddenField, type Rules } from '../rules/field.ts';
import { annotations, labels } from '../rules/labels.ts';
import { immutable } from '../rules/meta.ts';
import { adminAccess, adminRequest, deviceClaim } from './claim-rules.ts';
import { deviceClaimDefaults } from './device-defaults.ts';
import { claimFeatures, withoutFeatures } from './feature-fields.ts';

const allowed = new Set(['annotations', 'labels', 'creationTimestamp']);

function* rules(
  { spec: { metadata = {}, spec } }: ResourceClaimTemplate,
  context: KindContext,
): Rules {
  const at = 'spec.metadata';
  yield* annotations(`${at}.annotations`, metadata.annotations ?? {});
  yield* labels(`${at}.labels`, metadata.labels ?? {});
  for (const field in metadata)
    if (!allowed.has(field)) yield forbiddenField(`${at}.${field}`, 'cannot be set');
  yield* deviceClaim('spec.spec.devices', spec.devices, context);
}

function prepared(
  next: ResourceClaimTemplate,
  before: ResourceClaimTemplate | undefined,
  { enabled }: KindContext,
): ResourceClaimTemplate {
  const spec = withoutFeatures(claimFeatures, next.spec.spec, before?.spec.spec, enabled);
  return { ...next, spec: { ...next.spec, spec } };
}

/** A template of claims for devices. */
export const resourceClaimTemplateKind: Kind<ResourceClaimTemplate> = {
  resource: ResourceClaimTemplates,
  generation: false,
  defaults: ({ spec }) => deviceClaimDefaults(spec?.spec?.devices),
  prepareForCreate: (object, context) => prepared(object, undefined, context),
  prepareForUpdate: prepared,
  *validate(object, context) {
    const asked = adminRequest(object.spec.spec.devices);
    yield* adminAccess(asked, object.metadata.namespace, context);
    yield* rules(object, context);
  },
  *validateUpdate(next, before, context) {
    yield* rules(next, context);
    yield* immutable('spec', next.spec, before.spec);
  },
  columns: [nameColumn, ageColumn],
};
