import { parseYaml } from '@coxswain/api';
import type { GeneratorArgs, GeneratorOptions } from './generators.ts';
import type { Replacement } from './replacements.ts';
import type { Selector } from './res-map.ts';
import type { Texts } from './resource.ts';
import type { Image, Replica } from './transformers.ts';

/** The shape of a field, as Go's decoder knows it. */
type Shape = 'string' | 'bool' | 'int' | 'int64' | 'any' | ListShape | MapShape | StructShape;
interface ListShape {
  readonly list: Shape;
}
interface MapShape {
  readonly map: Shape;
}
interface StructShape {
  readonly struct: string;
  readonly fields: Readonly<Record<string, Shape>>;
}

const struct = (
  name: string,
  ...fields: readonly (string | Readonly<Record<string, Shape>>)[]
): StructShape => ({
  struct: name,
  fields: Object.assign(
    {},
    ...fields.map((each) =>
      typeof each === 'string'
        ? Object.fromEntries(each.split(' ').map((field) => [field, 'string']))
        : each,
    ),
  ) as Record<string, Shape>,
});
const list = (shape: Shape): ListShape => ({ list: shape });
const texts: MapShape = { map: 'string' };
const strings = list('string');

const gvk = 'group version kind';
const id = `${gvk} name namespace`;
const selector = struct('Selector', id, 'annotationSelector labelSelector');
const patch = struct('Patch', 'path patch', {
  target: selector,
  options: struct('PatchArgs', { allowNameChange: 'bool', allowKindChange: 'bool' }),
});
const image = struct('Image', 'name newName tagSuffix newTag digest');
const options = struct('GeneratorOptions', {
  ...{ labels: texts, annotations: texts, disableNameSuffixHash: 'bool', immutable: 'bool' },
});
const generator: Readonly<Record<string, Shape>> = {
  ...{ literals: strings, files: strings, envs: strings, env: 'string', options },
};
const fieldOptions = struct('FieldOptions', 'delimiter encoding', { index: 'int', create: 'bool' });
const replacement = struct('ReplacementField', 'path sourceValue', {
  source: struct('SourceSelector', id, 'fieldPath', { options: fieldOptions }),
  targets: list(
    struct('TargetSelector', {
      ...{ select: selector, reject: list(selector), fieldPaths: strings, options: fieldOptions },
    }),
  ),
});

const kustomization = struct('Kustomization', 'apiVersion kind namePrefix nameSuffix namespace', {
  metadata: struct('ObjectMeta', 'name namespace', { labels: texts, annotations: texts }),
  openapi: texts,
  commonLabels: texts,
  labels: list(
    struct('Label', {
      ...{ pairs: texts, includeSelectors: 'bool', includeTemplates: 'bool' },
      fields: list(struct('FieldSpec', gvk, 'path', { create: 'bool' })),
    }),
  ),
  commonAnnotations: texts,
  patchesStrategicMerge: strings,
  patchesJson6902: list(patch),
  patches: list(patch),
  images: list(image),
  imageTags: list(image),
  replacements: list(replacement),
  replicas: list(struct('Replica', 'name', { count: 'int64' })),
  vars: list(
    struct('Var', 'name', {
      objref: struct('Target', 'apiVersion', id),
      fieldref: struct('FieldSelector', 'fieldPath'),
    }),
  ),
  sortOptions: struct('SortOptions', 'order', {
    legacySortOptions: struct('LegacySortOptions', { orderFirst: strings, orderLast: strings }),
  }),
  ...{ resources: strings, components: strings, crds: strings, bases: strings },
  configMapGenerator: list(struct('ConfigMapArgs', 'namespace name behavior', generator)),
  secretGenerator: list(struct('SecretArgs', 'namespace name behavior type', generator)),
  helmGlobals: struct('HelmGlobals', 'chartHome configHome'),
  helmCharts: list(
    struct(
      'HelmChart',
      'name version repo releaseName namespace valuesFile valuesMerge kubeVersion nameTemplate',
      {
        ...{ additionalValuesFiles: strings, apiVersions: strings, valuesInline: { map: 'any' } },
        ...{ includeCRDs: 'bool', skipHooks: 'bool', skipTests: 'bool', debug: 'bool' },
        devel: 'bool',
      },
    ),
  ),
  helmChartInflationGenerator: list(
    struct(
      'HelmChartArgs',
      'chartName chartVersion chartRepoUrl chartHome chartRepoName helmBin helmHome values valuesMerge releaseName releaseNamespace',
      { valuesLocal: { map: 'any' }, extraArgs: strings },
    ),
  ),
  generatorOptions: options,
  ...{ configurations: strings, generators: strings, transformers: strings },
  ...{ validators: strings, buildMetadata: strings },
});

