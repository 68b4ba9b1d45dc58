import { encodeYaml } from '@coxswain/api';
import { kustomizeVersion } from '../command/versions.ts';
import { addHashes } from './generators.ts';
import {
  currentId,
  annotationsOf,
  objectOf,
  originAnnotation,
  removeAnnotation,
  removeBuildAnnotations,
  type Resource,
  transformationsAnnotation,
} from './resource.ts';
import { gvkSortText, gvkText, type Id, isSameGvk, orderFirst, orderLast, rankOf } from './ids.ts';
import type { SortOptions } from './kustomization.ts';
import { openLoader } from './loader.ts';
import { fixNameReferences } from './name-references.ts';
import { appendAll, type ResMap } from './res-map.ts';
import { wrongMetadata } from './resources.ts';
import { accumulate, type Build, nothingYet, openSchemas, openTarget } from './target.ts';
import { addTexts } from './transformers.ts';
import { resolveVars } from './vars.ts';

/** How a kustomization is built. */
export interface BuildOptions {
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Files outside the folder of their kustomization may be read. */
  readonly isFree?: boolean;
  readonly managedByLabel?: boolean;
  /** Objects in kustomize's old order unless the kustomization says otherwise; else as they were read. */
  readonly isSorted?: boolean;
  readonly warn: (line: string) => void;
  readonly log: (words: string) => void;
}

/** Builds the kustomization of a folder or a repository; gives its objects as YAML documents. */
export async function buildKustomization(path: string, options: BuildOptions): Promise<string> {
  const { cwd, signal, warn, log, isSorted = true } = options;
  const build: Build = { warn, schemas: undefined };
  const loader = await openLoader(path, { cwd, signal, isRestricted: !options.isFree });
  try {
    const target = await openTarget(build, loader);
    await openSchemas(target);
    const all = await accumulate(target, nothingYet());
    const { map } = all;
    addHashes(map);
    fixNameReferences(map, all.specs.nameReference);
    resolveVars(map, all.vars, all.specs.varReference, log);
    dropLocal(map);
    const { sortOptions, buildMetadata = [] } = target.own;
    if (sortOptions) sort(map, sortOptions);
    else if (isSorted) sort(map, { order: 'legacy' });
    if (options.managedByLabel || buildMetadata.includes('managedByLabel')) addManagedBy(map);
    for (const each of map.list) {
      removeBuildAnnotations(each);
      if (!buildMetadata.includes('originAnnotations')) removeAnnotation(each, originAnnotation);
      if (!buildMetadata.includes('transformerAnnotations'))
        removeAnnotation(each, transformationsAnnotation);
    }
    return map.list.map((each) => encodeYaml(objectOf(each))).join('---\n');
  } finally {
    loader.close();
  }
}

/** Objects that are only there for the build. */
function dropLocal(map: ResMap): void {
  map.list = map.list.filter((each) => {
    const wrong = wrongMetadata(each);
    if (wrong) throw new Error(wrong);
    const local = annotationsOf(each)['config.kubernetes.io/local-config'];
    return local === undefined || local === 'false';
  });
}

const addManagedBy = (map: ResMap): void => {
  const labels = { group: '', version: '', kind: '', path: 'metadata/labels', create: true };
  addTexts({ 'app.kubernetes.io/managed-by': `kustomize-${kustomizeVersion}` }, [labels])(map);
};

function sort(map: ResMap, { order = '', legacySortOptions }: SortOptions): void {
  if (order !== 'fifo' && order !== 'legacy')
    throw new Error("the field 'sortOptions.order' must be one of [fifo, legacy]");
  if (order === 'fifo') {
    if (legacySortOptions)
      throw new Error(
        `the field 'sortOptions.legacySortOptions' is set but the selected sort order is '${order}', not 'legacy'`,
      );
    return;
  }
  const { orderFirst: first = [], orderLast: last = [] } = legacySortOptions ?? {
    ...{ orderFirst, orderLast },
  };
  const rank = rankOf(first, last);
  const compare = (a: Id, b: Id): number => {
    if (isSameGvk(a, b)) return textOrder(idSortText(a), idSortText(b));
    const ranks = rank(a.kind) - rank(b.kind);
    if (ranks !== 0) return ranks;
    const texts = textOrder(gvkSortText(a), gvkSortText(b));
    const isReversed = a.kind === 'Namespace' && b.kind === 'Namespace' && (!a.group || !b.group);
    return isReversed ? -texts : texts;
  };
  const sorted: Resource[] = map.list.toSorted((a, b) => compare(currentId(a), currentId(b)));
  map.list = [];
  appendAll(map, sorted);
}

const textOrder = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const idSortText = (id: Id): string => `${gvkText(id)}|${id.namespace || '~X'}|${id.name || '~N'}`;
