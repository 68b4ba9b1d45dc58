import { eachField, type FieldSpec } from './field-specs.ts';
import { fieldOf, getField, lookup, requireKind, setField, WrongKind } from './fields.ts';
import { apiVersionOf, gvkText, isSame, isWholeCluster, selects } from './ids.ts';
import { isNull, type Node, scalarNode, stringNode } from './node.ts';
import { jsonOf, type ResMap, withAnyId } from './res-map.ts';
import {
  annotationsOf,
  currentId,
  gvk,
  isGone,
  note,
  noted,
  originalId,
  type Resource,
  setPreviousId,
  type Texts,
} from './resource.ts';
import { effectiveNamespace } from './ids.ts';

/** Changes the objects of a build. */
export type Transformer = (map: ResMap) => void;

const scalar = { kind: 'scalar', tag: '!!str' } as const;

/** What the object is called now is remembered, so that references can be followed. */
export function storeId(resource: Resource): void {
  const id = currentId(resource);
  setPreviousId(resource, { ...id, namespace: effectiveNamespace(id) });
}

const keepsName = [
  { kind: 'CustomResourceDefinition' },
  { group: 'apiregistration.k8s.io', kind: 'APIService' },
  { kind: 'Namespace' },
];

/** A text before or behind names. */
export const affix =
  (where: 'prefix' | 'suffix', text: string, specs: readonly FieldSpec[]): Transformer =>
  ({ list }) => {
    for (const resource of list) {
      const id = originalId(resource);
      if (keepsName.some((kind) => selects(kind, id))) continue;
      for (const spec of specs) {
        if (!selects(spec, id)) continue;
        if (spec.path === 'metadata/name') {
          note(resource, noted[where === 'prefix' ? 'prefixes' : 'suffixes'], text);
          if (text) storeId(resource);
        }
        eachField(resource.node, spec, scalar, (node) => {
          const value = where === 'prefix' ? text + node.value : node.value + text;
          setField(node, '', scalarNode(value));
        });
      }
    }
  };

/** Labels, or annotations, at all fields that hold such. */
export const addTexts =
  (texts: Texts, specs: readonly FieldSpec[]): Transformer =>
  ({ list }) => {
    for (const { node } of list)
      for (const key of Object.keys(texts).toSorted())
        for (const spec of specs)
          eachField(node, spec, { kind: 'map', tag: '!!map' }, (at) => {
            setField(at, key, stringNode(texts[key]!));
          });
  };

export interface NamespaceOptions {
  readonly unsetOnly?: boolean;
  readonly setRoleBindingSubjects?: string;
}

const isRoleBinding = (kind: string): boolean =>
  kind === 'RoleBinding' || kind === 'ClusterRoleBinding';

export const namespaceTransformer =
  (namespace: string, specs: readonly FieldSpec[], options: NamespaceOptions = {}): Transformer =>
  (map) => {
    if (!namespace) return;
    for (const resource of map.list) {
      if (isGone(resource)) continue;
      if (annotationsOf(resource)['internal.config.kubernetes.io/helm-generated'] === 'true')
        continue;
      storeId(resource);
      setNamespaces(resource.node, namespace, specs, options);
      const id = currentId(resource);
      const same = map.list.filter((each) => isSame(id, currentId(each)));
      if (same.length !== 1)
        throw new Error(
          `namespace transformation produces ID conflict: [${same.map(jsonOf).join(' ')}]`,
        );
    }
  };

/** Sets the namespace of one object and of what it refers to. */
export function setNamespaces(
  node: Node,
  namespace: string,
  specs: readonly FieldSpec[],
  { unsetOnly = false, setRoleBindingSubjects = '' }: NamespaceOptions = {},
): void {
  const id = gvk({ node, vars: [] });
  const set = (at: Node): void => {
    if (!unsetOnly || isNull(at) || at.value === '') setField(at, '', stringNode(namespace));
  };
  const metadata = { group: '', version: '', kind: '', path: 'metadata/namespace', create: true };
  if (!isWholeCluster(id)) eachField(node, metadata, { kind: 'scalar', tag: '' }, set);
  let own = specs.filter(
    ({ path }) =>
      path !== 'metadata/namespace' && (apiVersionOf(id) === 'v1' || path !== 'metadata/name'),
  );
  if (isRoleBinding(id.kind)) {
    own = own.filter(({ kind, path }) => !isRoleBinding(kind) || path !== 'subjects/namespace');
    if (setRoleBindingSubjects !== 'none') setSubjects(node, setRoleBindingSubjects, set);
  }
  for (const spec of own)
    try {
      eachField(node, spec, scalar, set);
    } catch (cause) {
      const words =
        cause instanceof WrongKind && cause.found !== 'scalar'
          ? 'namespace field specs must target scalar nodes'
          : 'namespace transformation failed';
      throw new Error(`${words}: ${(cause as Error).message}`, { cause });
    }
}

