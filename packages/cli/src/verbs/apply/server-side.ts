import { ApiError, hasReason, type JsonObject } from '@coxswain/api';
import { fetched } from '../../objects/fetched.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import {
  lastApplied,
  lastAppliedAnnotation,
  patch,
  type WriteOptions,
} from '../../objects/write.ts';
import { goJson } from '../../printers/go-json.ts';
import type { Session } from '../../session/session.ts';
import type { Applied } from './client-side.ts';

/** The name under which objects are applied unless the user gives another. */
export const serverSideManager = 'kubectl';
const annotationManager = 'kubectl-last-applied';
const retriesMax = 5;

/** How the server is asked to merge. */
export interface ServerOptions extends WriteOptions {
  readonly 'force-conflicts': boolean;
}

/** Lets the server merge; what an earlier client-side apply owned passes to the new owner. */
export async function applyAtServer(
  options: ServerOptions,
  session: Session,
  info: Info,
): Promise<Applied> {
  const sent = {
    ...writeOptions(options),
    force: options['force-conflicts'],
  };
  const apply = (): Promise<Info> =>
    patch(session, info, 'apply', `${goJson(info.object)}\n`, sent);
  const first = await apply().catch((error: unknown) => {
    throw told(error);
  });
  const object = await migrated(options, session, first, apply);
  return { object, operation: 'serverside-applied' };
}

const writeOptions = ({ dryRun, fieldManager, validation }: WriteOptions): WriteOptions => ({
  dryRun,
  ...(fieldManager && { fieldManager }),
  ...(validation && { validation }),
});

function told(error: unknown): unknown {
  if (!(error instanceof ApiError)) return error;
  if (error.code === 415)
    return new Error(`Server-side apply not available on the server: (${error.message})`, {
      cause: error,
    });
  return error.reason === 'Conflict'
    ? new Error(`${error.message}\n${conflictHelp}`, { cause: error })
    : error;
}

const conflictHelp = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`;

interface Owner {
  readonly manager?: string;
  readonly operation?: string;
  readonly apiVersion?: string;
  readonly subresource?: string;
  readonly fieldsV1?: JsonObject;
}

const ownersOf = ({ metadata }: Unstructured): readonly Owner[] =>
  (metadata as { managedFields?: readonly Owner[] }).managedFields ?? [];

/** Those who own the annotation of client-side apply, by how they write. */
const annotationOwners = (object: Unstructured, operation: 'Apply' | 'Update'): readonly Owner[] =>
  ownersOf(object).filter((owner) => {
    const path = ['f:metadata', 'f:annotations', `f:${lastAppliedAnnotation}`];
    const found = path.reduce<unknown>(
      (fields, step) => (fields as JsonObject | undefined)?.[step],
      owner.fieldsV1,
    );
    return owner.operation === operation && found !== undefined;
  });

const warning = (what: string, error: unknown): string =>
  `Warning: ${what}. This is non-fatal and will be retried next time you apply. Error: ${(error as Error).message}\n`;

async function migrated(
  options: ServerOptions,
  session: Session,
  first: Info,
  apply: () => Promise<Info>,
): Promise<Unstructured> {
  let info = first;
  const attempt = async <T>(what: string, run: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await run();
    } catch (error) {
      session.warn(warning(what, error));
      return undefined;
    }
  };
  const kept = await attempt(
    'failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side Apply',
    () => keepAnnotation(options, session, info),
  );
  if (!kept) return info.object!;
  info = kept;
  const moved = await attempt('server rejected managed fields migration to Server-Side Apply', () =>
    moveFields(options, session, info),
  );
  if (!moved || moved === info) return info.object!;
  const again = await attempt(
    'failed to re-apply configuration after performing Server-Side Apply migration',
    apply,
  );
  return (again ?? moved).object!;
}

/** The annotation gets an owner of its own, so that it does not go with the fields that a file no longer has. */
async function keepAnnotation(options: ServerOptions, session: Session, info: Info): Promise<Info> {
  const object = info.object!;
  const annotation = lastApplied(object);
  if (options.fieldManager !== serverSideManager || annotation === undefined) return info;
  if (annotationOwners(object, 'Apply').length > 0) return info;
  const { apiVersion, kind } = object;
  const { name, namespace } = object.metadata;
  const body = {
    ...{ apiVersion, kind },
    metadata: { name, namespace, annotations: { [lastAppliedAnnotation]: annotation } },
  };
  return patch(session, info, 'apply', `${goJson(body)}\n`, {
    ...writeOptions(options),
    fieldManager: annotationManager,
  });
}

/** Fields of client-side apply become those of the manager that applies now. */
async function moveFields(options: ServerOptions, session: Session, first: Info): Promise<Info> {
  let info = first;
  const names = new Set(annotationOwners(info.object!, 'Update').map(({ manager }) => manager));
  for (let tries = 1; ; tries++) {
    const before = ownersOf(info.object!);
    const value = [...names].reduce<readonly Owner[]>(
      (owners, name) => upgraded(owners, name ?? '', options.fieldManager ?? ''),
      before,
    );
    if (names.size === 0 || goJson(value) === goJson(before)) return info;
    const operations = [
      { op: 'replace', path: '/metadata/managedFields', value },
      {
        op: 'replace',
        path: '/metadata/resourceVersion',
        value: info.object!.metadata.resourceVersion,
      },
    ];
    try {
      return await patch(
        ...([session, info, 'json', goJson(operations, '', '', 'struct')] as const),
        writeOptions(options),
      );
    } catch (error) {
      if (!hasReason(error, 'Conflict') || tries >= retriesMax) throw error;
      info = await fetched(session, {}, info);
    }
  }
}

/** The owners without those who updated under a name, whose fields are those of another who applies. */
export function upgraded(owners: readonly Owner[], from: string, to: string): readonly Owner[] {
  const isOld = (owner: Owner): boolean =>
    owner.manager === from && owner.operation === 'Update' && !owner.subresource;
  const isNew = (owner: Owner): boolean =>
    owner.manager === to && owner.operation === 'Apply' && !owner.subresource;
  const all = [...owners];
  let at = all.findIndex(isNew);
  if (at < 0) {
    at = all.findIndex(isOld);
    if (at < 0) return owners;
    all[at] = { ...all[at], operation: 'Apply', manager: to };
  }
  const target = all[at]!;
  const old = all.find((owner) => isOld(owner) && owner.apiVersion === target.apiVersion);
  all[at] = { ...target, fieldsV1: union(target.fieldsV1 ?? {}, old?.fieldsV1 ?? {}) };
  return all.filter((owner) => !isOld(owner));
}

function union(left: JsonObject, right: JsonObject): JsonObject {
  const both: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right))
    both[key] = key in left ? union(left[key] as JsonObject, value as JsonObject) : value;
  return both;
}
