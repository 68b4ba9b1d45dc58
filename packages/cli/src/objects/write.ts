import { ApiError } from '@coxswain/api';
import { pathOf } from '@coxswain/client';
import { type FieldOrder, goJson } from '../printers/go-json.ts';
import { accepts, typedBody } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import { acceptOf, type Info, pathOfInfo, type Unstructured } from './info.ts';

/** `--dry-run`: nothing is sent, or nothing is kept. */
export type DryRun = 'none' | 'client' | 'server';

/** How a write is sent. */
export interface WriteOptions {
  readonly dryRun: DryRun;
  readonly fieldManager?: string;
  /** `Strict`, `Warn` or `Ignore`: what the server does with fields that it does not know. */
  readonly validation?: string;
  /** How fields of a created object are ordered in its JSON; as in maps when left out. */
  readonly order?: FieldOrder;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

const contentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

const queryOf = ({ dryRun, fieldManager, validation }: WriteOptions): Record<string, string> => ({
  ...(dryRun === 'server' && { dryRun: 'All' }),
  ...(fieldManager && { fieldManager }),
  ...(validation && { fieldValidation: validation }),
});

/** Creates the object that `info` holds; gives it as the server has it now. */
export const create = async (session: Session, info: Info, options: WriteOptions): Promise<Info> =>
  refreshed(
    info,
    await session.rest().json<Unstructured>({
      method: 'POST',
      path: pathOf(info.resource, { namespace: info.namespace }),
      query: queryOf(options),
      ...(info.accept === accepts.typed
        ? await typedBody(info.object!)
        : { ...acceptOf(info), body: `${goJson(info.object, '', '', options.order)}\n` }),
    }),
  );

export const update = async (session: Session, info: Info, options: WriteOptions): Promise<Info> =>
  refreshed(
    info,
    await session.rest().json<Unstructured>({
      method: 'PUT',
      path: pathOfInfo(info),
      query: queryOf(options),
      ...{ ...acceptOf(info), body: `${goJson(info.object)}\n` },
      ...(info.subresource === 'scale' && { contentType: '' }),
    }),
  );

export const patch = async (
  session: Session,
  info: Info,
  type: PatchType,
  body: string,
  options: WriteOptions & { readonly force?: boolean },
): Promise<Info> =>
  refreshed(
    info,
    await session.rest().json<Unstructured>({
      method: 'PATCH',
      path: pathOfInfo(info),
      query: {
        ...queryOf(options),
        ...(options.force !== undefined && { force: String(options.force) }),
      },
      ...{ contentType: contentTypes[type], ...acceptOf(info), body },
    }),
  );

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
}

/** Deletes; gives the uid of what goes, where the server tells it. */
export async function remove(
  session: Session,
  info: Info,
  body: DeleteOptions,
  { dryRun }: Pick<WriteOptions, 'dryRun'>,
): Promise<string | undefined> {
  const answer = await session.rest().json<Unstructured & { details?: { uid?: string } }>({
    method: 'DELETE',
    path: pathOfInfo(info),
    // beside a body the server reads no options from the query
    body: `${goJson({ ...body, ...(dryRun === 'server' && { dryRun: ['All'] }) }, '', '', 'struct')}\n`,
  });
  return answer.kind === 'Status' ? answer.details?.uid : answer.metadata.uid;
}

function refreshed(info: Info, object: Unstructured): Info {
  const { name, namespace } = object.metadata as Partial<Unstructured['metadata']>;
  return { ...info, name: name ?? info.name, namespace: namespace ?? info.namespace, object };
}

/** The same error, naming the file that the object came from. */
export function withSource(verb: string, source: string, error: unknown): Error {
  if (!source) return error as Error;
  const words = (message: string): string =>
    `error when ${verb} ${JSON.stringify(source)}: ${message}`;
  if (error instanceof ApiError)
    return new ApiError(error.code, error.reason, words(error.message), error.details, {
      cause: error,
    });
  return new Error(words((error as Error).message), { cause: error });
}

export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object with its own text in the annotation that client-side apply compares with. */
export function withLastApplied(
  object: Unstructured,
  encode: (object: Unstructured) => string = goJson,
): Unstructured {
  const { [lastAppliedAnnotation]: _, ...annotations } = object.metadata.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  const applied = { ...annotations, [lastAppliedAnnotation]: `${encode(plain)}\n` };
  return { ...plain, metadata: { ...plain.metadata, annotations: applied } };
}

/** What `--save-config` asks for; an annotation that is there already is kept true without it. */
export const withSavedConfig = (
  object: Unstructured,
  isAsked: boolean,
  encode?: (object: Unstructured) => string,
): Unstructured =>
  isAsked || lastApplied(object) !== undefined ? withLastApplied(object, encode) : object;

/** What was applied last, undefined for objects that were never applied. */
export const lastApplied = (object: Unstructured): string | undefined =>
  object.metadata.annotations?.[lastAppliedAnnotation];