/** A kustomization as it is worked with: old fields are moved to where they stand today. */
export interface Kustomization {
  readonly apiVersion: string;
  readonly kind: string;
  readonly openapi?: Texts;
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly namespace?: string;
  readonly commonLabels?: Texts;
  readonly labels?: readonly LabelEntry[];
  readonly commonAnnotations?: Texts;
  readonly patchesStrategicMerge?: readonly string[];
  readonly patchesJson6902?: readonly PatchEntry[];
  readonly patches?: readonly PatchEntry[];
  readonly images?: readonly Image[];
  readonly replacements?: readonly (Replacement & { readonly path?: string })[];
  readonly replicas?: readonly Replica[];
  readonly vars?: readonly object[];
  readonly sortOptions?: SortOptions;
  readonly resources?: readonly string[];
  readonly components?: readonly string[];
  readonly crds?: readonly string[];
  readonly configMapGenerator?: readonly GeneratorArgs[];
  readonly secretGenerator?: readonly GeneratorArgs[];
  readonly helmCharts?: readonly object[];
  readonly helmGlobals?: object;
  readonly generatorOptions?: GeneratorOptions;
  readonly configurations?: readonly string[];
  readonly generators?: readonly string[];
  readonly transformers?: readonly string[];
  readonly validators?: readonly string[];
  readonly buildMetadata?: readonly string[];
}

export interface LabelEntry {
  readonly pairs?: Texts;
  readonly includeSelectors?: boolean;
  readonly includeTemplates?: boolean;
  readonly fields?: readonly object[];
}

export interface PatchEntry {
  readonly path?: string;
  readonly patch?: string;
  readonly target?: Selector;
  readonly options?: { readonly allowNameChange?: boolean; readonly allowKindChange?: boolean };
}

export interface SortOptions {
  readonly order?: string;
  readonly legacySortOptions?: {
    readonly orderFirst?: readonly string[];
    readonly orderLast?: readonly string[];
  };
}

const goTypes: Readonly<Record<string, string>> = { any: 'interface {}' };

const goType = (shape: Shape): string =>
  typeof shape === 'string'
    ? (goTypes[shape] ?? shape)
    : 'list' in shape
      ? `[]${goType(shape.list)}`
      : 'map' in shape
        ? `map[string]${goType(shape.map)}`
        : `types.${shape.struct}`;

const jsonKind = (value: unknown): string =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;

/** Reads a value as its shape says, names of fields in any case. Throws what Go's decoder says. */
function decoded(value: unknown, shape: Shape, within = '', path = ''): unknown {
  if (value === null || value === undefined) return undefined;
  const bad = (): never => {
    const number = typeof value === 'number' && shape === 'int64' ? ` ${value}` : '';
    throw new Error(
      within === ''
        ? `json: cannot unmarshal ${jsonKind(value)}${number} into Go value of type ${goType(shape)}`
        : `json: cannot unmarshal ${jsonKind(value)}${number} into Go struct field ${within}.${path} of type ${goType(shape)}`,
    );
  };
  if (shape === 'any') return value;
  if (typeof shape === 'string') {
    const isInt = shape.startsWith('int');
    const fits = isInt ? Number.isInteger(value) : jsonKind(value) === shape;
    return fits ? value : bad();
  }
  if ('list' in shape)
    return Array.isArray(value)
      ? value.map((item) => decoded(item, shape.list, within, path) ?? empty(shape.list))
      : bad();
  if (typeof value !== 'object' || Array.isArray(value)) return bad();
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if ('map' in shape)
    return Object.fromEntries(
      entries.map(([key, item]) => [
        key,
        decoded(item, shape.map, within, path) ?? empty(shape.map),
      ]),
    );
  const names = Object.keys(shape.fields);
  return Object.fromEntries(
    entries.flatMap(([key, item]) => {
      const name =
        names.find((each) => each === key) ??
        names.find((each) => each.toLowerCase() === key.toLowerCase());
      if (!name) throw new Error(`json: unknown field ${JSON.stringify(key)}`);
      const inner = decoded(
        item,
        shape.fields[name]!,
        shape.struct,
        path ? `${path}.${name}` : name,
      );
      return inner === undefined ? [] : [[name, inner]];
    }),
  );
}

