import type { Session } from '../session/session.ts';
import type { Unstructured } from './info.ts';

/** A list as the server gives it, in pieces of so many objects; 0 for all at once. */
export async function* listPages(
  session: Session,
  path: string,
  query: Readonly<Record<string, string>>,
  chunkSize = 0,
  accept?: string,
): AsyncGenerator<Unstructured> {
  for (let next = ''; ;) {
    const page = await session.rest().json<Unstructured>({
      ...{ method: 'GET', path },
      query: {
        ...query,
        ...(chunkSize > 0 && { limit: String(chunkSize) }),
        ...(next && { continue: next }),
      },
      ...(accept && { accept }),
    });
    yield page;
    next = (page.metadata as { continue?: string }).continue ?? '';
    if (!next) return;
  }
}
