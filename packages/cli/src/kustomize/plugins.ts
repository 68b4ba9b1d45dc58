import { encodeYaml, parseYaml } from '@coxswain/api';
import { specsOf } from './field-specs.ts';
import { addHashes, cloudServiceAccount, generated, type GeneratorArgs } from './generators.ts';
import { gvkText, idText } from './ids.ts';
import type { PatchEntry } from './kustomization.ts';
import type { Loader } from './loader.ts';
import {
  jsonOperations,
  jsonTransformer,
  patchTransformer,
  strategicTransformer,
} from './patches.ts';
import { replacementTransformer, type Replacement } from './replacements.ts';
import { type Selector, selected } from './res-map.ts';
import {
  annotate,
  gvk,
  kindOf,
  noted,
  objectOf,
  originalId,
  type Resource,
  type Texts,
} from './resource.ts';
import { readFile, readResources } from './resources.ts';
import type { Schemas } from './schema.ts';
import {
  addTexts,
  addValue,
  affix,
  imageTransformer,
  namespaceTransformer,
  replicaTransformer,
  setNamespaces,
  type Transformer,
} from './transformers.ts';

/** What plugins read and know. */
export interface Around {
  readonly loader: Loader;
  readonly schemas: Schemas;
}

/** A plugin that stands ready. */
export type Ready =
  | { readonly transform: Transformer }
  | { readonly generate: () => Promise<Resource> };

/** What a plugin is given. */
export type Config = Readonly<Record<string, any>>;
type Configure = (config: Config, around: Around) => Promise<Ready> | Ready;

const transforms = (transform: Transformer): Ready => ({ transform });

const generator =
  (kind: 'ConfigMap' | 'Secret'): Configure =>
  (config, { loader }) => ({
    generate: () => {
      const args = { ...(config['metadata'] as object), ...config } as GeneratorArgs;
      return generated(kind, args, loader.load);
    },
  });

const needsSpecs = (config: Config): ReturnType<typeof specsOf> => {
  if (!config['fieldSpecs']) throw new Error('fieldSpecs is not expected to be nil');
  return specsOf(config['fieldSpecs']);
};

const subjectModes = ['defaultOnly', 'none', 'allServiceAccounts'];

/** The plugins that kustomize brings along, by kind. */
const builtins: Readonly<Record<string, Configure>> = {
  ConfigMapGenerator: generator('ConfigMap'),
  SecretGenerator: generator('Secret'),
  IAMPolicyGenerator: (config) => ({
    generate: () => Promise.resolve(cloudServiceAccount(config)),
  }),
  HelmChartInflationGenerator: () => {
    throw new Error('must specify --enable-helm');
  },
  AnnotationsTransformer: (config) =>
    transforms(addTexts((config['annotations'] ?? {}) as Texts, specsOf(config['fieldSpecs']))),
  LabelTransformer: (config) =>
    transforms(addTexts((config['labels'] ?? {}) as Texts, specsOf(config['fieldSpecs']))),
  HashTransformer: () => transforms(addHashes),
  ImageTagTransformer: (config) =>
    transforms(imageTransformer(config['imageTag'] ?? {}, specsOf(config['fieldSpecs']))),
  NamespaceTransformer: (config) => {
    const { setRoleBindingSubjects: mode = '' } = config as { setRoleBindingSubjects?: string };
    if (mode && !subjectModes.includes(mode))
      throw new Error(
        `invalid value ${JSON.stringify(mode)} for setRoleBindingSubjects: must be one of "defaultOnly", "none" or "allServiceAccounts"`,
      );
    const { namespace = '' } = (config['metadata'] ?? {}) as { namespace?: string };
    return transforms(namespaceTransformer(namespace, specsOf(config['fieldSpecs']), config));
  },
  PrefixTransformer: (config) =>
    transforms(affix('prefix', config['prefix'] ?? '', needsSpecs(config))),
  SuffixTransformer: (config) =>
    transforms(affix('suffix', config['suffix'] ?? '', needsSpecs(config))),
  PrefixSuffixTransformer: (config) =>
    transforms((map) => {
      affix('prefix', config['prefix'] ?? '', needsSpecs(config))(map);
      affix('suffix', config['suffix'] ?? '', needsSpecs(config))(map);
    }),
  ReplicaCountTransformer: (config) =>
    transforms(replicaTransformer(config['replica'], specsOf(config['fieldSpecs']))),
  PatchJson6902Transformer: jsonPatch,
  PatchStrategicMergeTransformer: strategicPatch,
  PatchTransformer: patch,
  ReplacementTransformer: replacements,
  ValueAddTransformer: valueAdd,
};

async function jsonPatch(config: Config, { loader }: Around): Promise<Ready> {
  const { target, path = '' } = config as { target?: Selector; path?: string };
  let text = (config['jsonOp'] as string | undefined) ?? '';
  if (!target?.name) throw new Error('must specify the target name');
  if (!path && !text) throw new Error('empty file path and empty jsonOp');
  if (path) {
    if (text) throw new Error('must specify a file path or jsonOp, not both');
    text = String(await loader.load(path));
    if (!text) throw new Error(`patch file '${path}' empty seems to be empty`);
  }
  const operations = jsonOperations(text);
  if (operations.length === 0)
    throw new Error(`patch appears to be empty; file=${path}, JsonOp=${text}`);
  return transforms(jsonTransformer(operations, target, false));
}