function setSubjects(node: Node, mode: string, set: (node: Node) => void): void {
  const subjects = getField(node, 'subjects');
  if (isNull(subjects)) return;
  requireKind(subjects, 'list');
  for (const subject of subjects.items) {
    const isMeant =
      mode === 'allServiceAccounts'
        ? fieldOf(subject, 'kind')?.value === 'ServiceAccount'
        : fieldOf(subject, 'name')?.value === 'default';
    if (isMeant) set(lookup(subject, ['namespace'], 'scalar')!);
  }
}

/** How many of the objects of a name. */
export interface Replica {
  readonly name: string;
  readonly count: number;
}

export const replicaTransformer =
  ({ name, count }: Replica, specs: readonly FieldSpec[]): Transformer =>
  (map) => {
    let isFound = false;
    for (const spec of specs)
      for (const { node } of withAnyId(map, (id) => id.name === name && selects(spec, id))) {
        isFound = true;
        eachField(node, spec, { kind: 'scalar', tag: '!!int' }, (at) => {
          setField(at, '', scalarNode(String(count), '!!int'));
        });
      }
    if (!isFound)
      throw new Error(
        `resource with name ${name} does not match a config with the following GVK [${specs.map(gvkText).join(' ')}]`,
      );
  };

/** What becomes of an image. */
export interface Image {
  readonly name?: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly tagSuffix?: string;
  readonly digest?: string;
}

export const imageTransformer =
  (image: Image, specs: readonly FieldSpec[]): Transformer =>
  ({ list }) => {
    const set = (node: Node): void => setImage(node, image);
    const ours = list.filter((each) => gvk(each).kind !== 'CustomResourceDefinition');
    for (const { node } of ours) eachContainer(node, set);
    for (const { node } of ours) for (const spec of specs) eachField(node, spec, undefined, set);
  };

function eachContainer(node: Node, set: (image: Node) => void): void {
  for (const item of node.items) eachContainer(item, set);
  for (const [key, value] of node.fields) {
    eachContainer(value, set);
    if (key !== 'containers' && key !== 'initContainers') continue;
    for (const item of value.items) {
      const image = getField(item, 'image');
      if (image) set(image);
    }
  }
}

function setImage(node: Node, image: Image): void {
  requireKind(node, 'scalar');
  const fits = new RegExp(`^${image.name ?? ''}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  if (!fits.test(node.value)) return;
  let { name, tag, digest } = imageParts(node.value);
  if (image.newName) name = image.newName;
  if (image.newTag || image.digest) {
    tag = image.newTag ?? '';
    digest = image.digest ?? '';
  } else if (image.tagSuffix) {
    tag += image.tagSuffix;
    digest = '';
  }
  setField(node, '', scalarNode(`${name}${tag && `:${tag}`}${digest && `@${digest}`}`));
}

function imageParts(text: string): { name: string; tag: string; digest: string } {
  const slash = Math.max(text.indexOf('/'), 0);
  const at = text.indexOf('@', slash);
  const colon = text.indexOf(':', slash);
  if (at < 0 && colon < 0) return { name: text, tag: '', digest: '' };
  if (at >= 0 && (at < colon || colon < 0))
    return { name: text.slice(0, at), tag: '', digest: text.slice(at + 1) };
  return {
    name: text.slice(0, colon),
    tag: text.slice(colon + 1, at < 0 ? undefined : at),
    digest: at < 0 ? '' : text.slice(at + 1),
  };
}

/** Puts a value at a field, or into the path that stands there. */
export function addValue(node: Node, value: string, path: string, position: number): void {
  const parts = path.split('/').reduce<string[]>((all, part) => {
    const last = all.at(-1);
    if (last?.endsWith('\\')) all[all.length - 1] = `${last.slice(0, -1)}/${part}`;
    else all.push(part);
    return all;
  }, []);
  const at = lookup(node, parts, 'scalar');
  if (!at) return;
  requireKind(at, 'scalar');
  setField(at, '', scalarNode(position > 0 ? withPart(at.value, position - 1, value) : value));
}

function withPart(path: string, position: number, part: string): string {
  const parts = path.split('/').filter((each) => each !== '');
  parts.splice(Math.min(position, parts.length), 0, part);
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
