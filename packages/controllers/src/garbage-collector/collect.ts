import { ApiError, type KubeObject, type Resource } from '@coxswain/api';
import type { OwnerReference } from '@coxswain/api/types/meta';
import type { Client, Recorder } from '@coxswain/client';
import type { LoopContext } from '@coxswain/control';
import {
  fits,
  foregroundFinalizer,
  type Graph,
  isSame,
  type Node,
  orphanFinalizer,
} from './graph.ts';

export interface Collecting extends Pick<LoopContext, 'reasons' | 'world'> {
  readonly client: Client;
  readonly recorder: Recorder;
  readonly graph: Graph;
  readonly signal: AbortSignal;
  /** The served resource of a kind; undefined while discovery does not know it. */
  readonly resourceOf: (apiVersion: string, kind: string) => Resource | undefined;
  /** The object of `node` as the caches know it; undefined where they do not. */
  readonly known: (node: Node, resource: Resource) => KubeObject | undefined;
  /** Looks at `node` again. */
  readonly check: (node: Node) => void;
  /** The object of `node` is not there, whatever the caches say. */
  readonly gone: (node: Node) => void;
}

/** A kind that discovery does not know (any longer): tried again when it does. */
export class UnknownKind extends Error {}

/** Looks whether anyone still wants the object of `node`, and acts on the answer. */
export async function collect(node: Node, collecting: Collecting): Promise<void> {
  if (node.deleting && !node.deletingDependents) return;
  const { identity } = node;
  const resource = resourceFor(node, collecting);
  if (!node.deletingDependents && (await goesAsKnown(node, resource, collecting))) return;
  const latest = await read(
    identity.name,
    namespaceOf({ identity }, resource),
    resource,
    collecting,
  );
  // Meanwhile it may have been seen, and be something else than who named it said.
  if (!latest || latest.metadata.uid !== identity.uid)
    return isSame(identity, node.identity) ? collecting.gone(node) : collecting.check(node);
  if (node.deletingDependents) return finishForeground(node, latest, resource, collecting);
  const owners = latest.metadata.ownerReferences ?? [];
  if (owners.length === 0) return;
  const { solid, dangling, waiting } = await sort(node, owners, collecting);
  if (solid.length > 0) {
    const lost = [...dangling, ...waiting];
    if (lost.length > 0) await patch(resource, latest, withoutOwners(latest, lost), collecting);
    return;
  }
  if (waiting.length > 0 && node.dependents.size > 0) {
    // Its own dependents go first; those that wait for it in turn would make a ring, so nobody blocks on it.
    const ring = [...node.dependents].some(({ deletingDependents }) => deletingDependents);
    if (ring) await patch(resource, latest, unblocked(latest), collecting);
    return remove(resource, latest, 'Foreground', collecting);
  }
  return remove(resource, latest, propagationOf(latest), collecting);
}

/**
 * Deletes an object whose owners are all gone as the caches know it, unless it has changed since then: nobody has to ask for each of the
 * thousands that go with their owners. False where it must be looked at more closely.
 */
async function goesAsKnown(
  node: Node,
  resource: Resource,
  collecting: Collecting,
): Promise<boolean> {
  const known = collecting.known(node, resource);
  const owners = known?.metadata.ownerReferences ?? [];
  if (owners.length === 0 || known!.metadata.uid !== node.identity.uid) return false;
  const { solid, waiting } = await sort(node, owners, collecting);
  if (solid.length + waiting.length > 0) return false;
  try {
    await remove(resource, known!, propagationOf(known!), collecting);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === 409) return false;
    throw error;
  }
}

function propagationOf({ metadata }: KubeObject): 'Orphan' | 'Foreground' | 'Background' {
  const { finalizers = [] } = metadata;
  if (finalizers.includes(orphanFinalizer)) return 'Orphan';
  return finalizers.includes(foregroundFinalizer) ? 'Foreground' : 'Background';
}