async function strategicPatch(config: Config, { loader, schemas }: Around): Promise<Ready> {
  const { paths = [], patches = '' } = config as { paths?: readonly string[]; patches?: string };
  if (paths.length === 0 && !patches) throw new Error('empty file path and empty patch content');
  const loaded: Resource[] = [];
  for (const path of paths)
    try {
      loaded.push(...readResources(path));
    } catch {
      loaded.push(...(await readFile(loader, path)));
    }
  if (patches) loaded.push(...readResources(patches));
  if (loaded.length === 0)
    throw new Error(`patch appears to be empty; files=[${paths.join(' ')}], Patch=${patches}`);
  return transforms(strategicTransformer(loaded, schemas));
}

async function patch(config: Config, { loader, schemas }: Around): Promise<Ready> {
  const { path = '', target, options } = config as PatchEntry;
  let text = ((config['patch'] as string | undefined) ?? '').trim();
  const source = text ? `[patch: ${JSON.stringify(text)}]` : `[path: ${JSON.stringify(path)}]`;
  if (!text && !path)
    throw new Error(`must specify one of patch and path in\n${configText(config)}`);
  if (text && path)
    throw new Error(`patch and path can't be set at the same time\n${configText(config)}`);
  if (path)
    try {
      text = String(await loader.load(path));
    } catch (cause) {
      throw new Error(
        `failed to get the patch file from path(${path}): ${(cause as Error).message}`,
        { cause },
      );
    }
  const attempt = <T>(read: () => readonly T[]): readonly T[] | undefined => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const merges = attempt(() => readResources(text));
  const operations = attempt(() => jsonOperations(text));
  if (merges?.length && operations?.length)
    throw new Error(`illegally qualifies as both an SM and JSON patch: ${source}`);
  if (!merges && !operations) throw new Error(`unable to parse SM or JSON patch from ${source}`);
  for (const each of merges ?? []) {
    if (options?.allowNameChange) annotate(each, noted.allowNameChange, 'enabled');
    if (options?.allowKindChange) annotate(each, noted.allowKindChange, 'enabled');
  }
  const read = merges?.length ? { merges } : !merges && operations ? { operations } : {};
  return transforms(patchTransformer({ ...read, target, source }, schemas));
}

async function replacements(config: Config, { loader }: Around): Promise<Ready> {
  const all: Replacement[] = [];
  for (const each of (config['replacements'] ?? []) as readonly (Replacement & {
    path?: string;
  })[]) {
    const { path, ...own } = each;
    if (!path) {
      all.push(own);
      continue;
    }
    if (own.source || own.targets?.length)
      throw new Error('cannot specify both path and inline replacement');
    const { value } = parseYaml(String(await loader.load(path)));
    if (Array.isArray(value)) all.push(...(value as Replacement[]));
    else if (typeof value === 'object' && value !== null) all.push(value as Replacement);
    else
      throw new Error(
        `unsupported replacement type encountered within replacement path: ${value === null ? 'invalid' : typeof value}`,
      );
  }
  return transforms(replacementTransformer(all));
}

interface ValueTarget {
  readonly selector?: Selector;
  readonly fieldPath?: string;
  readonly filePathPosition?: number;
}

async function valueAdd(config: Config, { loader }: Around): Promise<Ready> {
  const {
    value: given = '',
    targetFilePath,
    targets: own = [],
  } = config as {
    value?: string;
    targetFilePath?: string;
    targets?: readonly ValueTarget[];
  };
  const value = given.trim() || loader.root.split('/').at(-1)!;
  const file = targetFilePath
    ? ((parseYaml(String(await loader.load(targetFilePath))).value ?? {}) as typeof config)
    : {};
  const targets = [...own, ...((file['targets'] ?? []) as readonly ValueTarget[])];
  if (targets.length === 0) throw new Error('must specify at least one target');
  for (const { fieldPath, filePathPosition = 0 } of targets) {
    if (!fieldPath) throw new Error('fieldPath cannot be empty');
    if (filePathPosition < 0)
      throw new Error(`value of FilePathPosition (${filePathPosition}) cannot be negative`);
  }
  return transforms((map) => {
    for (const { selector, fieldPath = '', filePathPosition = 0 } of targets)
      for (const { node } of selector ? selected(map, selector) : map.list)
        if (fieldPath === 'metadata/namespace') setNamespaces(node, value, []);
        else addValue(node, value, fieldPath, filePathPosition);
  });
}

/** What Go would write of a configuration: empty fields left out. */
function configText(config: Config): string {
  const kept = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.length > 0 ? value.map(kept) : undefined;
    if (typeof value !== 'object' || value === null)
      return value === '' || value === false || value === 0 ? undefined : value;
    const fields = Object.entries(value).map(([key, each]) => [key, kept(each)]);
    return fields.length > 0
      ? Object.fromEntries(fields.filter(([, each]) => each !== undefined))
      : undefined;
  };
  return encodeYaml(kept(config) ?? {});
}

/** The plugin of a kind; what is wrong says how it was configured. */
export async function configured(kind: string, config: Config, around: Around): Promise<Ready> {
  try {
    return await builtins[kind]!(config, around);
  } catch (cause) {
    throw new Error(
      `trouble configuring builtin ${kind} with config: \`\n${configText(config)}\`: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** The plugin that an object of `generators`, `transformers` or `validators` describes. */
export async function external(resource: Resource, around: Around): Promise<Ready> {
  const { group, version } = gvk(resource);
  const kind = kindOf(resource);
  if (group !== '' || version !== 'builtin')
    throw new Error(`external plugins disabled; unable to load external plugin '${kind}'`);
  const configure = builtins[kind];
  if (!configure) throw new Error(`unable to load builtin ${gvkText(gvk(resource))}`);
  try {
    return await configure(objectOf(resource) as Config, around);
  } catch (cause) {
    throw new Error(
      `plugin ${idText(originalId(resource))} fails configuration: ${(cause as Error).message}`,
      { cause },
    );
  }
}
