import { clearField, fieldOf, lookup, setField } from './fields.ts';
import { type Gvk, gvkOf, type Id } from './ids.ts';
import {
  copied,
  isEmpty,
  isNull,
  mapNode,
  type Node,
  nullNode,
  scalarNode,
  stringNode,
  valueOf,
} from './node.ts';

/** One object on its way through the build. What kustomize remembers of it stands in annotations until the end. */
export interface Resource {
  node: Node;
  /** Names of the vars that read from it. */
  readonly vars: string[];
}

const domain = 'internal.config.kubernetes.io/';

type Note =
  | ('previousKinds' | 'previousNames' | 'previousNamespaces' | 'prefixes' | 'suffixes')
  | ('allowNameChange' | 'allowKindChange' | 'referredBy' | 'behavior' | 'needsHash');

/** Annotations of the build itself. */
export const noted: Readonly<Record<Note, string>> = {
  previousKinds: `${domain}previousKinds`,
  previousNames: `${domain}previousNames`,
  previousNamespaces: `${domain}previousNamespaces`,
  prefixes: `${domain}prefixes`,
  suffixes: `${domain}suffixes`,
  allowNameChange: `${domain}allowNameChange`,
  allowKindChange: `${domain}allowKindChange`,
  referredBy: `${domain}refBy`,
  behavior: `${domain}generatorBehavior`,
  needsHash: `${domain}needsHashSuffix`,
};

export const originAnnotation = 'config.kubernetes.io/origin';
export const transformationsAnnotation = 'alpha.config.kubernetes.io/transformations';

const buildAnnotations: readonly string[] = [
  ...Object.values(noted),
  ...[
    'path',
    'index',
    'seqindent',
    'id',
    'annotations-migration-resource-id',
    'helm-generated',
  ].map((name) => `${domain}${name}`),
  ...['config.kubernetes.io/path', 'config.kubernetes.io/index', 'config.k8s.io/id'],
];

export const resourceOf = (node: Node): Resource => ({ node, vars: [] });
export const copyOf = ({ node, vars }: Resource): Resource => ({
  node: copied(node),
  vars: [...vars],
});
export const isGone = ({ node }: Resource): boolean => isEmpty(node);
export const remove = (resource: Resource): void => {
  resource.node = nullNode();
};

const metadata = (node: Node): Node | undefined => {
  const found = fieldOf(node, 'metadata');
  return isEmpty(found) ? undefined : found;
};

function metaText(node: Node, name: string): string {
  const found = fieldOf(metadata(node), name);
  return isEmpty(found) ? '' : found!.value;
}

export const kindOf = ({ node }: Resource): string => fieldOf(node, 'kind')?.value ?? '';
export const nameOf = ({ node }: Resource): string => metaText(node, 'name');
export const namespaceOf = ({ node }: Resource): string => metaText(node, 'namespace');
export const currentId = ({ node }: Resource): Id => idOf(node);

const idOf = (node: Node): Id => ({
  ...gvkOf(node),
  name: metaText(node, 'name'),
  namespace: metaText(node, 'namespace'),
});

function setMeta({ node }: Resource, name: string, value: Node): void {
  setField(lookup(node, ['metadata'], 'map')!, name, value);
}

export const setName = (resource: Resource, name: string): void =>
  setMeta(resource, 'name', scalarNode(name));
export const setKind = ({ node }: Resource, kind: string): void => {
  setField(node, 'kind', scalarNode(kind));
};
export const setApiVersion = ({ node }: Resource, apiVersion: string): void => {
  setField(node, 'apiVersion', scalarNode(apiVersion));
};
export function setNamespace(resource: Resource, namespace: string): void {
  const found = fieldOf(resource.node, 'metadata');
  if (namespace) setMeta(resource, 'namespace', scalarNode(namespace));
  else if (found) clearField(found, 'namespace');
}

export type Texts = Readonly<Record<string, string>>;

const textsOf = (node: Node | undefined): Record<string, string> =>
  Object.fromEntries((node?.fields ?? []).map(([key, { value }]) => [key, value]));

export const annotationsOf = ({ node }: Resource): Record<string, string> =>
  textsOf(fieldOf(metadata(node), 'annotations'));
export const labelsOf = ({ node }: Resource): Record<string, string> =>
  textsOf(fieldOf(metadata(node), 'labels'));
/** `data` or `binaryData`. */
export const dataOf = ({ node }: Resource, name: string): Record<string, string> =>
  textsOf(fieldOf(node, name));

