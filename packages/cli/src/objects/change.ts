import { createStrategicPatch, typeOf } from '@coxswain/api';
import { goJson } from '../printers/go-json.ts';
import type { Session } from '../session/session.ts';
import type { Info, Unstructured } from './info.ts';
import { typed } from './typed.ts';
import { type DryRun, patch } from './write.ts';

/** Changes a copy of an object in place; `false` leaves the object alone, as kubectl's own typed code does. */
export type Mutate<T = any> = (object: T, info: Info) => false | void;

/** What an object would become, as the patch that makes it so, or why it cannot. */
export interface Change {
  readonly info: Info;
  readonly after: Unstructured;
  readonly patch: Readonly<Record<string, unknown>>;
  readonly error?: Error;
}

/** The objects that `mutate` would change; those of kinds that only the server knows are refused, as by kubectl. */
export const changesOf = (infos: readonly Info[], mutate: Mutate): readonly Change[] =>
  infos.flatMap((info) => changeOf(info, mutate) ?? []);

/** The same for one object. */
export function changeOf(info: Info, mutate: Mutate): Change | undefined {
  const before = knownObject(info);
  const { apiVersion = '', kind = '' } = before;
  const copy = structuredClone(before);
  try {
    if (mutate(copy, info) === false) return undefined;
  } catch (error) {
    return { info, after: before, patch: {}, error: error as Error };
  }
  const after = typed(copy);
  return { info, after, patch: createStrategicPatch(typeOf(apiVersion, kind)!, before, after) };
}

/** The object as a Go struct. Throws for kinds that are not built in. */
export function knownObject({ object }: Info): Unstructured {
  const { apiVersion = '', kind = '' } = object!;
  if (!typeOf(apiVersion, kind))
    throw new Error(
      `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  return typed(object!);
}

export const isEmpty = (change: Change['patch']): boolean => Object.keys(change).length === 0;

/** Sends the patch of a change; gives the object as the server has it then. */
export async function send(
  session: Session,
  change: Pick<Change, 'info' | 'patch'>,
  options: { readonly dryRun: DryRun; readonly fieldManager: string },
): Promise<Unstructured> {
  const { object } = await patch(session, change.info, 'strategic', goJson(change.patch), options);
  return typed(object!);
}

/** `deployments/web`, as errors name an object. */
export const objectName = ({ resource, name }: Info): string => `${resource.resource}/${name}`;
