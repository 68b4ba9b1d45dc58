import { applyJsonPatch, parseYaml } from '@coxswain/api';
import { idText } from './ids.ts';
import { mergePatch } from './merge.ts';
import { assign, copied, nodeOf, valueOf } from './node.ts';
import { append, byId, type ResMap, selected, type Selector } from './res-map.ts';
import { apiVersionOf } from './ids.ts';
import {
  annotationsOf,
  copyOf,
  gvk,
  internalAnnotations,
  isGone,
  isOn,
  kindOf,
  nameOf,
  namespaceOf,
  noted,
  originalId,
  remove,
  type Resource,
  setAnnotations,
  setApiVersion,
  setKind,
  setName,
  setNamespace,
  takeMetadata,
} from './resource.ts';
import type { Schemas } from './schema.ts';
import { storeId, type Transformer } from './transformers.ts';

/** Merges a patch into one object, whose name, kind and namespace stay unless the patch may change them. */
export function mergeInto(target: Resource, patch: Resource, schemas: Schemas): void {
  const [name, namespace, kind] = [nameOf(target), namespaceOf(target), kindOf(target)];
  const [renames, changesKind] = [
    isOn(patch, noted.allowNameChange),
    isOn(patch, noted.allowKindChange),
  ];
  if (renames || changesKind) storeId(target);
  const result = mergePatch(target.node, copied(patch.node), schemas);
  if (!result) return remove(target);
  target.node = result;
  if (isGone(target)) return;
  if (!changesKind) setKind(target, kind);
  if (!renames) setName(target, name);
  setNamespace(target, namespace);
}

/** Merges a patch into each of some objects; those it deletes are left out. */
function mergeIntoAll(
  map: ResMap,
  targets: readonly Resource[],
  patch: Resource,
  schemas: Schemas,
): void {
  const before = map.list;
  for (const target of targets) {
    const own = copyOf(patch);
    takeMetadata(own, patch);
    setKind(own, kindOf(patch));
    setApiVersion(own, apiVersionOf(gvk(target)));
    mergeInto(target, own, schemas);
  }
  map.list = [];
  for (const each of before) if (!isGone(each)) append(map, each);
}

/** `patchesStrategicMerge`. */
export const strategicTransformer =
  (patches: readonly Resource[], schemas: Schemas): Transformer =>
  (map) => {
    for (const patch of patches) mergeIntoAll(map, [byId(map, originalId(patch))], patch, schemas);
  };

/** Applies a JSON patch to the objects that a selector means. */
export const jsonTransformer =
  (operations: unknown, target: Selector, remembers: boolean): Transformer =>
  (map) => {
    for (const resource of selected(map, target)) {
      if (remembers) storeId(resource);
      const internal = internalAnnotations(resource);
      let result: unknown;
      try {
        result = applyJsonPatch(valueOf(resource.node) as Record<string, unknown>, operations);
      } catch (cause) {
        const why = (cause as Error).cause as Error | undefined;
        throw new Error((why ?? (cause as Error)).message, { cause });
      }
      assign(resource.node, nodeOf(result));
      setAnnotations(resource, { ...annotationsOf(resource), ...internal });
    }
  };

/** The operations of a JSON patch, from JSON or YAML. Throws what Go's decoder says. */
export function jsonOperations(text: string): readonly unknown[] {
  if (text === '') throw new Error('empty json patch operations');
  const value = text.startsWith('[') ? (JSON.parse(text) as unknown) : parseYaml(text).value;
  if (value === null) return [];
  const kind = (of: unknown): string =>
    typeof of === 'object' ? (Array.isArray(of) ? 'array' : 'object') : typeof of;
  if (!Array.isArray(value))
    throw new Error(`json: cannot unmarshal ${kind(value)} into Go value of type jsonpatch.Patch`);
  const wrong = value.find((each) => kind(each) !== 'object') as unknown;
  if (wrong !== undefined && wrong !== null)
    throw new Error(
      `json: cannot unmarshal ${kind(wrong)} into Go value of type jsonpatch.Operation`,
    );
  return value as readonly unknown[];
}

/** One entry of `patches`, read. */
export interface Patch {
  readonly merges?: readonly Resource[];
  readonly operations?: readonly unknown[];
  readonly target: Selector | undefined;
  /** How messages call it. */
  readonly source: string;
}

/** `patches`. */
export const patchTransformer =
  ({ merges, operations, target, source }: Patch, schemas: Schemas): Transformer =>
  (map) => {
    if (merges) {
      if (target) {
        if (merges.length > 1)
          throw new Error(
            `Multiple Strategic-Merge Patches in one \`patches\` entry is not allowed to set \`patches.target\` field: ${source}`,
          );
        return mergeIntoAll(map, selectedBy(map, target), merges[0]!, schemas);
      }
      for (const patch of merges) mergeInto(targetOf(map, patch), patch, schemas);
      return;
    }
    if (!operations) return;
    if (!target) throw new Error(`must specify a target for JSON patch ${source}`);
    jsonTransformer(operations, target, true)(map);
  };

function selectedBy(map: ResMap, target: Selector): readonly Resource[] {
  try {
    return selected(map, target);
  } catch (cause) {
    const id = idText(target);
    const text = `${id}:a=${target.annotationSelector ?? ''}:l=${target.labelSelector ?? ''}`;
    throw new Error(
      `unable to find patch target ${JSON.stringify(text)} in \`resources\`: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function targetOf(map: ResMap, patch: Resource): Resource {
  const id = originalId(patch);
  try {
    return byId(map, id);
  } catch (cause) {
    throw new Error(
      `no resource matches strategic merge patch ${JSON.stringify(idText(id))}: ${(cause as Error).message}`,
      { cause },
    );
  }
}
