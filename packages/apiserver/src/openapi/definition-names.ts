import { groupVersions, type SchemaNode, type StructNode, typeOf } from '@coxswain/api';
import type { GroupVersionKind, Schema } from './schema.ts';

/** Go packages whose path is not `k8s.io/api/<group>/<version>`, by their short name in the schema. */
const homes: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta.v1',
  runtime: 'io.k8s.apimachinery.pkg.runtime',
  resource: 'io.k8s.apimachinery.pkg.api.resource',
  intstr: 'io.k8s.apimachinery.pkg.util.intstr',
  'apiextensions/v1': 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1',
  'apiregistration/v1': 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1',
};

const home = (pkg: string): string => homes[pkg] ?? `io.k8s.api.${pkg.replace('/', '.')}`;

/** Types that write themselves have definitions of their own, though they are no structs. */
const leaves: Readonly<Record<string, string>> = {
  time: `${home('meta')}.Time`,
  microTime: `${home('meta')}.MicroTime`,
  quantity: `${home('resource')}.Quantity`,
  intOrString: `${home('intstr')}.IntOrString`,
  fields: `${home('meta')}.FieldsV1`,
  raw: `${home('runtime')}.RawExtension`,
  json: `${home('apiextensions/v1')}.JSON`,
};

/** What documents call the type; undefined for types that are written out where they are used. */
export function definitionName(node: SchemaNode): string | undefined {
  switch (node.kind) {
    case 'struct':
      return `${home(node.package)}.${node.name}`;
    case 'either':
      return `${home(node.object.package)}.${node.goType.slice(node.goType.indexOf('.') + 1)}`;
    case 'scalar':
    case 'any':
      return leaves[node.form];
    case 'list':
    case 'map':
      return undefined;
  }
}

/** Group versions that upstream keeps out of the scheme behind its documents. */
const unregistered = new Set(['meta.k8s.io/v1', 'apidiscovery.k8s.io/v2']);
const registered = groupVersions.filter((each) => !unregistered.has(each));
/** Kinds of meta that upstream registers in every group version. The others stand in `v1` alone. */
const everywhere = new Set(['DeleteOptions', 'WatchEvent']);

/** Group versions that upstream's scheme holds though nothing serves them by default. */
const former = [
  'admission.k8s.io/v1beta1',
  ...['v1alpha1', 'v1beta1'].map((version) => `admissionregistration.k8s.io/${version}`),
  'apiextensions.k8s.io/v1beta1',
  'apiregistration.k8s.io/v1beta1',
  ...['v1beta1', 'v1beta2'].map((version) => `apps/${version}`),
  ...['v1alpha1', 'v1beta1'].map((version) => `authentication.k8s.io/${version}`),
  'authorization.k8s.io/v1beta1',
  'batch/v1beta1',
  ...['v1alpha1', 'v1beta1'].map((version) => `certificates.k8s.io/${version}`),
  ...['v1alpha2', 'v1beta1'].map((version) => `coordination.k8s.io/${version}`),
  'discovery.k8s.io/v1beta1',
  'events.k8s.io/v1beta1',
  'extensions/v1beta1',
  ...['v1beta1', 'v1beta2', 'v1beta3'].map((version) => `flowcontrol.apiserver.k8s.io/${version}`),
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1beta1',
  ...['v1alpha1', 'v1beta1'].map((version) => `node.k8s.io/${version}`),
  'policy/v1beta1',
  ...['v1alpha1', 'v1beta1'].map((version) => `rbac.authorization.k8s.io/${version}`),
  ...['v1alpha3', 'v1beta1', 'v1beta2'].map((version) => `resource.k8s.io/${version}`),
  ...['v1alpha2', 'v1beta1'].map((version) => `scheduling.k8s.io/${version}`),
  ...['v1alpha1', 'v1beta1'].map((version) => `storage.k8s.io/${version}`),
  'storagemigration.k8s.io/v1beta1',
];

/** Whose document a type stands in: a group version's (`apps/v1`), or one of custom resources. */
export type Reader = string;

/** Groups that upstream's server of custom resources does not know. */
const unknownToCustom = new Set([
  ...['admission.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'imagepolicy.k8s.io'],
]);

/** The schema with those of its kinds that the reader knows, where it is registered everywhere. */
export function readBy(reader: Reader, schema: Schema): Schema {
  const kinds = schema['x-kubernetes-group-version-kind'] as
    | readonly GroupVersionKind[]
    | undefined;
  if (!kinds?.[0] || !everywhere.has(kinds[0].kind)) return schema;
  const known = kinds.filter(({ group, version }) =>
    reader === 'custom'
      ? !unknownToCustom.has(group)
      : group === '' || `${group}/${version}` === reader,
  );
  return { ...schema, 'x-kubernetes-group-version-kind': known.map((kind) => ({ ...kind })) };
}

/** The kinds as which a type is registered, in order. */
export function kindsOf(node: StructNode): readonly GroupVersionKind[] {
  if (node.package !== 'meta')
    return registered
      .filter((each) => typeOf(each, node.name) === node)
      .map((each) => kindIn(each, node.name));
  if (everywhere.has(node.name))
    return [...registered, ...former]
      .map((each) => kindIn(each, node.name))
      .toSorted((a, b) => compare(a.group, b.group) || compare(a.version, b.version));
  return node.isObject ? [kindIn('v1', node.name)] : [];
}

function kindIn(groupVersion: string, kind: string): GroupVersionKind {
  const at = groupVersion.indexOf('/');
  return {
    group: groupVersion.slice(0, Math.max(at, 0)),
    kind,
    version: groupVersion.slice(at + 1),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
