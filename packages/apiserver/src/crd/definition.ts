import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionVersion,
} from '@coxswain/api/types/apiextensions-v1';
import type { Resource } from '@coxswain/api';

export type Definition = CustomResourceDefinition;
export type Version = CustomResourceDefinitionVersion;
export type Condition = CustomResourceDefinitionCondition;

export const conditionOf = ({ status }: Definition, type: string): Condition | undefined =>
  status?.conditions?.find((each) => each.type === type);

export const isTrue = (definition: Definition, type: string): boolean =>
  conditionOf(definition, type)?.status === 'True';

/** Whether its resources are served: the names are its own, or were once. */
export const isServed = (definition: Definition): boolean =>
  isTrue(definition, 'NamesAccepted') || isTrue(definition, 'Established');

export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

export const storageVersion = ({ spec }: Definition): Version | undefined =>
  (spec.versions ?? []).find(({ storage }) => storage);

/** The resource of one version. */
export const resourceOf = ({ spec }: Definition, version: string): Resource => ({
  group: spec.group,
  version,
  resource: spec.names.plural,
  kind: spec.names.kind,
  namespaced: spec.scope === 'Namespaced',
});

/** Groups whose definitions need a word of approval. */
export const isProtectedGroup = (group: string): boolean =>
  /(^|\.)(k8s|kubernetes)\.io$/.test(group);

export const approvalAnnotation = 'api-approved.kubernetes.io';

/** How the approval of a protected group stands. */
export interface Approval {
  readonly state: 'invalid' | 'approved' | 'bypassed' | 'missing';
  readonly reason: string;
}

const more = 'see https://github.com/kubernetes/enhancements/pull/1111';

export function approvalOf(annotations: Readonly<Record<string, string>> | undefined): Approval {
  const given = annotations?.[approvalAnnotation] ?? '';
  const must = `protected groups must have approval annotation "${approvalAnnotation}"`;
  if (!given) return { state: 'missing', reason: `${must}, ${more}` };
  if (given.startsWith('unapproved'))
    return { state: 'bypassed', reason: `not approved: ${JSON.stringify(given)}` };
  if (/^[a-z][a-z0-9+.-]*:\/\/[^/\s]+/i.test(given))
    return { state: 'approved', reason: `approved in ${given}` };
  const either = 'with either a URL or a reason starting with "unapproved"';
  return { state: 'invalid', reason: `${must} ${either}, ${more}` };
}
