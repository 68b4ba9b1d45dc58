import type { KubeObject } from '@coxswain/api';
import type { OwnerReference } from '@coxswain/api/types/meta';
import { same } from '../objects/same.ts';

export const orphanFinalizer = 'orphan';
export const foregroundFinalizer = 'foregroundDeletion';

/** Where an object is to be found. */
export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string; // '' for objects of the whole cluster
  readonly uid: string;
}

/** An object, or one that others name as their owner and that has not been seen yet (`virtual`). */
export interface Node {
  identity: Identity;
  virtual: boolean;
  deleting: boolean; // it has a deletion timestamp
  deletingDependents: boolean; // and waits for its dependents
  owners: readonly OwnerReference[];
  readonly dependents: Set<Node>;
}

/** Which work a change asks for. */
export interface Asked {
  /** Nodes whose right to exist is to be looked at. */
  readonly check: Set<Node>;
  /** Nodes whose dependents are to be set free. */
  readonly orphan: Set<Node>;
}

export const asked = (): Asked => ({ check: new Set(), orphan: new Set() });

/** Who owns whom, by uid, as the caches tell it. Changes say what work they ask for; the graph itself does none. */
export class Graph {
  readonly #nodes = new Map<string, Node>();
  /** Owners that were looked for and are not there, each as it was named: who names one wrongly says nothing about it. The newest are kept. */
  readonly #absent = new Set<string>();

  get(uid: string): Node | undefined {
    return this.#nodes.get(uid);
  }

  isAbsent(owner: Named, namespace: string): boolean {
    return this.#absent.has(textOf(owner, namespace)) || this.#absent.has(textOf(owner, ''));
  }

  noteAbsent(owner: Named, namespace: string): void {
    this.#absent.add(textOf(owner, namespace));
    if (this.#absent.size <= absentMax) return;
    for (const oldest of this.#absent) return void this.#absent.delete(oldest);
  }

  /** `object` is there, new or changed. */
  put(object: KubeObject, before: KubeObject | undefined, work: Asked): void {
    const { uid = '' } = object.metadata;
    const known = this.#nodes.get(uid);
    const node = known ?? this.#add(identityOf(object));
    const wasVirtual = node.virtual;
    node.identity = identityOf(object);
    node.virtual = false;
    const owners = object.metadata.ownerReferences ?? [];
    if (!same(owners, node.owners)) this.#own(node, owners, work);
    this.#noteDeletion(node, object, before, work);
    if (wasVirtual)
      for (const dependent of node.dependents)
        if (!fits(node, dependent)) work.check.add(dependent);
  }

  /** The object of `uid` is gone: whoever it owned is looked at, and owners that waited for it. */
  drop(uid: string, work: Asked): void {
    const node = this.#nodes.get(uid);
    if (!node) return;
    this.#nodes.delete(uid);
    const { identity, dependents, virtual } = node;
    if (dependents.size > 0) this.noteAbsent(identity, identity.namespace);
    for (const dependent of dependents) {
      work.check.add(dependent);
      // Where the first that named it was wrong, the others may still be right.
      const other = virtual && !fits(node, dependent) && referenceOf(dependent, uid);
      if (other)
        (this.#nodes.get(uid) ?? this.#addVirtual(other, dependent, work)).dependents.add(
          dependent,
        );
    }
    for (const { uid: owner } of node.owners) {
      const found = this.#nodes.get(owner);
      found?.dependents.delete(node);
      if (found?.deletingDependents) work.check.add(found);
    }
  }

  #noteDeletion(node: Node, object: KubeObject, before: KubeObject | undefined, work: Asked): void {
    const { deletionTimestamp, finalizers = [] } = object.metadata;
    if (!deletionTimestamp) return;
    const had = (finalizer: string): boolean =>
      before?.metadata.deletionTimestamp !== undefined &&
      (before.metadata.finalizers ?? []).includes(finalizer);
    if (finalizers.includes(orphanFinalizer) && !had(orphanFinalizer)) work.orphan.add(node);
    if (finalizers.includes(foregroundFinalizer) && !had(foregroundFinalizer)) {
      node.deletingDependents = true;
      for (const dependent of node.dependents) work.check.add(dependent);
      work.check.add(node);
    }
    if (!node.deleting) {
      node.deleting = true;
      // An owner may wait for this one: its deletion may be what unblocks it.
      for (const { uid } of node.owners) {
        const owner = this.#nodes.get(uid);
        if (owner?.deletingDependents) work.check.add(owner);
      }
    }
  }

  #own(node: Node, owners: readonly OwnerReference[], work: Asked): void {
    const now = new Set(owners.map(({ uid }) => uid));
    for (const { uid } of node.owners)
      if (!now.has(uid)) {
        const owner = this.#nodes.get(uid);
        owner?.dependents.delete(node);
        if (owner?.deletingDependents) work.check.add(owner);
      }
    const before = node.owners;
    node.owners = owners;
    for (const reference of owners) {
      const owner = this.#nodes.get(reference.uid) ?? this.#addVirtual(reference, node, work);
      owner.dependents.add(node);
      if (!owner.virtual && !fits(owner, node)) work.check.add(node);
      if (owner.deletingDependents) work.check.add(owner).add(node);
    }
    if (before.length > 0 && owners.length < before.length) work.check.add(node);
  }

  #add(identity: Identity): Node {
    const node: Node = {
      identity,
      virtual: false,
      deleting: false,
      deletingDependents: false,
      owners: [],
      dependents: new Set(),
    };
    this.#nodes.set(identity.uid, node);
    return node;
  }

  /** Nobody knows this owner yet: it is looked for, and its dependents go if it is not there. */
  #addVirtual(reference: OwnerReference, dependent: Node, work: Asked): Node {
    const { apiVersion, kind, name, uid } = reference;
    const { namespace } = dependent.identity;
    const node = this.#add({ apiVersion, kind, name, namespace, uid });
    node.virtual = true;
    work.check.add(node);
    return node;
  }
}

/** Those of all that is deleted at once: each that is not kept is asked for again by each of its dependents. */
const absentMax = 10_000;

export const identityOf = ({ apiVersion = '', kind = '', metadata }: KubeObject): Identity => ({
  apiVersion,
  kind,
  name: metadata.name,
  namespace: metadata.namespace ?? '',
  uid: metadata.uid ?? '',
});

type Named = Pick<Identity, 'apiVersion' | 'kind' | 'name' | 'uid'>;

const textOf = ({ apiVersion, kind, name, uid }: Named, namespace: string): string =>
  [namespace, apiVersion, kind, name, uid].join(' ');

/** Whether both say the same of an object. */
export const isSame = (a: Identity, b: Identity): boolean =>
  a === b || textOf(a, a.namespace) === textOf(b, b.namespace);

const referenceOf = ({ owners }: Node, owner: string): OwnerReference | undefined =>
  owners.find(({ uid }) => uid === owner);

/** The owner is what the reference of `dependent` says, and where it may be. */
export function fits({ identity: owner }: Node, dependent: Node): boolean {
  const reference = referenceOf(dependent, owner.uid);
  if (!reference) return true;
  const sameObject =
    reference.kind === owner.kind &&
    reference.name === owner.name &&
    groupOf(reference.apiVersion) === groupOf(owner.apiVersion);
  return sameObject && (owner.namespace === '' || owner.namespace === dependent.identity.namespace);
}

const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
