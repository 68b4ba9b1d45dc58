import {
  ApiError,
  applyMergePatch,
  applyStrategicPatch,
  createStrategicPatch,
  createThreeWayMergePatch,
  createThreeWayStrategicPatch,
  hasReason,
  encodeYaml,
  strategicConflict,
  typeOf,
} from '@coxswain/api';
import { fetched } from '../../objects/fetched.ts';
import { gone, nameFree } from '../../objects/gone.ts';
import type { Info, Unstructured } from '../../objects/info.ts';
import {
  create,
  lastApplied,
  lastAppliedAnnotation,
  patch,
  remove,
  withLastApplied,
  withSource,
  type WriteOptions,
} from '../../objects/write.ts';
import { goJson } from '../../printers/go-json.ts';
import { checkedByServer } from '../../session/asides.ts';
import type { Session } from '../../session/session.ts';

/** Times that a patch is computed again after a conflict, and after how many of them with a pause. */
const retriesMax = 5;
const retriesAtOnce = 1;
const pauseMs = 1000;

/** How an object is merged here. */
export interface MergeOptions extends WriteOptions {
  /** Objects that cannot be changed are deleted and created anew. */
  readonly force: boolean;
  readonly 'grace-period': number;
  readonly timeout: number;
  /** What others changed since the last apply is an error where it would be changed again. */
  readonly overwrite?: boolean;
  readonly 'openapi-patch'?: boolean;
  /** Only this version of the object is patched. */
  readonly isLocked?: boolean;
}

/** What became of an object, in the word that is printed. */
export interface Applied {
  readonly object: Unstructured;
  readonly operation: string;
}

/** Brings one object to what a file says, by what was applied before. */
export async function applyHere(
  options: MergeOptions,
  session: Session,
  info: Info,
): Promise<Applied> {
  const configured = withLastApplied(info.object!);
  let current: Info;
  try {
    current = await fetched(session, {}, info);
  } catch (error) {
    if (!hasReason(error, 'NotFound'))
      throw withSource(
        `retrieving current configuration of:\n${infoText(info)}\nfrom server for:`,
        info.source,
        error,
      );
    const created = { ...info, object: withoutNulls(configured) as Unstructured };
    if (options.dryRun === 'client') return { object: created.object, operation: 'created' };
    const { object } = await create(session, created, writeOptions(options)).catch(
      (cause: unknown) => {
        throw withSource('creating', info.source, cause);
      },
    );
    return { object: object!, operation: 'created' };
  }
  if (lastApplied(current.object!) === undefined)
    session.warn(
      `Warning: resource ${info.resource.resource}/${info.name} is missing the ${lastAppliedAnnotation} annotation which is required by ${session.program} apply. ${session.program} apply should only be used on resources created declaratively by either ${session.program} create --save-config or ${session.program} apply. The missing annotation will be patched automatically.\n`,
    );
  return changed(options, session, current, configured);
}

const writeOptions = ({ dryRun, fieldManager, validation }: MergeOptions): WriteOptions => ({
  dryRun,
  ...(fieldManager && { fieldManager }),
  ...(validation && { validation }),
});

/** Patches what is there; after a conflict anew from what is there then, as often as `tries` leaves. */
export async function changed(
  options: MergeOptions,
  session: Session,
  first: Info,
  configured: Unstructured,
): Promise<Applied> {
  let current = first;
  await checkedByServer(session, configured);
  for (let tries = 0; ; tries++) {
    const { type, body } = patchOf(options, session, current, configured);
    if (Object.keys(body).length === 0) return { object: current.object!, operation: 'unchanged' };
    if (options.dryRun === 'client')
      return { object: patchedHere(current, type, body), operation: 'configured' };
    try {
      const sent = goJson(options.isLocked ? lockedTo(current, body) : body);
      const { object } = await patch(session, current, type, sent, writeOptions(options));
      return { object: object!, operation: 'configured' };
    } catch (error) {
      const reason = error instanceof ApiError ? error.reason : '';
      if (reason === 'Conflict' && options.isLocked) throw error;
      if (reason === 'Conflict' && tries < retriesMax) {
        if (tries >= retriesAtOnce) await session.world.clock.sleep(pauseMs, session.signal);
        current = await fetched(session, {}, current);
        continue;
      }
      if (options.force && (reason === 'Conflict' || reason === 'Invalid'))
        return replaced(options, session, current, configured).catch((failure: Error) => {
          throw applying(`${goJson(configured)}\n`, current, failure);
        });
      throw applying(goJson(body), current, withSource('patching', current.source, error));
    }
  }
}