const empty = (shape: Shape): unknown =>
  shape === 'string' ? '' : typeof shape === 'object' && 'struct' in shape ? {} : undefined;

const editFix = "Run 'kustomize edit fix' to update your Kustomization automatically.";
const deprecated: readonly (readonly [field: string, instead: string, more?: string])[] = [
  ['bases', 'resources'],
  ['commonLabels', 'labels'],
  ['imageTags', 'images'],
  ['patchesJson6902', 'patches'],
  ['patchesStrategicMerge', 'patches'],
  ['vars', 'replacements', '[EXPERIMENTAL] '],
];

type Given = Record<string, unknown>;

/** Reads a kustomization file; warns of fields that have successors. */
export function readKustomization(
  text: string,
  root: string,
  warn: (line: string) => void,
): Kustomization {
  let given: Given;
  try {
    given = (decoded(parseYaml(text).value, kustomization) ?? {}) as Given;
  } catch (cause) {
    const why = (cause as Error).message.replace('error converting YAML to JSON: ', '');
    throw new Error(`invalid Kustomization: ${why}`, { cause });
  }
  for (const [field, instead, more = ''] of deprecated)
    if (given[field] !== undefined)
      warn(
        `# Warning: '${field}' is deprecated. Please use '${instead}' instead. ${more}${editFix}\n`,
      );
  const read = modernised(given);
  const filled = Object.entries(read).filter(([name, value]) => {
    if (name === 'apiVersion' || name === 'kind' || value === '') return false;
    return !Array.isArray(value) || value.length > 0 || given[name] !== undefined;
  });
  if (filled.length === 0) throw new Error('kustomization.yaml is empty');
  const wrong = wrongFields(read);
  if (wrong.length > 0)
    throw new Error(`Failed to read kustomization file under ${root}:\n${wrong.join('\n')}`);
  return read;
}

const component = 'Component';

function modernised(given: Given): Kustomization {
  const { bases, imageTags, helmChartInflationGenerator, ...rest } = given;
  const joined = (...lists: readonly unknown[]): readonly unknown[] =>
    lists.flatMap((each) => (each ?? []) as readonly unknown[]);
  const kind = (given['kind'] as string) || 'Kustomization';
  const withEnvs = (args: unknown): unknown =>
    (args as readonly { env?: string; envs?: readonly string[] }[] | undefined)?.map(
      ({ env, ...more }) => ({ ...more, ...(env && { envs: [...(more.envs ?? []), env] }) }),
    );
  return {
    ...rest,
    kind,
    apiVersion:
      (given['apiVersion'] as string) ||
      `kustomize.config.k8s.io/${kind === component ? 'v1alpha1' : 'v1beta1'}`,
    resources: joined(given['resources'], bases),
    images: joined(given['images'], imageTags),
    helmCharts: joined(
      given['helmCharts'],
      (helmChartInflationGenerator as readonly { chartName?: string }[] | undefined)?.map(
        ({ chartName }) => ({ name: chartName }),
      ),
    ),
    ...(given['configMapGenerator'] !== undefined && {
      configMapGenerator: withEnvs(given['configMapGenerator']),
    }),
    ...(given['secretGenerator'] !== undefined && {
      secretGenerator: withEnvs(given['secretGenerator']),
    }),
  } as Kustomization;
}

function wrongFields({ kind, apiVersion }: Kustomization): readonly string[] {
  const required = `kustomize.config.k8s.io/${kind === component ? 'v1alpha1' : 'v1beta1'}`;
  return [
    ...(kind === 'Kustomization' || kind === component
      ? []
      : ['kind should be Kustomization or Component']),
    ...(apiVersion === required ? [] : [`apiVersion for ${kind} should be ${required}`]),
  ];
}
