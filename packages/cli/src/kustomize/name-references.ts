import { encodeYaml } from '@coxswain/api';
import type { FieldSpec, NameReference } from './field-specs.ts';
import { eachField } from './field-specs.ts';
import { fieldOf, lookup, setField } from './fields.ts';
import {
  effectiveNamespace,
  type Gvk,
  idText,
  isSameNamespace,
  isWholeCluster,
  noNamespace,
  selects,
} from './ids.ts';
import { isNull, type Node, scalarNode } from './node.ts';
import type { ResMap } from './res-map.ts';
import {
  currentId,
  gvk,
  isSameLayer,
  kindOf,
  nameOf,
  namespaceOf,
  note,
  noted,
  objectOf,
  originalId,
  previousIds,
  type Resource,
} from './resource.ts';

/** Brings fields that name other objects to what those are called now. */
export function fixNameReferences(map: ResMap, references: readonly NameReference[]): void {
  const originals = new Map(map.list.map((each) => [each, originalId(each)]));
  for (const referrer of map.list) {
    const candidates = reachable(map, referrer);
    for (const reference of references)
      for (const spec of reference.fieldSpecs)
        if (selects(spec, originals.get(referrer)!))
          updateField({ referrer, spec, target: reference, candidates });
  }
}

/** Objects that another may refer to: of its namespace, or of none. */
function reachable(map: ResMap, referrer: Resource): readonly Resource[] {
  const id = currentId(referrer);
  if (isWholeCluster(id)) return map.list;
  const namespaces = new Set<string>();
  if (kindOf(referrer) === 'RoleBinding')
    for (const subject of fieldOf(referrer.node, 'subjects')?.items ?? []) {
      const namespace = fieldOf(subject, 'namespace');
      if (!namespace || fieldOf(subject, 'kind')?.value !== 'ServiceAccount') continue;
      if (isNull(namespace))
        throw new Error(
          `Invalid Input: namespace is blank for resource ${JSON.stringify(idText(id))}\n`,
        );
      namespaces.add(namespace.value);
    }
  return map.list.filter((each) => {
    const other = currentId(each);
    return isWholeCluster(other) || isSameNamespace(other, id) || namespaces.has(namespaceOf(each));
  });
}

interface Reference {
  readonly referrer: Resource;
  readonly spec: FieldSpec;
  readonly target: Gvk;
  readonly candidates: readonly Resource[];
}

function updateField(reference: Reference): void {
  const { referrer, spec } = reference;
  try {
    eachField(referrer.node, { ...spec, ...gvk(referrer) }, undefined, (node) =>
      update(reference, node),
    );
  } catch (cause) {
    throw new Error(
      `updating name reference in '${spec.path}' field of '${idText(currentId(referrer))}': ${(cause as Error).message}`,
      { cause },
    );
  }
}

function update(reference: Reference, node: Node): void {
  if (isNull(node)) return;
  if (node.kind === 'scalar') updateScalar(reference, node);
  else if (node.kind === 'map') updateMap(reference, node);
  else
    for (const item of node.items)
      if (item.kind === 'map') updateMap(reference, item);
      else updateScalar(reference, item);
}

function updateScalar(reference: Reference, node: Node): void {
  const found = referralOf(reference, node.value, reference.candidates, (each) => nameOf(each));
  if (!found) return;
  note(found, noted.referredBy, idText(currentId(reference.referrer)));
  if (nameOf(found) !== node.value) setField(node, '', scalarNode(nameOf(found)));
}

function updateMap(reference: Reference, node: Node): void {
  const name = fieldOf(node, 'name');
  if (!name) throw new Error("path config error; no 'name' field in node");
  const namespace = fieldOf(node, 'namespace');
  const candidates = namespace
    ? inNamespace(reference.candidates, namespace.value)
    : reference.candidates;
  const found = referralOf(
    reference,
    name.value,
    candidates,
    (each) => `${nameOf(each)}/${namespaceOf(each)}`,
  );
  if (!found) return;
  note(found, noted.referredBy, idText(currentId(reference.referrer)));
  if (nameOf(found) === name.value && namespaceOf(found) === '') return;
  setField(node, 'name', scalarNode(nameOf(found)));
  if (namespaceOf(found)) setField(node, 'namespace', scalarNode(namespaceOf(found)));
}

function inNamespace(candidates: readonly Resource[], namespace: string): readonly Resource[] {
  if (namespace === noNamespace) return [];
  const by = (id: typeof originalId): readonly Resource[] =>
    candidates.filter((each) => effectiveNamespace(id(each)) === namespace);
  const first = by(originalId);
  return first.length > 0 ? first : by(currentId);
}

/** `apiGroup` and `kind` beside the name in a `roleRef`. */
function roleRefOf({ node }: Resource): Partial<Gvk> | undefined {
  const group = lookup(node, ['roleRef', 'apiGroup']);
  const kind = lookup(node, ['roleRef', 'kind']);
  return group && kind && { group: group.value, kind: kind.value };
}

/** The one object that was called so before; none where nothing fits. Throws where several do. */
function referralOf(
  { referrer, spec, target }: Reference,
  name: string,
  all: readonly Resource[],
  sameness: (resource: Resource) => string,
): Resource | undefined {
  const id = currentId(referrer);
  const role = spec.path.endsWith('roleRef/name') ? roleRefOf(referrer) : undefined;
  const before = (each: Resource, fits: (gvk: Gvk) => boolean): boolean =>
    previousIds(each).some(fits);
  let left = all.filter(
    (each) =>
      previousIds(each).some((previous) => previous.name === name) &&
      before(each, (previous) => selects(target, previous)) &&
      (!role || before(each, (previous) => selects(role, previous))) &&
      (isWholeCluster(id) ||
        isWholeCluster(currentId(each)) ||
        kindOf(each) === 'ServiceAccount' ||
        isSameNamespace(id, currentId(each))),
  );
  if (left.length === 1) return left[0];
  left = left.filter((each) => isSameLayer(each, referrer, true));
  if (left.length > 1) left = left.filter((each) => isSameLayer(each, referrer, false));
  if (left.length < 2) return left[0];
  if (new Set(left.map(sameness)).size === 1) return left[0];
  const yaml = (each: Resource): string => encodeYaml(objectOf(each));
  const details = left.map((each, at) => `--- possible referral ${at}:\n${yaml(each)}\n`).join('');
  throw new Error(
    `found multiple possible referrals: ${left.map((each) => idText(currentId(each))).join(', ')}\n\n**** Too many possible referral targets to referrer:\n${yaml(referrer)}\n${details}`,
  );
}
