import {
  ApiError,
  applyMergePatch,
  applyStrategicPatch,
  createThreeWayMergePatch,
  createThreeWayStrategicPatch,
  hasReason,
  typeOf,
} from '@coxswain/api';
import { fetched, isThere } from '../../objects/find.ts';
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
  for (let tries = 0; ; tries++) {
    const { type, body } = patchOf(current, configured);
    if (Object.keys(body).length === 0) return { object: current.object!, operation: 'unchanged' };
    if (options.dryRun === 'client')
      return { object: patchedHere(current, type, body), operation: 'configured' };
    try {
      const { object } = await patch(session, current, type, goJson(body), writeOptions(options));
      return { object: object!, operation: 'configured' };
    } catch (error) {
      const reason = error instanceof ApiError ? error.reason : '';
      if (reason === 'Conflict' && tries < retriesMax) {
        if (tries >= retriesAtOnce) await session.world.clock.sleep(pauseMs, session.signal);
        current = await fetched(session, {}, current);
        continue;
      }
      if (options.force && (reason === 'Conflict' || reason === 'Invalid'))
        return replaced(options, session, current, configured);
      throw withSource(
        `applying patch:\n${goJson(body)}\nto:\n${infoText(current)}\nfor:`,
        current.source,
        withSource('patching', current.source, error),
      );
    }
  }
}

/** Built-in kinds by strategic merge, others by JSON merge. */
function patchOf(
  { resource, object }: Info,
  configured: Unstructured,
): { readonly type: 'strategic' | 'merge'; readonly body: Readonly<Record<string, unknown>> } {
  const original = JSON.parse(lastApplied(object!) ?? '{}') as Record<string, unknown>;
  const schema = typeOf(
    resource.group ? `${resource.group}/${resource.version}` : resource.version,
    resource.kind,
  );
  return schema
    ? {
        type: 'strategic',
        body: createThreeWayStrategicPatch(schema, original, configured, object!),
      }
    : { type: 'merge', body: createThreeWayMergePatch(original, configured, object!) };
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
  const deadline = options.timeout > 0 ? session.world.clock.now() + options.timeout : Infinity;
  while (await isThere(session, current)) {
    if (session.world.clock.now() > deadline)
      throw new Error('timed out waiting for the condition');
    await session.world.clock.sleep(pauseMs, session.signal);
  }
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
