import { defaultFieldSpecs } from './default-field-specs.ts';
import { compareGvks, groupVersion, type Gvk, idText, isSameGvk, selects } from './ids.ts';
import { type Creation, eachAt, fieldOf, pathParts, WrongKind } from './fields.ts';
import type { Node } from './node.ts';

/** A field of the objects of a kind. */
export interface FieldSpec extends Gvk {
  readonly path: string;
  /** The field is made where it is missing. */
  readonly create: boolean;
}

/** Fields that hold the names of objects of a kind. */
export interface NameReference extends Gvk {
  readonly fieldSpecs: readonly FieldSpec[];
}

type ListName =
  | ('namePrefix' | 'nameSuffix' | 'namespace' | 'commonLabels' | 'labels' | 'templateLabels')
  | ('commonAnnotations' | 'varReference' | 'images' | 'replicas');
type Lists = Readonly<Record<ListName, readonly FieldSpec[]>>;

/** Where each transformer finds its fields. */
export interface FieldSpecs extends Lists {
  readonly nameReference: readonly NameReference[];
}

const listNames = Object.keys(defaultFieldSpecs).filter(
  (name) => name !== 'nameReference',
) as (keyof Lists)[];

export const noFieldSpecs: FieldSpecs = {
  ...(Object.fromEntries(listNames.map((name) => [name, []])) as unknown as Lists),
  nameReference: [],
};

/** Puts a field to others; the same with another `create` is a conflict. */
export function mergeOne(list: readonly FieldSpec[], spec: FieldSpec): readonly FieldSpec[] {
  const present = list.find((each) => selects(spec, each) && each.path === spec.path);
  if (!present) return [...list, spec];
  if (present.create !== spec.create) throw new Error('conflicting fieldspecs');
  return list;
}

export const mergeLists = (
  list: readonly FieldSpec[],
  more: readonly FieldSpec[],
): readonly FieldSpec[] => more.reduce(mergeOne, list);

function mergeReferences(
  list: readonly NameReference[],
  more: readonly NameReference[],
): readonly NameReference[] {
  return more.reduce((all, each) => {
    const isThere = all.some((own) => isSameGvk(own, each));
    return isThere
      ? all.map((own) =>
          isSameGvk(own, each)
            ? { ...own, fieldSpecs: mergeLists(own.fieldSpecs, each.fieldSpecs) }
            : own,
        )
      : [...all, each];
  }, list);
}

const goName = (name: string): string =>
  name === 'namespace' ? 'NameSpace' : name[0]!.toUpperCase() + name.slice(1);

export function mergeFieldSpecs(own: FieldSpecs, more: FieldSpecs): FieldSpecs {
  const named = <T>(name: string, merge: () => T): T => {
    try {
      return merge();
    } catch (cause) {
      throw new Error(`failed to merge ${goName(name)} fieldSpec: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
  return sorted({
    ...(Object.fromEntries(
      listNames.map((name) => [name, named(name, () => mergeLists(own[name], more[name]))]),
    ) as unknown as Lists),
    nameReference: named('nameReference', () =>
      mergeReferences(own.nameReference, more.nameReference),
    ),
  });
}

const sorted = (specs: FieldSpecs): FieldSpecs => ({
  ...(Object.fromEntries(
    listNames.map((name) => [name, specs[name].toSorted(compareGvks)]),
  ) as unknown as Lists),
  nameReference: specs.nameReference.toSorted(compareGvks),
});

let defaults: FieldSpecs | undefined;
export const builtinFieldSpecs = (): FieldSpecs => (defaults ??= sorted(defaultFieldSpecs));

type Given = Readonly<Record<string, unknown>>;

const specOf = (given: Given): FieldSpec => ({
  group: String(given['group'] ?? ''),
  version: String(given['version'] ?? ''),
  kind: String(given['kind'] ?? ''),
  path: String(given['path'] ?? ''),
  create: given['create'] === true,
});

/** The field specs of a transformer's own configuration. */
export const specsOf = (given: unknown): readonly FieldSpec[] =>
  ((given ?? []) as readonly Given[]).map(specOf);

/** What a file of `configurations` says. Throws for fields that are none. */
export function readFieldSpecs(value: unknown): FieldSpecs {
  const given = (value ?? {}) as Readonly<Record<string, readonly Given[]>>;
  for (const name of Object.keys(given).toSorted())
    if (name !== 'nameReference' && !listNames.includes(name as never))
      throw new Error(
        `error unmarshaling JSON: while decoding JSON: json: unknown field ${JSON.stringify(name)}`,
      );
  return sorted({
    ...(Object.fromEntries(
      listNames.map((name) => [name, specsOf(given[name])]),
    ) as unknown as Lists),
    nameReference: (given['nameReference'] ?? []).map((each) => ({
      ...specOf(each),
      fieldSpecs: specsOf(each['fieldSpecs']),
    })),
  });
}

/** Calls `set` with each field that the spec means in an object of its kind. */
export function eachField(
  node: Node,
  spec: FieldSpec,
  creation: Creation | undefined,
  set: (node: Node) => void,
): void {
  const id = {
    ...groupVersion(fieldOf(node, 'apiVersion')?.value ?? ''),
    kind: fieldOf(node, 'kind')?.value ?? '',
  };
  if (!selects(spec, id)) return;
  try {
    eachAt(node, pathParts(spec.path, '/'), spec.create ? creation : undefined, set);
  } catch (cause) {
    const metadata = fieldOf(node, 'metadata');
    const words = `considering field '${spec.path}' of object ${idText({
      ...id,
      name: fieldOf(metadata, 'name')?.value ?? '',
      namespace: fieldOf(metadata, 'namespace')?.value ?? '',
    })}: ${(cause as Error).message}`;
    if (!(cause instanceof WrongKind)) throw new Error(words, { cause });
    cause.message = words;
    throw cause;
  }
}