export const textsNode = (texts: Texts): Node =>
  mapNode(
    Object.keys(texts)
      .toSorted()
      .map((key) => [key, stringNode(texts[key]!)]),
  );

function setTexts(resource: Resource, name: 'labels' | 'annotations', texts: Texts): void {
  const at = lookup(resource.node, ['metadata'], 'map')!;
  clearField(at, name);
  if (Object.keys(texts).length > 0) setField(at, name, textsNode(texts));
}

export const setAnnotations = (resource: Resource, texts: Texts): void =>
  setTexts(resource, 'annotations', texts);
export const setLabels = (resource: Resource, texts: Texts): void =>
  setTexts(resource, 'labels', texts);

export function annotate(resource: Resource, key: string, value: string): void {
  setAnnotations(resource, { ...annotationsOf(resource), [key]: value });
}

function withoutAnnotations(resource: Resource, keys: readonly string[]): void {
  const texts = annotationsOf(resource);
  if (Object.keys(texts).length === 0 && !fieldOf(metadata(resource.node), 'annotations')) return;
  setAnnotations(
    resource,
    Object.fromEntries(Object.entries(texts).filter(([key]) => !keys.includes(key))),
  );
}

export const removeBuildAnnotations = (resource: Resource): void =>
  withoutAnnotations(resource, buildAnnotations);
export const removeAnnotation = (resource: Resource, key: string): void =>
  withoutAnnotations(resource, [key]);

/** What the build and earlier tools noted, to be kept over a patch. */
export const internalAnnotations = (resource: Resource): Record<string, string> =>
  Object.fromEntries(
    Object.entries(annotationsOf(resource)).filter(
      ([key]) =>
        key.startsWith(domain) ||
        ['config.kubernetes.io/path', 'config.kubernetes.io/index', 'config.k8s.io/id'].includes(
          key,
        ),
    ),
  );

const listed = (resource: Resource, key: string): readonly string[] => {
  const found = annotationsOf(resource)[key];
  return found === undefined ? [] : found.split(',');
};

export function note(resource: Resource, key: string, value: string): void {
  if (value) annotate(resource, key, [...listed(resource, key), value].join(','));
}

export const isOn = (resource: Resource, key: string): boolean =>
  annotationsOf(resource)[key] === 'enabled';

/** What it was called before, oldest first. */
export function previousIds(resource: Resource): readonly Id[] {
  const names = listed(resource, noted.previousNames);
  const namespaces = listed(resource, noted.previousNamespaces);
  const kinds = listed(resource, noted.previousKinds);
  const { group, version } = gvkOf(resource.node);
  return names.map((name, at) => ({
    ...{ group, version, name },
    kind: kinds[at] ?? '',
    namespace: namespaces[at] ?? '',
  }));
}

export const originalId = (resource: Resource): Id =>
  previousIds(resource)[0] ?? currentId(resource);
export const gvk = ({ node }: Resource): Gvk => gvkOf(node);

export function setPreviousId(resource: Resource, { name, namespace, kind }: Id): void {
  note(resource, noted.previousNames, name);
  note(resource, noted.previousNamespaces, namespace);
  note(resource, noted.previousKinds, kind);
}

/** Two names were given in the same layers of prefixes and suffixes. */
export function isSameLayer(a: Resource, b: Resource, mayBeEmpty: boolean): boolean {
  return [noted.prefixes, noted.suffixes].every((key) => {
    const [left, right] = [listed(a, key), listed(b, key)];
    if (mayBeEmpty && (left.length === 0 || right.length === 0)) return true;
    const [long, short] = left.length >= right.length ? [left, right] : [right, left];
    if (short.length === 0) return long.length === 0;
    return short.every((each, at) => each === long[at + long.length - short.length]);
  });
}

/** Labels, annotations, name and namespace of the older one, where the newer one has no own. */
export function takeMetadata(resource: Resource, older: Resource): void {
  const before = annotationsOf(older);
  const own = annotationsOf(resource);
  setLabels(resource, { ...labelsOf(older), ...labelsOf(resource) });
  const annotations: Record<string, string> = { ...before, ...own };
  for (const key of buildAnnotations)
    if (key in before) annotations[key] = before[key]!;
    else delete annotations[key];
  if (!(noted.needsHash in own)) delete annotations[noted.needsHash];
  setAnnotations(resource, annotations);
  setName(resource, nameOf(older));
  setNamespace(resource, namespaceOf(older));
  resource.vars.splice(0, resource.vars.length, ...older.vars);
}

/** The object as JSON holds it. */
export const objectOf = ({ node }: Resource): unknown => (isNull(node) ? null : valueOf(node));
