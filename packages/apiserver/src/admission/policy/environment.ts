import {
  authorizerType,
  base,
  celTypes as t,
  type CelType,
  type Environment,
  extend,
  jsonPatchKeys,
  resourceCheckType,
  type StructType,
} from '@coxswain/cel';

const kind = t.objectType('kubernetes.GroupVersionKind', {
  ...{ group: t.string, version: t.string, kind: t.string },
});
const resource = t.objectType('kubernetes.GroupVersionResource', {
  ...{ group: t.string, version: t.string, resource: t.string },
});
const userInfo = t.objectType('kubernetes.UserInfo', {
  username: t.string,
  uid: t.string,
  groups: t.listOf(t.string),
  extra: t.mapOf(t.string, t.listOf(t.string)),
});
const request = t.objectType('kubernetes.AdmissionRequest', {
  ...{ kind, resource, subResource: t.string },
  ...{ requestKind: kind, requestResource: resource, requestSubResource: t.string },
  ...{ name: t.string, namespace: t.string, operation: t.string },
  ...{ userInfo, dryRun: t.bool, options: t.dyn },
});
const condition = t.objectType('kubernetes.NamespaceCondition', {
  ...{ status: t.string, type: t.string, lastTransitionTime: t.timestamp },
  ...{ message: t.string, reason: t.string },
});
const namespace = t.objectType('kubernetes.Namespace', {
  metadata: t.objectType('kubernetes.NamespaceMetadata', {
    ...{ name: t.string, generateName: t.string, namespace: t.string },
    labels: t.mapOf(t.string, t.string),
    annotations: t.mapOf(t.string, t.string),
    ...{ UID: t.string, creationTimestamp: t.timestamp, deletionTimestamp: t.timestamp },
    ...{ deletionGracePeriodSeconds: t.int, generation: t.int, resourceVersion: t.string },
    finalizers: t.listOf(t.string),
  }),
  spec: t.objectType('kubernetes.NamespaceSpec', { finalizers: t.listOf(t.string) }),
  status: t.objectType('kubernetes.NamespaceStatus', {
    conditions: t.listOf(condition),
    phase: t.string,
  }),
});

/** What patches may be made of: `Object` and its parts by their paths, and `JSONPatch`. */
export const patchObject: CelType = t.objectType('Object');
export const jsonPatch: CelType = t.objectType('JSONPatch');
const patchFields: Readonly<Record<string, CelType>> = {
  ...{ op: t.string, path: t.string, from: t.string, value: t.dyn },
};

/** Upstream's JSONPatch has every field, and nothing fits those it does not know. */
const unknownField = t.opaqueType('');

function patchStructs(name: string): StructType | undefined {
  if (name === 'JSONPatch')
    return { type: jsonPatch, field: (field) => patchFields[field] ?? unknownField };
  if (name !== 'Object' && !name.startsWith('Object.')) return undefined;
  return { type: t.objectType(name), field: () => t.dyn };
}

export interface Declared {
  readonly params: boolean;
  readonly authorizer: boolean;
  readonly patches?: boolean;
  /** What is known of the objects, for checks of types; by default nothing. */
  readonly object?: CelType;
  readonly paramsType?: CelType;
  /** Without what only a request has. */
  readonly typesOnly?: boolean;
  /** The composed variables and their types, where there may be any. */
  readonly variables?: ReadonlyMap<string, CelType>;
}

/** What an expression of admission may name. */
export function admissionEnvironment(declared: Declared): Environment {
  const { object = t.dyn, variables } = declared;
  return extend(base, {
    variables: {
      object,
      oldObject: object,
      namespaceObject: namespace,
      request,
      ...(declared.params && { params: declared.paramsType ?? t.dyn }),
      ...(declared.authorizer && {
        authorizer: authorizerType,
        ...(!declared.typesOnly && { 'authorizer.requestResource': resourceCheckType }),
      }),
      ...(variables && {
        variables: t.objectType('kubernetes.variables', Object.fromEntries(variables)),
      }),
    },
    ...(declared.patches && { structs: patchStructs, functions: jsonPatchKeys }),
  });
}

const kept = new Set<CelType['kind']>([
  ...(['any', 'bool', 'bytes', 'double', 'duration', 'int', 'null', 'string'] as const),
  ...(['timestamp', 'uint'] as const),
]);

/** What other expressions know of a variable's type: nothing of objects and what functions open. */
export function variableType(type: CelType): CelType {
  if (kept.has(type.kind)) return type;
  if (type.kind === 'list' || type.kind === 'map')
    return { kind: type.kind, parameters: type.parameters!.map(variableType) };
  return t.dyn;
}
