import { type KubeObject, type Resource, selectorOf } from '@coxswain/api';
import type { ParamKind, ParamRef } from '@coxswain/api/types/admissionregistration-v1';
import type { AdmissionParts } from '../index.ts';

/** A binding or policy that cannot be used; the failure policy judges. */
export class ConfigurationError extends Error {}

/** The resource of a policy's parameters, undefined when it has none. Throws ConfigurationError when nobody serves it. */
export function paramResource(
  { versions }: AdmissionParts,
  paramKind: ParamKind | undefined,
): Resource | undefined {
  if (!paramKind) return undefined;
  const { apiVersion = '', kind = '' } = paramKind;
  const found = versions.resourceOf(apiVersion, kind);
  if (found) return found;
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  throw new ConfigurationError(
    `failed to find resource referenced by paramKind: '${version}, Kind=${kind}'`,
  );
}

/** The parameters a binding is evaluated with, one after the other; `[undefined]` when it takes none. Throws ConfigurationError. */
export function paramsOf(
  { objects }: AdmissionParts,
  resource: Resource | undefined,
  ref: ParamRef | undefined,
  namespace: string,
): readonly (KubeObject | undefined)[] {
  if (!resource || !ref) return [undefined];
  const within = placeOf(resource, ref, namespace);
  const found = ref.name
    ? [objects.get(resource, ref.name, within)].filter((each) => each !== undefined)
    : selected([...objects.all(resource, within)], ref);
  if (!found.length && ref.parameterNotFoundAction === 'Deny')
    throw new ConfigurationError(
      'no params found for policy binding with `Deny` parameterNotFoundAction',
    );
  return found;
}

function placeOf(resource: Resource, ref: ParamRef, namespace: string): string | undefined {
  if (!resource.namespaced) {
    if (ref.namespace)
      throw new ConfigurationError(
        'paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
      );
    return undefined;
  }
  const within = ref.namespace || namespace;
  if (within) return within;
  throw new ConfigurationError(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

function selected(all: readonly KubeObject[], { selector }: ParamRef): readonly KubeObject[] {
  if (!selector) throw new ConfigurationError('one of name or selector must be provided');
  const wanted = selectorOf(selector);
  return all.filter(({ metadata }) => wanted.matches(metadata.labels));
}