/** Takes the owner's name off everything it owns, then lets the owner go. */
export async function orphanDependents(node: Node, collecting: Collecting): Promise<void> {
  const resource = resourceFor(node, collecting);
  for (const dependent of node.dependents) {
    const of = resourceFor(dependent, collecting);
    const { name, uid } = dependent.identity;
    const change = {
      metadata: { ownerReferences: [{ $patch: 'delete', uid: node.identity.uid }], uid },
    };
    const at = { namespace: namespaceOf(dependent, of), signal: collecting.signal };
    await ignoringGone(() => patchOwners(of, name, change, node.identity.uid, at, collecting));
  }
  const latest = await read(node.identity.name, namespaceOf(node, resource), resource, collecting);
  if (latest) await dropFinalizer(resource, latest, orphanFinalizer, collecting);
}

/** Strategic where the kind knows it; a kind of a custom resource takes a merge of the whole list. */
async function patchOwners(
  resource: Resource,
  name: string,
  change: unknown,
  owner: string,
  at: { readonly namespace: string | undefined; readonly signal: AbortSignal },
  { client }: Collecting,
): Promise<void> {
  try {
    await client.patch(resource, name, 'strategic', change, at);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 415)) throw error;
    const { metadata } = await client.get(resource, name, at);
    const ownerReferences = (metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner);
    const { resourceVersion, uid } = metadata;
    await client.patch(
      resource,
      name,
      'merge',
      { metadata: { ownerReferences, resourceVersion, uid } },
      at,
    );
  }
}

async function finishForeground(
  node: Node,
  latest: KubeObject,
  resource: Resource,
  collecting: Collecting,
): Promise<void> {
  const blocking = [...node.dependents].filter(({ owners }) =>
    owners.some(({ uid, blockOwnerDeletion }) => uid === node.identity.uid && blockOwnerDeletion),
  );
  if (blocking.length === 0)
    return dropFinalizer(resource, latest, foregroundFinalizer, collecting);
  const [example] = blocking;
  const facts = {
    dependents: blocking.length,
    example: `${example!.identity.kind.toLowerCase()}/${example!.identity.name}`,
  };
  const { kind, name, namespace, uid } = node.identity;
  collecting.reasons.keep(
    'garbage-collector-controller',
    { kind, name, namespace, uid },
    collecting.world.clock.now(),
    [{ verdict: 'waits for dependents', facts }],
  );
  for (const dependent of blocking) if (!dependent.deletingDependents) collecting.check(dependent);
}

interface Sorted {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  readonly waiting: readonly OwnerReference[]; // for their dependents to be gone
}

async function sort(
  node: Node,
  owners: readonly OwnerReference[],
  collecting: Collecting,
): Promise<Sorted> {
  const solid: OwnerReference[] = [];
  const dangling: OwnerReference[] = [];
  const waiting: OwnerReference[] = [];
  for (const reference of owners) {
    const owner = await ownerOf(node, reference, collecting);
    if (owner === 'absent') dangling.push(reference);
    else if (owner !== 'unknowable' && waitsForDependents(owner)) waiting.push(reference);
    else solid.push(reference);
  }
  return { solid, dangling, waiting };
}

async function ownerOf(
  node: Node,
  reference: OwnerReference,
  collecting: Collecting,
): Promise<KubeObject | 'absent' | 'unknowable'> {
  const { graph } = collecting;
  const { namespace } = node.identity;
  if (graph.isAbsent(reference, namespace)) return 'absent';
  const resource = collecting.resourceOf(reference.apiVersion, reference.kind);
  if (!resource) throw new UnknownKind(`no kind ${reference.kind} in ${reference.apiVersion}`);
  if (resource.namespaced && namespace === '') return 'unknowable'; // not allowed, so nothing follows from it
  const known = graph.get(reference.uid);
  if (known && !known.virtual && !fits(known, node)) reportNamespace(node, reference, collecting);
  const owner = await read(
    reference.name,
    resource.namespaced ? namespace : undefined,
    resource,
    collecting,
  );
  if (owner && owner.metadata.uid === reference.uid) return owner;
  graph.noteAbsent(reference, resource.namespaced ? namespace : '');
  return 'absent';
}

