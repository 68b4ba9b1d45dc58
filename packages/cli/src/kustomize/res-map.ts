import { parseSelector } from '@coxswain/api';
import { goJson } from '../printers/go-json.ts';
import { type Id, effectiveNamespace, idSyntax, idText, isSame, type Gvk } from './ids.ts';
import {
  textsNode,
  annotationsOf,
  currentId,
  dataOf,
  gvk,
  isGone,
  labelsOf,
  noted,
  objectOf,
  originalId,
  previousIds,
  type Resource,
  takeMetadata,
  originAnnotation,
  setAnnotations,
} from './resource.ts';
import { setField, clearField } from './fields.ts';

/** The objects of a build in their order, each id once. */
export interface ResMap {
  list: Resource[];
}

export function append(map: ResMap, resource: Resource): void {
  const id = currentId(resource);
  if (map.list.some((each) => isSame(id, currentId(each))))
    throw new Error(`may not add resource with an already registered id: ${idText(id)}`);
  map.list.push(resource);
}

export function appendAll(map: ResMap, resources: readonly Resource[]): void {
  for (const resource of resources) append(map, resource);
}

/** A map of these objects. Throws for ids that stand there twice. */
export function mapOf(resources: readonly Resource[]): ResMap {
  const map: ResMap = { list: [] };
  appendAll(map, resources);
  return map;
}

export const withAnyId = (map: ResMap, fits: (id: Id) => boolean): readonly Resource[] =>
  map.list.filter((each) => !isGone(each) && [...previousIds(each), currentId(each)].some(fits));

/** The one object that has or had this id. */
export function byId(map: ResMap, id: Id): Resource {
  const found = withAnyId(map, (each) => isSame(id, each));
  if (found.length === 1) return found[0]!;
  throw new Error(
    `${found.length > 1 ? 'multiple' : 'no'} matches for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`,
  );
}

export const dropEmpty = (map: ResMap): void => {
  map.list = map.list.filter((each) => !isGone(each));
};

const behaviors = ['create', 'replace', 'merge'];
const behaviorOf = (resource: Resource): string => {
  const found = annotationsOf(resource)[noted.behavior] ?? '';
  return behaviors.includes(found) ? found : 'unspecified';
};

/** Adds what a generator made: new, or over what is there, as its behavior says. */
export function absorb(map: ResMap, resource: Resource): void {
  const id = currentId(resource);
  const present = withAnyId(map, (each) => isSame(id, each));
  const behavior = behaviorOf(resource);
  if (present.length === 0) {
    if (behavior === 'merge' || behavior === 'replace')
      throw new Error(`id ${idSyntax(id)} does not exist; cannot merge or replace`);
    append(map, resource);
    return;
  }
  if (present.length > 1)
    throw new Error(
      `found multiple objects ${present.map(jsonOf).join(' ')} that could accept merge of ${idText(id)}`,
    );
  const [old] = present as [Resource];
  if (behavior !== 'merge' && behavior !== 'replace')
    throw new Error(
      `id ${idSyntax(id)} exists; can not use behavior: '${behavior}', behavior must be merge or replace`,
    );
  const origin = annotationsOf(old)[originAnnotation];
  takeMetadata(resource, old);
  if (behavior === 'merge') {
    for (const name of ['data', 'binaryData'])
      setData(resource, name, { ...dataOf(old, name), ...dataOf(resource, name) });
    if (origin !== undefined)
      setAnnotations(resource, { ...annotationsOf(resource), [originAnnotation]: origin });
  }
  map.list[map.list.indexOf(old)] = resource;
}

function setData(resource: Resource, name: string, texts: Readonly<Record<string, string>>): void {
  clearField(resource.node, name);
  if (Object.keys(texts).length > 0) setField(resource.node, name, textsNode(texts));
}

/** The object as messages show it. */
export const jsonOf = (resource: Resource): string => goJson(objectOf(resource));

/** Which objects a patch or a replacement is for: names and kinds are regular expressions. */
export interface Selector {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

const whole = (pattern: string | undefined): ((text: string) => boolean) => {
  if (!pattern) return () => true;
  try {
    const expression = new RegExp(`^(?:${pattern})$`);
    return (text) => expression.test(text);
  } catch (cause) {
    throw new Error(`error parsing regexp: ${(cause as Error).message}`, { cause });
  }
};

/** The parts of a selector as tests. */
export interface Matcher {
  readonly gvk: (id: Gvk) => boolean;
  readonly name: (name: string) => boolean;
  readonly namespace: (namespace: string) => boolean;
}

export function matcherOf(selector: Selector): Matcher {
  const [group, version, kind] = [
    whole(selector.group),
    whole(selector.version),
    whole(selector.kind),
  ];
  return {
    gvk: (id) => group(id.group) && version(id.version) && kind(id.kind),
    name: whole(selector.name),
    namespace: whole(selector.namespace),
  };
}

export const fitsLabels = (
  resource: Resource,
  { labelSelector = '', annotationSelector = '' }: Selector,
): boolean =>
  parseSelector(labelSelector).matches(labelsOf(resource)) &&
  parseSelector(annotationSelector).matches(annotationsOf(resource));

/** Objects that a selector means, by what they are or were called. */
export function selected(map: ResMap, selector: Selector): readonly Resource[] {
  const fits = matcherOf(selector);
  return map.list.filter((each) => {
    const [original, current] = [originalId(each), currentId(each)];
    return (
      (fits.namespace(effectiveNamespace(original)) ||
        fits.namespace(effectiveNamespace(current))) &&
      (fits.name(original.name) || fits.name(current.name)) &&
      fits.gvk(gvk(each)) &&
      fitsLabels(each, selector)
    );
  });
}
