import { createHash } from 'node:crypto';
import { hasReason } from '@coxswain/api';
import { Failures } from '../../command/failure.ts';
import { fetched } from '../../objects/fetched.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import { patch, type WriteOptions } from '../../objects/write.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Discovered } from '../../session/discovery.ts';
import { mapKind, mapResource, NoResource } from '../../session/mapper.ts';
import type { Session } from '../../session/session.ts';
import { kubectlVersion } from '../../command/versions.ts';
import { listed, type Stray } from './prune.ts';

const domain = 'applyset.kubernetes.io/';
const labels = { id: `${domain}id`, partOf: `${domain}part-of`, parent: `${domain}is-parent-type` };
const annotations = {
  tooling: `${domain}tooling`,
  namespaces: `${domain}additional-namespaces`,
  kinds: `${domain}contains-group-kinds`,
  resources: `${domain}contains-group-resources`,
};
const tool = 'kubectl';

/** The objects that were applied together, as an object of their own remembers them. */
export interface ApplySet {
  readonly parent: Info;
  readonly id: string;
  /** Kinds (`Deployment.apps`) and namespaces of members as of before. */
  kinds: ReadonlyMap<string, Discovered>;
  namespaces: ReadonlySet<string>;
}

const groupKind = ({ group, kind }: Discovered): string => (group ? `${kind}.${group}` : kind);
const parentText = ({ resource, name }: Info): string =>
  `${resource.resource}.${resource.group}/${name}`;

/** The set that `--applyset` names; a Secret where it says no kind. */
export async function applySetOf(session: Session, reference: string): Promise<ApplySet> {
  let parent: Info;
  try {
    parent = await parentOf(session, reference);
  } catch (cause) {
    throw new Error(
      `invalid parent reference ${JSON.stringify(reference)}: ${(cause as Error).message}`,
      { cause },
    );
  }
  const { kind, group } = parent.resource;
  const hash = createHash('sha256').update([parent.name, parent.namespace, kind, group].join('.'));
  const id = `applyset-${hash.digest('base64url')}-v1`;
  return { parent, id, kinds: new Map(), namespaces: new Set() };
}

async function parentOf(session: Session, reference: string): Promise<Info> {
  const slash = reference.indexOf('/');
  const name = reference.slice(slash + 1);
  if (name === '') throw new Error('name cannot be blank');
  const word = slash < 0 ? 'secrets' : reference.slice(0, slash);
  const resource = await mapResource(session, word).catch((cause: unknown) => {
    if (!(cause instanceof NoResource)) throw cause;
    const [plural, ...group] = word.split('.');
    throw new Error(`no matches for ${group.join('.')}/, Resource=${plural}`, { cause });
  });
  const { name: namespace, isExplicit } = session.namespace();
  return {
    ...{ resource, name, subresource: '', source: '', object: undefined },
    namespace: resource.namespaced && isExplicit ? namespace : '',
  };
}

const isBuiltin = ({ group, resource }: Discovered): boolean =>
  group === '' && (resource === 'secrets' || resource === 'configmaps');