const waitsForDependents = ({ metadata }: KubeObject): boolean =>
  metadata.deletionTimestamp !== undefined &&
  (metadata.finalizers ?? []).includes(foregroundFinalizer);

function reportNamespace(node: Node, owner: OwnerReference, { recorder }: Collecting): void {
  const { apiVersion, kind, name, namespace, uid } = node.identity;
  const text = `[${owner.apiVersion}/${owner.kind}, namespace: ${namespace}, name: ${owner.name}, uid: ${owner.uid}]`;
  recorder.record({
    about: { apiVersion, kind, metadata: { name, namespace, uid } },
    type: 'Warning',
    reason: 'OwnerRefInvalidNamespace',
    message: `ownerRef ${text} does not exist in namespace "${namespace}"`,
  });
}

function resourceFor({ identity }: Node, { resourceOf }: Collecting): Resource {
  const resource = resourceOf(identity.apiVersion, identity.kind);
  if (!resource) throw new UnknownKind(`no kind ${identity.kind} in ${identity.apiVersion}`);
  return resource;
}

/** A virtual owner has the namespace of its first dependent; one of the whole cluster has none. */
const namespaceOf = (
  { identity }: Pick<Node, 'identity'>,
  { namespaced }: Resource,
): string | undefined => (namespaced ? identity.namespace : undefined);

async function read(
  name: string,
  namespace: string | undefined,
  resource: Resource,
  { client, signal }: Collecting,
): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, name, { namespace, signal });
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return undefined;
    throw error;
  }
}

async function remove(
  resource: Resource,
  { metadata }: KubeObject,
  propagation: ReturnType<typeof propagationOf>,
  { client, signal }: Collecting,
): Promise<void> {
  const { name, namespace, uid, resourceVersion } = metadata;
  const at = { namespace, uid, resourceVersion, propagation, signal };
  await ignoringGone(() => client.remove(resource, name, at));
}

async function patch(
  resource: Resource,
  { metadata }: KubeObject,
  change: unknown,
  { client, signal }: Collecting,
): Promise<void> {
  const at = { namespace: metadata.namespace, signal };
  await ignoringGone(() => client.patch(resource, metadata.name, 'merge', change, at));
}

/** Others write to the object at the same time: tried again on the newest state, as often as upstream does. */
const finalizerTriesMax = 5;

async function dropFinalizer(
  resource: Resource,
  latest: KubeObject,
  finalizer: string,
  collecting: Collecting,
): Promise<void> {
  let object: KubeObject | undefined = latest;
  for (let tries = 1; object; tries++) {
    const { name, namespace, uid, resourceVersion, finalizers = [] } = object.metadata;
    if (!finalizers.includes(finalizer)) return;
    const rest = finalizers.filter((each) => each !== finalizer);
    try {
      return await patch(
        resource,
        object,
        { metadata: { uid, resourceVersion, finalizers: rest } },
        collecting,
      );
    } catch (error) {
      const conflict = error instanceof ApiError && error.code === 409;
      if (!conflict || tries >= finalizerTriesMax) throw error;
      object = await read(name, namespace, resource, collecting);
    }
  }
}

const withoutOwners = ({ metadata }: KubeObject, lost: readonly OwnerReference[]): unknown => {
  const { uid, resourceVersion, ownerReferences = [] } = metadata;
  const kept = ownerReferences.filter((each) => !lost.some((other) => other.uid === each.uid));
  return { metadata: { uid, resourceVersion, ownerReferences: kept } };
};

const unblocked = ({ metadata: { uid, ownerReferences = [] } }: KubeObject): unknown => ({
  metadata: {
    uid,
    ownerReferences: ownerReferences.map((each) => ({ ...each, blockOwnerDeletion: false })),
  },
});

async function ignoringGone(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  }
}
