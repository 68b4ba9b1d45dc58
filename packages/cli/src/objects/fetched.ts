import { hasReason } from '@coxswain/api';
import { accepts } from '../session/media.ts';
import type { Session } from '../session/session.ts';
import type { Query } from './find.ts';
import { type Info, pathOfInfo, type Unstructured } from './info.ts';

/** The object as the server has it now. Where its namespace is not there, that is what is missing. */
export async function fetched(
  session: Session,
  query: Pick<Query, 'accept' | 'parameters'>,
  info: Info,
): Promise<Info> {
  const { namespace } = info;
  const rest = session.rest();
  const get = { method: 'GET' } as const;
  const asked = query.accept === accepts.builtIn && { accept: query.accept };
  const object = await rest
    .json<Unstructured>({
      ...get,
      path: pathOfInfo(info),
      ...(query.parameters && { query: query.parameters }),
      ...(query.accept && { accept: query.accept }),
    })
    .catch(async (error: unknown) => {
      if (isNotFound(error) && namespace && namespace !== 'default')
        await rest
          .json({ ...get, ...asked, path: `/api/v1/namespaces/${namespace}` })
          .catch((cause) => {
            if (isNotFound(cause)) throw cause;
          });
      throw error;
    });
  return { ...info, object };
}

export const isNotFound = (error: unknown): boolean => hasReason(error, 'NotFound');

/** The object as the server has it now, where it has it. */
export const fetchedIfThere = (session: Session, info: Info): Promise<Info | undefined> =>
  fetched(session, {}, info).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });

/** Whether the server has the object. */
export const isThere = async (session: Session, info: Info): Promise<boolean> =>
  (await fetchedIfThere(session, info)) !== undefined;
