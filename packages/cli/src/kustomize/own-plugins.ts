import { type FieldSpecs, mergeLists, mergeOne, specsOf } from './field-specs.ts';
import { type GeneratorArgs, mergedOptions } from './generators.ts';
import type { Kustomization } from './kustomization.ts';
import { type Around, type Config, configured, type Ready } from './plugins.ts';

/** A plugin with what made it. */
export interface Plugin {
  readonly ready: Ready;
  readonly kind: string;
}

type Configs = readonly (readonly [kind: string, config: Config])[];

const each = <T>(kind: string, given: readonly T[] | undefined, of: (item: T) => Config): Configs =>
  (given ?? []).map((item) => [kind, of(item)]);

const generatorConfigs = (own: Kustomization): Configs => {
  const args = (item: GeneratorArgs): Config => {
    const options = mergedOptions(item.options, own.generatorOptions);
    return { ...item, ...(options && { options }) };
  };
  return [
    ...each('ConfigMapGenerator', own.configMapGenerator, args),
    ...each('SecretGenerator', own.secretGenerator, args),
    ...each('HelmChartInflationGenerator', own.helmCharts, (chart) => ({
      ...own.helmGlobals,
      ...(own.namespace && { namespace: own.namespace }),
      ...chart,
    })),
  ];
};

const metadataLabels = {
  ...{ group: '', version: '', kind: '', path: 'metadata/labels', create: true },
};

function labelConfigs({ labels = [], commonLabels }: Kustomization, specs: FieldSpecs): Configs {
  if (labels.length === 0 && Object.keys(commonLabels ?? {}).length === 0) return [];
  const configs = labels.map(({ pairs, includeSelectors, includeTemplates, fields }): Config => {
    let fieldSpecs = specsOf(fields);
    const merge = (words: string, next: () => typeof fieldSpecs): void => {
      try {
        fieldSpecs = next();
      } catch (cause) {
        throw new Error(`${words}: ${(cause as Error).message}`, { cause });
      }
    };
    const words = 'failed to merge labels';
    merge(words, () => mergeLists(fieldSpecs, specs.labels));
    if (includeSelectors) merge(words, () => mergeLists(fieldSpecs, specs.commonLabels));
    else {
      if (includeTemplates)
        merge('failed to merge template fieldSpec', () =>
          mergeLists(fieldSpecs, specs.templateLabels),
        );
      merge(words, () => mergeOne(fieldSpecs, metadataLabels));
    }
    return { labels: pairs, fieldSpecs };
  });
  return [...configs, { labels: commonLabels, fieldSpecs: specs.commonLabels }].map((config) => [
    'LabelTransformer',
    config,
  ]);
}

function transformerConfigs(own: Kustomization, specs: FieldSpecs): Configs {
  const one = (kind: string, given: unknown, config: Config): Configs =>
    (Array.isArray(given) ? given.length > 0 : Boolean(given)) ? [[kind, config]] : [];
  const annotations = Object.keys(own.commonAnnotations ?? {});
  return [
    ...one('PatchStrategicMergeTransformer', own.patchesStrategicMerge, {
      paths: own.patchesStrategicMerge,
    }),
    ...each('PatchTransformer', own.patches, (item) => ({ ...item })),
    ...one('NamespaceTransformer', own.namespace, {
      metadata: { namespace: own.namespace },
      fieldSpecs: specs.namespace,
    }),
    ...one('PrefixTransformer', own.namePrefix, {
      prefix: own.namePrefix,
      fieldSpecs: specs.namePrefix,
    }),
    ...one('SuffixTransformer', own.nameSuffix, {
      suffix: own.nameSuffix,
      fieldSpecs: specs.nameSuffix,
    }),
    ...labelConfigs(own, specs),
    ...one('AnnotationsTransformer', annotations, {
      annotations: own.commonAnnotations,
      fieldSpecs: specs.commonAnnotations,
    }),
    ...each('PatchJson6902Transformer', own.patchesJson6902, ({ target, path, patch: jsonOp }) => ({
      ...{ target, path, jsonOp },
    })),
    ...each('ReplicaCountTransformer', own.replicas, (replica) => ({
      replica: { ...replica, name: replica.name ?? '', count: replica.count ?? 0 },
      fieldSpecs: specs.replicas,
    })),
    ...each('ImageTagTransformer', own.images, (imageTag) => ({
      imageTag,
      fieldSpecs: specs.images,
    })),
    ...one('ReplacementTransformer', own.replacements, { replacements: own.replacements }),
  ];
}

async function allOf(configs: Configs, around: Around): Promise<readonly Plugin[]> {
  const plugins: Plugin[] = [];
  for (const [kind, config] of configs)
    plugins.push({ kind, ready: await configured(kind, config, around) });
  return plugins;
}

export const ownGenerators = (own: Kustomization, around: Around): Promise<readonly Plugin[]> =>
  allOf(generatorConfigs(own), around);

export const ownTransformers = (
  own: Kustomization,
  specs: FieldSpecs,
  around: Around,
): Promise<readonly Plugin[]> => allOf(transformerConfigs(own, specs), around);
