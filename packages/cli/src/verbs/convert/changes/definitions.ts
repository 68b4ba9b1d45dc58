import { type Change, type Draft, drop, each, keep, type Tell } from '../draft.ts';

const perVersion = ['subresources', 'additionalPrinterColumns'] as const;
const preserves = 'x-kubernetes-preserve-unknown-fields';

/** A definition of apiextensions.k8s.io/v1beta1: what it said once of all versions, each of them says in v1. */
export const definition: Change = ({ metadata, spec }, tell) => {
  keep(spec, 'scope', 'Namespaced', tell, 'spec.');
  versions(spec, tell);
  const keepsUnknown = spec.preserveUnknownFields !== false;
  delete spec.preserveUnknownFields;
  const isOpen = each(spec.versions).map((version) => schemaOf(version, keepsUnknown));
  if (isOpen.includes(true)) tell('open-schema');
  conversion(spec, tell);
  if (/(^|\.)k(8s|ubernetes)\.io$/.test(String(spec.group)))
    if (!metadata?.annotations?.['api-approved.kubernetes.io']) tell('protected-group');
};

function versions(spec: Draft, tell: Tell): void {
  if (each(spec['versions']).length === 0 && spec['version']) {
    spec['versions'] = [{ name: spec['version'], served: true, storage: true }];
    tell('listed-version', { version: String(spec['version']) });
  }
  delete spec['version'];
  const { validation } = spec;
  delete spec['validation'];
  for (const version of each(spec['versions'])) {
    const schema = version['schema'] ?? validation;
    if (schema) version['schema'] = structuredClone(schema);
    for (const field of perVersion)
      if (spec[field] !== undefined) version[field] ??= structuredClone(spec[field]);
    for (const column of each(version['additionalPrinterColumns']))
      if (column['JSONPath'] !== undefined) {
        column['jsonPath'] = column['JSONPath'];
        delete column['JSONPath'];
      }
  }
  for (const field of perVersion) delete spec[field];
}

/** A structural schema for a version, and whether it takes fields that it does not name. */
function schemaOf(version: Draft, keepsUnknown: boolean): boolean {
  const schema = ((version['schema'] ??= {})['openAPIV3Schema'] ??= {}) as Draft;
  const isOpen = keepsUnknown || !schema['properties'];
  typed(schema);
  schema['type'] = 'object';
  if (isOpen) schema[preserves] ??= true;
  return isOpen;
}

/** Gives a type to whatever shows by its other fields which it has: v1 asks for one everywhere. */
function typed(schema: unknown): void {
  if (typeof schema !== 'object' || schema === null) return;
  const part = schema as Draft;
  const { properties, additionalProperties, items } = part;
  if (!part['type'] && (properties || additionalProperties)) part['type'] = 'object';
  if (!part['type'] && items) part['type'] = 'array';
  const isFree =
    !part['type'] && !part['x-kubernetes-int-or-string'] && part[preserves] === undefined;
  if (isFree) part[preserves] = true;
  for (const child of Object.values(properties ?? {})) typed(child);
  typed(additionalProperties);
  typed(items);
}

function conversion(spec: Draft, tell: Tell): void {
  const { conversion: how } = spec;
  if (how?.strategy !== 'Webhook') {
    if (how) for (const field of webhookFields) drop(how, field, tell, 'spec.conversion.');
    return;
  }
  how.webhook = {
    clientConfig: how.webhookClientConfig,
    conversionReviewVersions: how.conversionReviewVersions ?? ['v1beta1'],
  };
  for (const field of webhookFields) delete how[field];
  tell('conversion-webhook');
}

const webhookFields = ['webhookClientConfig', 'conversionReviewVersions'] as const;