const applying = (body: string, info: Info, error: Error): Error =>
  withSource(`applying patch:\n${body}\nto:\n${infoText(info)}\nfor:`, info.source, error);

/** The patch for this version of the object only. */
const lockedTo = (
  { object }: Info,
  body: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> => ({
  ...body,
  metadata: {
    ...(body['metadata'] as object | undefined),
    resourceVersion: object!.metadata.resourceVersion,
  },
});

/** Built-in kinds by strategic merge, others by JSON merge. */
function patchOf(
  options: MergeOptions,
  session: Session,
  info: Info,
  configured: Unstructured,
): { readonly type: 'strategic' | 'merge'; readonly body: Readonly<Record<string, unknown>> } {
  const { resource } = info;
  const object = info.object!;
  const applied = lastApplied(object) ?? '';
  const original = JSON.parse(applied || '{}') as Record<string, unknown>;
  const schema = typeOf(
    resource.group ? `${resource.group}/${resource.version}` : resource.version,
    resource.kind,
  );
  if (!schema)
    return { type: 'merge', body: createThreeWayMergePatch(original, configured, object) };
  const body = createThreeWayStrategicPatch(schema, original, configured, object);
  const since = options.overwrite === false && createStrategicPatch(schema, original, object);
  if (since && strategicConflict(schema, body, since)) {
    const words = `patch:\n${encodeYaml(body)}\nconflicts with changes made from original to current:\n${encodeYaml(since)}\n`;
    if (options['openapi-patch'])
      for (const from of ['openapi v3', 'openapi'])
        session.io.err(`warning: error calculating patch from ${from} spec: ${words}\n`);
    const error = new Error(
      `creating patch with:\noriginal:\n${applied}\nmodified:\n${goJson(configured)}\n\ncurrent:\n${goJson(object)}\n\nfor: ${words}`,
    );
    const isHere = options.dryRun === 'client';
    throw applying('', info, isHere ? error : withSource('patching', info.source, error));
  }
  return { type: 'strategic', body };
}

function patchedHere(
  { resource, object }: Info,
  type: 'strategic' | 'merge',
  body: object,
): Unstructured {
  const schema = typeOf(
    resource.group ? `${resource.group}/${resource.version}` : resource.version,
    resource.kind,
  );
  return (
    type === 'strategic' && schema
      ? applyStrategicPatch(schema, object!, body as Record<string, unknown>)
      : applyMergePatch(object!, body)
  ) as Unstructured;
}

/** Deletes the old object and creates the new one; the old one comes back if that fails. */
async function replaced(
  options: MergeOptions,
  session: Session,
  current: Info,
  configured: Unstructured,
): Promise<Applied> {
  const grace = options['grace-period'];
  await remove(
    session,
    current,
    { ...(grace >= 0 && { gracePeriodSeconds: grace }), propagationPolicy: 'Background' },
    options,
  );
  // Without a limit kubectl gives up at once where the old object takes its time, and is left with neither.
  if (options.timeout > 0) await nameFree(session, current, options.timeout);
  else await gone(session, current, undefined);
  const anew = { ...current, object: configured };
  try {
    return {
      object: (await create(session, anew, writeOptions(options))).object!,
      operation: 'configured',
    };
  } catch (error) {
    await create(session, current, writeOptions(options)).catch((again: Error) => {
      throw new Error(
        `An error occurred force-replacing the existing object with the newly provided one:\n\n${(error as Error).message}.\n\nAdditionally, an error occurred attempting to restore the original object:\n\n${again.message}`,
        { cause: error },
      );
    });
    throw error;
  }
}

/** How messages call an object. */
export const infoText = ({ resource, name, namespace }: Info): string => {
  const { group, version, resource: plural, kind } = resource;
  const groupVersion = `${group}/${version}`;
  return `Resource: "${groupVersion}, Resource=${plural}", GroupVersionKind: "${groupVersion}, Kind=${kind}"\nName: "${name}", Namespace: "${namespace}"`;
};

/** Nulls say "absent" to apply; a new object has none of them. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null)
      .map(([key, item]) => [key, withoutNulls(item)]),
  );
}