/** Refuses parents that cannot be such. */
export async function checkParent(session: Session, { parent }: ApplySet): Promise<void> {
  const { resource, namespace } = parent;
  const errors: Error[] = [];
  if (resource.namespaced && !namespace)
    errors.push(new Error('namespace is required to use namespace-scoped ApplySet'));
  if (!isBuiltin(resource)) {
    const crds = await mapKind(session, 'apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    const allowed = await listed(session, crds, '', labels.parent);
    const own = `${resource.resource}.${resource.group}`;
    if (!allowed.some(({ metadata }) => metadata.name === own))
      errors.push(
        new Error(
          `resource ${JSON.stringify(`${resource.group}/${resource.version}, Resource=${resource.resource}`)} is not permitted as an ApplySet parent`,
        ),
      );
  }
  if (errors.length > 0)
    throw errors.length === 1 ? errors[0]! : new Error(new Failures(errors).message);
}

/** The object with the label of members. */
export function asMember({ id }: ApplySet, object: Unstructured): Unstructured {
  const own = object.metadata.labels ?? {};
  if (labels.partOf in own)
    throw new Error(`ApplySet label ${JSON.stringify(labels.partOf)} already set in input data`);
  return { ...object, metadata: { ...object.metadata, labels: { ...own, [labels.partOf]: id } } };
}

/** Reads what the set holds. Throws for objects that are no sets of ours. */
export async function readParent(session: Session, set: ApplySet): Promise<void> {
  const { parent, id } = set;
  const text = JSON.stringify(parentText(parent));
  let found: Info;
  try {
    found = await fetched(session, {}, parent);
  } catch (cause) {
    if (!hasReason(cause, 'NotFound'))
      throw new Error(
        `failed to fetch ApplySet parent object ${text}: ${(cause as Error).message}`,
        { cause },
      );
    if (isBuiltin(parent.resource)) return;
    throw new Error('custom resource ApplySet parents cannot be created automatically', { cause });
  }
  const { metadata } = found.object!;
  const notes = metadata.annotations ?? {};
  const tooling = notes[annotations.tooling];
  if (tooling === undefined)
    throw new Error(
      `ApplySet parent object ${text} already exists and is missing required annotation ${JSON.stringify(annotations.tooling)}`,
    );
  const owner = tooling.includes('/') ? tooling.slice(0, tooling.lastIndexOf('/')) : tooling;
  if (owner !== tool)
    throw new Error(
      `ApplySet parent object ${text} already exists and is managed by tooling ${JSON.stringify(owner)} instead of ${JSON.stringify(tool)}`,
    );
  const label = metadata.labels?.[labels.id];
  if (label === undefined)
    throw new Error(
      `ApplySet parent object ${text} exists and does not have required label ${labels.id}`,
    );
  if (label !== id)
    throw new Error(
      `ApplySet parent object ${text} exists and has incorrect value for label ${JSON.stringify(labels.id)} (got: ${label}, want: ${id})`,
    );
  try {
    set.kinds = await kindsOf(session, notes);
  } catch (cause) {
    throw new Error(`parsing ApplySet annotation on ${text}: ${(cause as Error).message}`, {
      cause,
    });
  }
  const namespaces = (notes[annotations.namespaces] ?? '').split(',').filter(Boolean);
  set.namespaces = new Set([...namespaces, ...(parent.namespace ? [parent.namespace] : [])]);
}

async function kindsOf(
  session: Session,
  notes: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Discovered>> {
  const kinds = new Map<string, Discovered>();
  const names = notes[annotations.kinds];
  if (names === undefined && !notes[annotations.resources])
    throw new Error(
      `kubectl requires the ${JSON.stringify(annotations.kinds)} annotation to be set on all ApplySet parent objects`,
    );
  for (const name of (names ?? notes[annotations.resources]!).split(',').filter(Boolean))
    try {
      const resource = await mapResource(session, name);
      kinds.set(groupKind(resource), resource);
    } catch (cause) {
      throw new Error(
        `could not find mapping for kind in ${JSON.stringify(annotations.kinds)} annotation: ${(cause as Error).message}`,
        { cause },
      );
    }
  return kinds;
}

/** Writes down what the set holds: what is applied now, with what was there before unless it is pruned. */
export async function writeParent(
  session: Session,
  { parent, id, kinds, namespaces }: ApplySet,
  members: readonly Info[],
  options: WriteOptions & { readonly keepsBefore: boolean },
): Promise<void> {
  if (options.dryRun === 'client') return;
  const before = options.keepsBefore ? [...kinds.keys()] : [];
  const spaces = options.keepsBefore ? [...namespaces] : [];
  const joined = (texts: readonly string[]): string => [...new Set(texts)].toSorted().join(',');
  const { group, version, kind } = parent.resource;
  const body = {
    apiVersion: group ? `${group}/${version}` : version,
    kind,
    metadata: {
      name: parent.name,
      ...(parent.namespace && { namespace: parent.namespace }),
      annotations: {
        [annotations.tooling]: `${tool}/${kubectlVersion}`,
        [annotations.kinds]: joined([
          ...before,
          ...members.map((each) => groupKind(each.resource)),
        ]),
        [annotations.namespaces]: joined(
          [...spaces, ...members.map(({ namespace }) => namespace)].filter(
            (namespace) => namespace && namespace !== parent.namespace,
          ),
        ),
      },
      labels: { [labels.id]: id },
    },
  };
  const send = (force: boolean): Promise<Info> =>
    patch(session, parent, 'apply', goJson(body), {
      dryRun: options.dryRun,
      fieldManager: `${tool}-applyset`,
      ...(options.validation && { validation: options.validation }),
      force,
    });
  try {
    await send(false).catch((error: unknown) => {
      if (hasReason(error, 'Conflict')) return send(true);
      throw error;
    });
  } catch (cause) {
    throw new Error(`failed to update ApplySet: ${(cause as Error).message}`, { cause });
  }
}

/** Members that are not among those kept. */
export async function* strayMembers(
  session: Session,
  { id, kinds, namespaces }: ApplySet,
  uids: ReadonlySet<string | undefined>,
): AsyncGenerator<Stray> {
  for (const resource of kinds.values())
    for (const namespace of resource.namespaced ? namespaces : [''])
      for (const object of await listed(session, resource, namespace, `${labels.partOf}=${id}`))
        if (!uids.has(object.metadata.uid)) yield { resource, object };
}
